// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "engine/core/wake_up.h"
#include "engine/flow/item_queue.h"
#include "engine/flow/packet_ends.h"

class QThread;

namespace doubletalk::net {

struct TcpSourceOptions {
    std::string bind = "127.0.0.1";  ///< address of this computer
    std::uint16_t port = 0;          ///< 0: any free one
    StreamFormat format;             ///< rate a sender has to have, length of the packets
    int max_packets = 64;            ///< received and not taken; then TCP holds the sender back
};

/// PCM of one sender over TCP (engine/remote/ingest_protocol) as packets of one length, the last
/// one padded; of two channels the mean. Other senders are told that one is heard already;
/// strangers that break the rules before their format are sent away and do not end it. Its sockets
/// live on a thread of their own. Thread: one at a time, any.
class TcpPacketSource final : public flow::PacketSource {
public:
    /// Errors: io (port taken, address not of this computer).
    [[nodiscard]] static Result<std::unique_ptr<TcpPacketSource>> listen(
        const TcpSourceOptions& options);
    ~TcpPacketSource() override;

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] std::string_view name() const override { return name_; }
    /// error: the sender broke off or sent what makes no sense; what came before is given first.
    flow::Status receive(PacketView& packet) noexcept override;
    [[nodiscard]] std::string_view error() const noexcept override;
    [[nodiscard]] WakeUp* wakeUp() noexcept override { return &data_; }

private:
    class Receiver;
    enum class End : std::uint8_t { open, eof, failed };
    explicit TcpPacketSource(const TcpSourceOptions& options);
    bool show(PacketView& packet) noexcept;

    std::string name_;
    std::uint16_t port_ = 0;
    flow::ItemQueue queue_;
    WakeUp data_;
    std::atomic<bool> stalled_{false};  ///< the receiver waits for room in the queue
    std::atomic<End> end_{End::open};
    std::string error_;  ///< set before end_
    bool showing_ = false;
    std::unique_ptr<QThread> thread_;
    Receiver* receiver_ = nullptr;  ///< of thread_
};

struct TcpSinkOptions {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    StreamFormat format;   ///< of the packets, 16 bit; shorter ones are fine
    int channels = 1;      ///< 1 or 2, interleaved in the payload
    int max_packets = 64;  ///< taken and not sent; then send() answers again
};

/// Sends packets to an ingest port, as `doubletalk-cli send` does, from a thread of its own.
/// Thread: one at a time, any.
class TcpPacketSink final : public flow::PacketSink {
public:
    /// Returns when the server has taken the format, after 10 s at most. Errors: io, with the
    /// server's reason.
    [[nodiscard]] static Result<std::unique_ptr<TcpPacketSink>> connect(
        const TcpSinkOptions& options);
    /// What was not sent is dropped. A server that takes nothing is waited for, 10 s at most.
    ~TcpPacketSink() override;

    [[nodiscard]] std::string_view name() const override { return name_; }
    flow::Status send(const PacketView& packet) noexcept override;
    /// ok once the last byte has left.
    flow::Status finish() noexcept override;
    [[nodiscard]] std::string_view error() const noexcept override;
    /// What the server, or the connection, did.
    [[nodiscard]] const Error* failure() const noexcept override;
    [[nodiscard]] WakeUp* wakeUp() noexcept override { return &room_; }

private:
    enum class End : std::uint8_t { open, finished, failed };
    explicit TcpPacketSink(const TcpSinkOptions& options);
    [[nodiscard]] Result<void> start();
    void carry(class IngestSender& sender);
    [[nodiscard]] bool nextPacket(flow::Item& item) noexcept;
    void endWith(const Result<void>& how);

    TcpSinkOptions options_;
    std::string name_;
    flow::ItemQueue queue_;
    WakeUp room_;
    WakeUp work_;
    std::atomic<bool> closed_{false};
    std::atomic<bool> stop_{false};
    std::atomic<End> end_{End::open};
    Error failure_;      ///< set before end_
    std::string error_;  ///< the same as a text
    std::string_view bad_packet_;
    std::unique_ptr<QThread> thread_;
};

}  // namespace doubletalk::net
