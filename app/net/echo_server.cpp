// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/echo_server.h"

#include <QUrlQuery>
#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "app/net/http_page.h"

namespace doubletalk::net {
namespace {

static_assert(std::endian::native == std::endian::little, "samples are copied as they lie");

constexpr int kUnsupported = 1003;
constexpr int kWrongData = 1007;
constexpr int kPolicy = 1008;
/// What may wait for a client to read it: so many messages of the largest size, and [B] anyway, for
/// those who send a whole file before they read.
constexpr qint64 kMaxWaitingMessages = 4;
constexpr qint64 kMaxWaitingBytes = 4 << 20;
constexpr int kTellMs = 1000;
constexpr int kMaxLinesAtOnce = 20;

}  // namespace

void EchoServer::FrameSizes::add(std::uint64_t size) {
    ++frames;
    bytes += size;
    smallest = std::min(smallest, size);
    largest = std::max(largest, size);
}

bool EchoServer::FrameSizes::sameRange(const FrameSizes& other) const {
    return smallest == other.smallest && largest == other.largest;
}

QString EchoServer::FrameSizes::text() const {
    if (frames == 0) return tr("no frames");
    if (frames == 1) return tr("one frame of %1 bytes").arg(bytes);
    if (smallest == largest) return tr("%1 frames of %2 bytes").arg(frames).arg(smallest);
    return tr("%1 frames of %2 to %3 bytes, %4 on average")
        .arg(frames)
        .arg(smallest)
        .arg(largest)
        .arg(bytes / frames);
}

EchoServer::EchoServer(QObject* parent) : WsService(parent), second_(this) {
    connect(&second_, &QTimer::timeout, this, &EchoServer::tellSizes);
    acceptSocketsAt({QStringLiteral("/ws/audio")});
    serveHttpPage(http(), {"/health", "application/json", R"({"status": "ok"})", {}});
}

Result<void> EchoServer::start(const EchoServerOptions& options) {
    verbose_ = options.verbose;
    max_waiting_bytes_ =
        std::max(kMaxWaitingBytes, kMaxWaitingMessages * qint64(options.service.max_message_bytes));
    auto service = options.service;
    service.max_unread_bytes = 2 * max_waiting_bytes_;
    if (auto ok = listen(service); !ok) return ok;
    second_.start(kTellMs);
    return {};
}

void EchoServer::clientCame(ClientId client) {
    const QUrlQuery query(requestOf(client));
    const auto name = query.queryItemValue("codec", QUrl::FullyDecoded).toStdString();
    auto& stream = streams_[client];
    stream.codec = codec::G711(codec::G711Law::mu, codec::g711TierNamed(name));
    stream.roundtrip = query.queryItemValue("roundtrip") == "1";
    stream.since.start();
    QString tier;
    for (const auto& row : codec::g711Tiers()) {
        if (row.tier == stream.codec.tier()) tier = QString::fromStdString(std::string(row.name));
    }
    emit note(stream.roundtrip
                  ? tr("client %1: echo through mu-law, codec %2").arg(client).arg(tier)
                  : tr("client %1: echo, codec %2").arg(client).arg(tier));
}

void EchoServer::clientMessage(ClientId client, const remote::MessageView& message) {
    const auto at = streams_.find(client);
    if (at == streams_.end()) return;
    if (!message.binary) {
        return closeClient(client, kUnsupported,
                           tr("text; send 16-bit samples as binary messages"));
    }
    const auto size = message.payload.size();
    if (size % sizeof(std::int16_t) != 0) {
        return closeClient(client, kWrongData,
                           tr("%1 bytes are no whole 16-bit samples").arg(size));
    }
    if (waitingBytes(client) > max_waiting_bytes_) {
        return closeClient(client, kPolicy, tr("the echo is not read"));
    }
    auto& stream = at->second;
    stream.total.add(size);
    stream.second.add(size);
    if (stream.roundtrip) return sendRoundtrip(client, stream, message.payload);
    send(client, {true, std::string(message.payload)});
}

void EchoServer::sendRoundtrip(ClientId client, const Stream& stream, std::string_view pcm) {
    samples_.resize(pcm.size() / sizeof(std::int16_t));
    codes_.resize(samples_.size());
    if (!samples_.empty()) std::memcpy(samples_.data(), pcm.data(), pcm.size());
    if (!stream.codec.encode(samples_, codes_) || !stream.codec.decode(codes_, samples_)) return;
    send(client, {true, std::string(reinterpret_cast<const char*>(samples_.data()), pcm.size())});
}

void EchoServer::clientLeft(ClientId client) {
    const auto at = streams_.find(client);
    if (at == streams_.end()) return;
    const double seconds = double(at->second.since.elapsed()) / 1000.0;
    emit note(tr("client %1 has left after %2 s: %3")
                  .arg(client)
                  .arg(seconds, 0, 'f', 1)
                  .arg(at->second.total.text()));
    streams_.erase(at);
}

/// At most so many lines a second, however many frames there are.
void EchoServer::tellSizes() {
    int lines = 0, untold = 0;
    for (auto& [client, stream] : streams_) {
        const auto second = std::exchange(stream.second, {});
        if (second.frames == 0 || (!verbose_ && second.sameRange(stream.told))) continue;
        if (lines >= kMaxLinesAtOnce) {
            ++untold;
            continue;
        }
        ++lines;
        stream.told = second;
        emit note(tr("client %1: %2 in a second").arg(client).arg(second.text()));
    }
    if (untold > 0) emit note(tr("%1 more clients with other frame sizes").arg(untold));
}

}  // namespace doubletalk::net
