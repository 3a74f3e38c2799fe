// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "engine/flow/node.h"

namespace doubletalk::flow {

struct PacketizerOptions {
    std::uint16_t first_sequence = 0;
    std::uint32_t first_timestamp = 0;
    /// Hold a full packet until more audio or the flush comes, so that the last one can carry
    /// `last` (else only a padded last packet does).
    bool mark_last = false;
};

/// Cuts PCM into packets of frame_ms with sequence number, time stamp and 16-bit payload; the flush
/// pads the last one with silence. The payload is valid until the next call.
/// Thread: one at a time. push() and pull() are real-time safe. Ref: RFC 3550 section 5.1.
class Packetizer final : public Processor {
public:
    static constexpr EndKind kIn = EndKind::pcm;
    static constexpr EndKind kOut = EndKind::packet;
    explicit Packetizer(StreamFormat format, PacketizerOptions options = {},
                        std::string name = "packetizer");
    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] EndKind in() const override { return kIn; }
    [[nodiscard]] EndKind out() const override { return kOut; }
    /// error: the block has another rate.
    Status push(const Item& item) noexcept override;
    Status pull(Item& item) noexcept override;
    void reset() override;
    [[nodiscard]] bool holdsInput() const noexcept override { return !input_.empty(); }
    [[nodiscard]] std::string_view error() const noexcept override { return error_; }

    /// Origin of the next frame pushed; packets carry on from there. Set between blocks; a packet
    /// begun before keeps what it had.
    void setProvenance(ItemId item, double item_sample, double item_samples_per_frame) noexcept;
    /// Speech flag of the packets that begin from now on; the first after silence gets the marker.
    void setSpeech(bool speech) noexcept { speech_ = speech; }
    /// Time of the next packet; later ones follow by frame_ms each. Without a call: 0.
    void setSendTime(std::int64_t send_ns) noexcept { send_ns_ = send_ns; }

private:
    void begin() noexcept;
    void fill() noexcept;
    Status give(Item& item, bool last) noexcept;

    std::string name_;
    StreamFormat format_;
    PacketizerOptions options_;
    std::vector<std::byte> payload_;
    std::size_t have_ = 0;
    std::span<const float> input_;
    PacketHeader header_;
    std::uint16_t sequence_ = 0;
    std::uint32_t timestamp_ = 0;
    std::int64_t send_ns_ = 0;
    ItemId item_ = 0;
    double item_sample_ = 0.0;
    double item_samples_per_frame_ = 1.0;
    bool speech_ = true;
    bool spoke_ = false;
    bool flushed_ = false;
    std::string_view error_;
};

/// Packets with 16-bit payload back to PCM, one block a packet; first_frame is the time stamp,
/// unwrapped, from the first packet's. Malformed and foreign payloads are dropped and counted;
/// order and loss are a jitter buffer's business. Thread: one at a time. Real-time safe.
class Depacketizer final : public Processor {
public:
    static constexpr EndKind kIn = EndKind::packet;
    static constexpr EndKind kOut = EndKind::pcm;
    explicit Depacketizer(StreamFormat format, std::string name = "depacketizer");
    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] EndKind in() const override { return kIn; }
    [[nodiscard]] EndKind out() const override { return kOut; }
    Status push(const Item& item) noexcept override;
    Status pull(Item& item) noexcept override;
    void reset() override;
    [[nodiscard]] bool holdsInput() const noexcept override { return full_; }
    [[nodiscard]] std::string_view error() const noexcept override { return error_; }
    [[nodiscard]] std::int64_t rejectedPackets() const noexcept { return rejected_; }

private:
    std::string name_;
    StreamFormat format_;
    std::vector<float> samples_;
    PcmBlock block_;
    bool full_ = false;
    bool started_ = false;
    bool flushed_ = false;
    std::uint32_t last_timestamp_ = 0;
    std::int64_t frame_ = 0;
    std::int64_t rejected_ = 0;
    std::string_view error_;
};

}  // namespace doubletalk::flow
