// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/listen_server.h"

#include <QHttpServer>
#include <QMetaObject>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/net/listen_page.h"
#include "engine/core/clock.h"

namespace doubletalk::net {
namespace {

using nlohmann::json;

constexpr int kTooSlow = 1013;
constexpr double kMarkS = 0.2;
constexpr double kNeverS = -1e9;
constexpr int kBitsPerByte = 8;
constexpr qint64 kMinWaitingBytes = 16384;  // a burst of a large chunk is not slowness
/// Kernels take megabytes for a listener that reads nothing, which would hide for minutes that it
/// is slow.
constexpr int kSendBufferBytes = 65536;
constexpr std::uint64_t kMaxQuestionBytes = 1024;

remote::Message textOf(const json& object) { return {false, object.dump()}; }

double nowMs() { return double(SteadyClock().nowNs()) * 1e-6; }

}  // namespace

ListenServer::ListenServer(QObject* parent) : WsService(parent) {}

ListenServer::~ListenServer() { encoder_.stop(); }

Result<void> ListenServer::start(const ListenServerOptions& options,
                                 std::unique_ptr<ListenSource> source) {
    options_ = options;
    const auto& codec = codec::rowOf(options.coding.codec);
    if (codec.mime_type.empty()) {
        return fail(ErrorKind::usage, "no browser plays a stream of " + std::string(codec.label),
                    "--codec", "choose mp3 or aac");
    }
    options_.service.max_message_bytes = kMaxQuestionBytes;
    options_.service.send_buffer_bytes = kSendBufferBytes;
    serveListenPage(http());
    acceptSocketsAt({QStringLiteral("/ws")});
    if (auto ok = listen(options_.service); !ok) return ok;
    const auto post = [this](auto call) {
        QMetaObject::invokeMethod(this, std::move(call), Qt::QueuedConnection);
    };
    encoder_.start(
        std::move(source), options_.coding,
        {[this, post](const ListenFormat& format) { post([this, format] { onFormat(format); }); },
         [this, post](const ListenPacket& packet) { post([this, packet] { onPacket(packet); }); },
         [this, post](int number) { post([this, number] { onEnd(number); }); },
         [this, post](const QString& why) {
             post([this, why] { emit note(tr("this audio cannot be sent: %1").arg(why)); });
         }});
    return {};
}

void ListenServer::setTitle(const QString& title) {
    if (title == options_.title) return;
    options_.title = title;
    for (const auto& [client, listener] : listeners_) {
        if (listener.dropped || listener.number == 0) continue;  // its format will tell
        send(client, textOf({{"type", "title"}, {"title", title.toStdString()}}));
    }
}

void ListenServer::stop() {
    encoder_.stop();
    shutDown();
}

void ListenServer::clientCame(ClientId client) {
    listeners_[client] = {};
    emit listenersChanged(int(listeners_.size()));
}

void ListenServer::clientLeft(ClientId client) {
    listeners_.erase(client);
    emit listenersChanged(int(listeners_.size()));
}

void ListenServer::clientMessage(ClientId client, const remote::MessageView& message) {
    const auto question =
        message.binary ? json() : json::parse(message.payload, nullptr, /*allow_exceptions=*/false);
    const bool clock = question.is_object() && question.contains("page_ms") &&
                       question["page_ms"].is_number() && question.value("type", json()) == "clock";
    if (!clock) {
        countFault(client, tr("only questions for the clock are understood"));
        return;
    }
    countGood(client);
    send(client, textOf({{"type", "clock"},
                         {"page_ms", question["page_ms"]},
                         {"server_ms", nowMs()},
                         {"listeners", clientCount()}}));
}

void ListenServer::onFormat(const ListenFormat& format) { format_ = format; }

remote::Message ListenServer::formatMessage() const {
    const auto& codec = codec::rowOf(format_->codec);
    return textOf({{"type", "format"},
                   {"mime", std::string(codec.mime_type)},
                   {"codec", std::string(codec.label)},
                   {"rate_hz", format_->rate_hz},
                   {"channels", format_->channels},
                   {"chunk_s", chunkS()},
                   {"title", options_.title.toStdString()}});
}

double ListenServer::chunkS() const { return double(format_->chunk_samples) / format_->rate_hz; }

/// The end of a stream may bring two chunks at once, which is not slowness of the listener.
qint64 ListenServer::maxWaitingBytes() const {
    const double waiting_s = options_.max_waiting_ms / 1000.0 + 2.0 * chunkS();
    return std::max(kMinWaitingBytes,
                    qint64(options_.coding.bitrate_bps * waiting_s / kBitsPerByte));
}

void ListenServer::onPacket(const ListenPacket& packet) {
    const remote::Message audio{true, packet.bytes.toStdString()};
    for (auto& [client, listener] : listeners_) {
        if (!listener.dropped) pass(client, listener, packet, audio);
    }
}

void ListenServer::onEnd(int number) {
    for (const auto& [client, listener] : listeners_) {
        if (!listener.dropped && listener.number == number) send(client, textOf({{"type", "end"}}));
    }
}

void ListenServer::pass(ClientId client, Listener& listener, const ListenPacket& packet,
                        const remote::Message& audio) {
    if (waitingBytes(client) > maxWaitingBytes()) {
        listener.dropped = true;
        closeClient(client, kTooSlow,
                    tr("too slow: %1 KiB wait to be read").arg(waitingBytes(client) / 1024));
        return;
    }
    if (listener.number != packet.number) {
        listener.number = packet.number;
        listener.marked_s = kNeverS;
        send(client, formatMessage());
    }
    if (packet.at_s - listener.marked_s >= kMarkS) {
        listener.marked_s = packet.at_s;
        send(client,
             textOf({{"type", "mark"}, {"at_s", packet.at_s}, {"entered_ms", packet.entered_ms}}));
    }
    send(client, audio);
}

}  // namespace doubletalk::net
