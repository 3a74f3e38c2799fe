// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <map>
#include <memory>
#include <optional>

#include "app/net/listen_encoder.h"
#include "app/net/ws_service.h"

namespace doubletalk::net {

struct ListenServerOptions {
    ServiceOptions service;
    ListenEncoder::Options coding;
    QString title;  ///< what is heard, for the page
    /// [ms] coded audio that may wait for a listener before it is sent away as too slow.
    int max_waiting_ms = 2000;
};

/// Audio for browsers: a page at "/" that plays what comes over WebSocket "/ws". Every listener
/// gets the same coded frames; nobody waits for one.
///
/// To a listener: text {"type": "format", "mime", "codec", "rate_hz", "channels", "chunk_s",
/// "title"} before the first frame of a stream; {"type": "mark", "at_s", "entered_ms"}: the next
/// binary message begins so far into all streams played in a row, and what sounds there came in
/// then; binary messages: whole frames of MP3 or AAC (ADTS); {"type": "end"}: the stream is whole,
/// another may follow; {"type": "title", "title"}: what is heard has another name now.
/// {"type": "clock", "page_ms"} is answered with the same and "server_ms", the clock of entered_ms,
/// and the number of "listeners".
/// Close codes besides those of WsService: 1013 too slow. Thread: net.
class ListenServer : public WsService {
    Q_OBJECT

public:
    explicit ListenServer(QObject* parent = nullptr);
    ~ListenServer() override;
    /// Errors: those of WsService::listen(); usage: a codec no browser plays.
    [[nodiscard]] Result<void> start(const ListenServerOptions& options,
                                     std::unique_ptr<ListenSource> source);
    /// What is heard from now on, for all pages.
    void setTitle(const QString& title);
    /// As WsService, and codes nothing any more.
    void stop();

signals:
    void listenersChanged(int listeners);

protected:
    void clientCame(ClientId client) override;
    void clientMessage(ClientId client, const remote::MessageView& message) override;
    void clientLeft(ClientId client) override;

private:
    struct Listener {
        int number = 0;         ///< of the stream it has the format of; 0: none
        double marked_s = 0.0;  ///< place of its last mark
        bool dropped = false;
    };

    void onFormat(const ListenFormat& format);
    void onPacket(const ListenPacket& packet);
    void onEnd(int number);
    void pass(ClientId client, Listener& listener, const ListenPacket& packet,
              const remote::Message& audio);
    [[nodiscard]] remote::Message formatMessage() const;
    [[nodiscard]] double chunkS() const;  ///< [s] that come at once
    [[nodiscard]] qint64 maxWaitingBytes() const;

    ListenServerOptions options_;
    ListenEncoder encoder_;
    std::optional<ListenFormat> format_;
    std::map<ClientId, Listener> listeners_;
};

}  // namespace doubletalk::net
