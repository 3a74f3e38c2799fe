// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/ingest_sender.h"

#include <QElapsedTimer>

#include "app/net/link_text.h"

namespace doubletalk::net {
namespace {

constexpr int kConnectMs = 5000;
constexpr int kAnswerMs = 5000;
constexpr int kTakeMs = 10000;

}  // namespace

Result<void> IngestSender::open(const std::string& host, std::uint16_t port,
                                const remote::IngestFormat& format) {
    where_ = host + ":" + std::to_string(port);
    format_ = format;
    socket_.connectToHost(QString::fromStdString(host), port);
    if (!socket_.waitForConnected(kConnectMs)) {
        return fail(ErrorKind::io, "no connection: " + socket_.errorString().toStdString(), where_,
                    "start 'doubletalk-cli serve listen' there, or check --host and --ingest-port");
    }
    socket_.setSocketOption(QAbstractSocket::LowDelayOption, 1);
    std::string bytes;
    remote::appendIngestFormat(format, bytes);
    socket_.write(bytes.data(), qint64(bytes.size()));
    QElapsedTimer since;
    since.start();
    while (!taken_) {
        const bool more =
            socket_.waitForReadyRead(int(std::max<qint64>(1, kAnswerMs - since.elapsed())));
        if (auto ok = hear(); !ok) return ok;
        if (taken_) break;
        if (!more && socket_.state() != QAbstractSocket::ConnectedState) return broken();
        if (since.elapsed() >= kAnswerMs) {
            return fail(ErrorKind::io, "connected, but no answer", where_,
                        "is this the ingest port of 'doubletalk-cli serve listen'?");
        }
    }
    return {};
}

Result<void> IngestSender::send(std::span<const std::int16_t> interleaved) {
    std::string bytes;
    remote::appendIngestAudio(interleaved, format_.channels, bytes);
    socket_.write(bytes.data(), qint64(bytes.size()));
    return flush();
}

Result<void> IngestSender::finish() {
    std::string bytes;
    remote::appendIngestEnd(bytes);
    socket_.write(bytes.data(), qint64(bytes.size()));
    if (auto ok = flush(); !ok) return ok;
    socket_.disconnectFromHost();
    if (socket_.state() != QAbstractSocket::UnconnectedState) {
        socket_.waitForDisconnected(kAnswerMs);
    }
    return {};
}

Result<void> IngestSender::flush() {
    while (socket_.bytesToWrite() > 0) {
        if (!socket_.waitForBytesWritten(kTakeMs)) {
            if (auto ok = hear(); !ok) return ok;
            if (socket_.state() != QAbstractSocket::ConnectedState) return broken();
            return fail(ErrorKind::io, "the server takes no more audio", where_,
                        "look at what it says");
        }
    }
    socket_.waitForReadyRead(0);
    return hear();
}

Result<void> IngestSender::hear() {
    const auto bytes = socket_.readAll();
    std::vector<remote::IngestReply> replies;
    reader_.receive({bytes.constData(), std::size_t(bytes.size())}, replies);
    for (const auto& reply : replies) {
        if (const auto* refused = std::get_if<remote::IngestRefused>(&reply)) {
            return fail(ErrorKind::io,
                        "the server refuses: " +
                            shownText(QString::fromStdString(refused->reason)).toStdString(),
                        where_);
        }
        if (const auto* fault = std::get_if<remote::Fault>(&reply)) {
            return fail(ErrorKind::io, fault->what, where_, "check --host and --ingest-port");
        }
        taken_ = true;
    }
    if (taken_ && socket_.state() != QAbstractSocket::ConnectedState) return broken();
    return {};
}

tl::unexpected<Error> IngestSender::broken() const {
    return fail(ErrorKind::io, "the connection ended: " + socket_.errorString().toStdString(),
                where_, "look at what the server says");
}

}  // namespace doubletalk::net
