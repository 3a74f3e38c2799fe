// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "app/net/link_options.h"
#include "engine/flow/packet_ends.h"

namespace doubletalk::net {

struct WsEndsOptions {
    LinkOptions link;  ///< where, and how patient to be; nothing is tried again
    PayloadType payload = PayloadType::pcm16;
    StreamFormat format;     ///< rate and longest packet of samples: longer messages are cut
    int message_frames = 0;  ///< of coded payloads, which are never cut: samples in a message
    int max_packets = 64;    ///< of each direction that wait; sent ones beyond are answered again
    int linger_ms = 1000;    ///< after the sink's finish(): what comes later is not waited for
};

/// One WebSocket to a service that speaks audio in binary messages (raw samples, G.711, or coded
/// frames), as client, with its two ends. Its socket lives on a thread of its own.
class WsPacketEnds {
public:
    /// Returns when the connection stands. Errors: io, with the reason.
    [[nodiscard]] static Result<std::unique_ptr<WsPacketEnds>> connect(
        const WsEndsOptions& options);
    /// Says goodbye, once the ends are gone too; what was not sent is dropped.
    ~WsPacketEnds();
    WsPacketEnds(const WsPacketEnds&) = delete;
    WsPacketEnds& operator=(const WsPacketEnds&) = delete;

    /// What the service sends; text is not audio and passed over. eof: it said goodbye, or was
    /// silent for linger_ms after all was sent. error: the connection broke off, half a sample
    /// came, or more than 8 MiB waited to be taken; what came before is given first. One of each;
    /// they may outlive this.
    [[nodiscard]] std::unique_ptr<flow::PacketSource> source() const;
    /// finish() is ok once the last byte has left; the connection stays for the answers. error, at
    /// once: it broke off, whatever the source still has to give.
    [[nodiscard]] std::unique_ptr<flow::PacketSink> sink() const;

private:
    class Connection;
    class Socket;
    class Source;
    class Sink;
    explicit WsPacketEnds(std::shared_ptr<Connection> connection);

    std::shared_ptr<Connection> connection_;
};

}  // namespace doubletalk::net
