// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "engine/codec/g711.h"
#include "engine/flow/node.h"

namespace doubletalk::codec {

/// One packet in, the same packet in another coding out. What it does not take (another payload
/// type, no samples, more than a packet of the format, a payload that does not fit its header) is
/// dropped and counted. The payload is valid until the next call. Thread: one at a time. push() and
/// pull() are real-time safe.
class PacketRecoder : public flow::Processor {
public:
    static constexpr auto kIn = flow::EndKind::packet;
    static constexpr auto kOut = flow::EndKind::packet;
    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] flow::EndKind in() const override { return kIn; }
    [[nodiscard]] flow::EndKind out() const override { return kOut; }
    flow::Status push(const flow::Item& item) noexcept override;
    flow::Status pull(flow::Item& item) noexcept override;
    void reset() override;
    [[nodiscard]] bool holdsInput() const noexcept override { return full_; }
    [[nodiscard]] std::string_view error() const noexcept override { return error_; }
    [[nodiscard]] std::int64_t rejectedPackets() const noexcept { return rejected_; }

protected:
    PacketRecoder(StreamFormat format, std::string name);
    /// Real-time safe. Changes type and payload of a packet whose header.frames fit into samples()
    /// and, as 16-bit PCM, into bytes(); false: not one of ours.
    virtual bool recode(PacketView& packet) noexcept = 0;
    [[nodiscard]] std::span<std::int16_t> samples() noexcept { return samples_; }
    [[nodiscard]] std::span<std::byte> bytes() noexcept { return bytes_; }

private:
    std::string name_;
    std::vector<std::int16_t> samples_;
    std::vector<std::byte> bytes_;
    PacketView packet_;
    bool full_ = false;
    bool flushed_ = false;
    std::int64_t rejected_ = 0;
    std::string_view error_;
};

/// 16-bit packets to G.711: a byte a sample, payload type pcmu or pcma. Ref: RFC 3551
/// section 4.5.14.
class G711Encode final : public PacketRecoder {
public:
    G711Encode(G711Law law, StreamFormat format, G711Tier tier = G711Tier::automatic,
               std::string name = "g711 encode");

private:
    bool recode(PacketView& packet) noexcept override;
    G711 codec_;
};

/// G.711 packets, of either law and even in turns, to 16-bit ones.
class G711Decode final : public PacketRecoder {
public:
    explicit G711Decode(StreamFormat format, G711Tier tier = G711Tier::automatic,
                        std::string name = "g711 decode");

private:
    bool recode(PacketView& packet) noexcept override;
    G711 mu_, a_;
};

}  // namespace doubletalk::codec
