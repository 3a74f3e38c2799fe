// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/ingest_server.h"

#include <QTcpSocket>
#include <algorithm>
#include <vector>

#include "app/net/link_text.h"
#include "app/net/own_address.h"
#include "app/net/pcm_feed.h"
#include "engine/core/clock.h"
#include "engine/dsp/pcm16.h"

namespace doubletalk::net {
namespace {

constexpr int kPollMs = 10;
constexpr double kLeadS = 0.25;    // ahead of real time; the feed has room for ten times as much
constexpr double kCatchUpS = 1.0;  // of a pause, which comes at once; the rest waits as ever
constexpr int kMaxConnections = 8;
constexpr qint64 kSocketBytes = 65536;
constexpr qint64 kReadBytes = 4096;
constexpr int kFarewellMs = 1000;  // for the reason to be read before the connection ends

QString peerOf(const QTcpSocket& socket) {
    return QStringLiteral("%1:%2").arg(socket.peerAddress().toString()).arg(socket.peerPort());
}

void write(QTcpSocket& socket, const std::string& bytes) {
    socket.write(bytes.data(), qint64(bytes.size()));
}

}  // namespace

IngestServer::IngestServer(PcmFeed& feed, QObject* parent)
    : QObject(parent), feed_(feed), server_(this), timer_(this) {
    connect(&server_, &QTcpServer::newConnection, this, &IngestServer::accept);
    connect(&timer_, &QTimer::timeout, this, &IngestServer::watch);
}

IngestServer::~IngestServer() {
    for (auto& [socket, sender] : senders_) socket->disconnect(this);
}

Result<void> IngestServer::listen(const IngestServerOptions& options) {
    options_ = options;
    if (!server_.listen(options.bind, options.port)) {
        return fail(ErrorKind::io, "cannot listen: " + server_.errorString().toStdString(),
                    options.bind.toString().toStdString() + ":" + std::to_string(options.port),
                    "end the program that has this port, or choose another --ingest-port");
    }
    return {};
}

QString IngestServer::address() const {
    const auto host = reachableAddress(server_.serverAddress());
    const bool brackets = host.protocol() == QAbstractSocket::IPv6Protocol;
    return QStringLiteral("%1:%2")
        .arg(brackets ? '[' + host.toString() + ']' : host.toString())
        .arg(port());
}

void IngestServer::accept() {
    while (auto* socket = server_.nextPendingConnection()) {
        if (senders_.size() >= kMaxConnections) {
            emit note(tr("refused a sender: %1 connections are open").arg(kMaxConnections));
            socket->abort();
            socket->deleteLater();
            continue;
        }
        socket->setReadBufferSize(kSocketBytes);
        auto& sender = senders_[socket];
        sender.peer = peerOf(*socket);
        sender.connected.start();
        sender.heard.start();
        connect(socket, &QTcpSocket::readyRead, this, [this, socket] {
            const auto at = senders_.find(socket);
            if (at != senders_.end()) at->second.heard.restart();
            read(socket);
        });
        connect(
            socket, &QTcpSocket::disconnected, this,
            [this, socket] {
                const auto at = senders_.find(socket);
                if (at == senders_.end()) return;
                at->second.gone = true;
                read(socket);
            },
            Qt::QueuedConnection);
        if (!timer_.isActive()) timer_.start(kPollMs);
    }
}

bool IngestServer::early(Sender& sender) {
    if (sender.format.channels == 0) return false;
    const double sent_s = double(sender.frames) / sender.format.rate_hz;
    const double real_s = double(sender.connected.nsecsElapsed()) * 1e-9 - sender.paused_s;
    // A pause is no credit: what did not come then need not come all at once.
    sender.paused_s += std::max(0.0, real_s - sent_s - kCatchUpS);
    return sent_s > real_s + kLeadS;
}

void IngestServer::read(QTcpSocket* socket) {
    std::vector<remote::IngestEvent> events;
    for (;;) {
        const auto at = senders_.find(socket);
        if (at == senders_.end()) return;
        auto& sender = at->second;
        if (sender.leaving) {
            socket->readAll();  // unread bytes would take the reason with them
            if (sender.gone) remove(socket);
            return;
        }
        if (early(sender)) return;
        const auto bytes = socket->read(kReadBytes);
        if (bytes.isEmpty()) {
            if (sender.gone) remove(socket);
            return;
        }
        events.clear();
        sender.reader.receive({bytes.constData(), std::size_t(bytes.size())}, events);
        for (const auto& event : events) {
            if (!sender.leaving) take(socket, sender, event);
        }
    }
}

void IngestServer::take(QTcpSocket* socket, Sender& sender, const remote::IngestEvent& event) {
    if (const auto* format = std::get_if<remote::IngestFormat>(&event)) {
        takeFormat(socket, sender, *format);
    } else if (const auto* audio = std::get_if<remote::IngestAudio>(&event)) {
        takeAudio(sender, *audio);
    } else if (const auto* fault = std::get_if<remote::Fault>(&event)) {
        refuse(socket, sender, QString::fromStdString(fault->what));
    } else {
        leave(socket, sender);
    }
}

void IngestServer::takeFormat(QTcpSocket* socket, Sender& sender,
                              const remote::IngestFormat& format) {
    if (feeding_ != nullptr) {
        return refuse(
            socket, sender,
            tr("another program sends already; end it first, one can be heard at a time"));
    }
    if (options_.channels != 0 && format.channels != options_.channels) {
        return refuse(
            socket, sender,
            tr("channels sent: %1, wanted here: %2").arg(format.channels).arg(options_.channels));
    }
    feeding_ = socket;
    sender.format = format;
    sender.dropped_before = feed_.droppedBlocks();
    sender.connected.restart();
    std::string answer;
    remote::appendIngestTaken(answer);
    write(*socket, answer);
    const auto said =
        format.channels == 1 ? tr("%1 sends %2 Hz, mono") : tr("%1 sends %2 Hz, stereo");
    emit note(said.arg(sender.peer).arg(format.rate_hz));
}

void IngestServer::takeAudio(Sender& sender, const remote::IngestAudio& audio) {
    std::vector<float> samples(audio.samples.size());
    dsp::fromPcm16(audio.samples, samples);
    feed_.write(samples, sender.format.rate_hz, sender.format.channels, SteadyClock().nowNs());
    sender.frames += std::int64_t(samples.size()) / sender.format.channels;
}

void IngestServer::refuse(QTcpSocket* socket, Sender& sender, const QString& why) {
    if (sender.leaving) return;
    emit note(tr("%1 is sent away: %2").arg(sender.peer, shownText(why)));
    std::string answer;
    remote::appendIngestRefused(why.toStdString(), answer);
    write(*socket, answer);
    leave(socket, sender);
}

void IngestServer::leave(QTcpSocket* socket, Sender& sender) {
    sender.leaving = true;
    endFeed(socket);
    socket->flush();
    // The other side closes when it has read why; one that does not is not waited for.
    QTimer::singleShot(kFarewellMs, socket, &QTcpSocket::disconnectFromHost);
}

void IngestServer::endFeed(const QTcpSocket* socket) {
    if (feeding_ != socket) return;
    feeding_ = nullptr;
    feed_.end();
}

void IngestServer::remove(QTcpSocket* socket) {
    const auto at = senders_.find(socket);
    if (at == senders_.end()) return;
    const auto& sender = at->second;
    if (sender.format.channels > 0) {
        emit note(tr("%1 has gone after %2 s of audio")
                      .arg(sender.peer)
                      .arg(double(sender.frames) / sender.format.rate_hz, 0, 'f', 1));
        if (const auto lost = feed_.droppedBlocks() - sender.dropped_before; lost > 0) {
            emit note(
                tr("%1 blocks of %2 found no room and were dropped: this computer is too slow")
                    .arg(lost)
                    .arg(sender.peer));
        }
    }
    endFeed(socket);
    senders_.erase(at);
    socket->disconnect(this);
    socket->deleteLater();
    if (senders_.empty()) timer_.stop();
}

void IngestServer::watch() {
    std::vector<QTcpSocket*> all;
    for (const auto& [socket, sender] : senders_) all.push_back(socket);
    for (auto* socket : all) {
        auto& sender = senders_.at(socket);
        const bool late_format =
            sender.format.channels == 0 && sender.connected.elapsed() > options_.format_timeout_ms;
        if (!sender.leaving && late_format) {
            refuse(socket, sender,
                   tr("no format within %1 s").arg(options_.format_timeout_ms / 1000.0));
        } else if (!sender.leaving && socket->bytesAvailable() == 0 &&
                   sender.heard.elapsed() > options_.silence_timeout_ms) {
            refuse(socket, sender,
                   tr("nothing came for %1 s").arg(options_.silence_timeout_ms / 1000.0));
        }
        read(socket);
    }
}

void IngestServer::shutDown() {
    server_.close();
    timer_.stop();
    while (!senders_.empty()) {
        auto* socket = senders_.begin()->first;
        auto& sender = senders_.begin()->second;
        socket->disconnect(this);
        if (!sender.leaving) {
            std::string answer;
            remote::appendIngestRefused(tr("the service ends").toStdString(), answer);
            write(*socket, answer);
            socket->flush();
        }
        socket->disconnectFromHost();
        remove(socket);
    }
}

}  // namespace doubletalk::net
