// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "engine/flow/node.h"

namespace doubletalk::flow {

/// Gives audio in memory in blocks; callers load files themselves. The last block may be shorter.
/// Thread: one at a time. pull() is real-time safe.
class VectorReader final : public Reader {
public:
    static constexpr EndKind kOut = EndKind::pcm;
    VectorReader(std::vector<float> samples, SampleRate rate, int block_frames,
                 std::string name = "reader");
    /// The same with an aligned reference beside it; silence when far is shorter.
    VectorReader(std::vector<float> samples, std::vector<float> far, SampleRate rate,
                 int block_frames, std::string name = "reader");
    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] EndKind out() const override { return kOut; }
    Status pull(Item& item) noexcept override;
    void reset() override { at_ = 0; }
    [[nodiscard]] std::size_t framesLeft() const noexcept { return samples_.size() - at_; }

private:
    std::string name_;
    std::vector<float> samples_;
    std::vector<float> far_;
    std::vector<float> block_;  ///< stages may write into what they get: never the source itself
    SampleRate rate_;
    std::size_t at_ = 0;
};

/// Collects blocks into memory; allocates only beyond what was reserved.
class VectorWriter final : public Writer {
public:
    static constexpr EndKind kIn = EndKind::pcm;
    explicit VectorWriter(std::size_t reserve_frames = 0, std::string name = "writer");
    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] EndKind in() const override { return kIn; }
    /// error: no memory left, or the rate changed.
    Status push(const Item& item) noexcept override;
    void reset() override;
    [[nodiscard]] std::string_view error() const noexcept override { return error_; }
    [[nodiscard]] const std::vector<float>& samples() const noexcept { return samples_; }
    [[nodiscard]] std::vector<float> takeSamples() { return std::move(samples_); }
    [[nodiscard]] SampleRate rate() const noexcept { return rate_; }
    [[nodiscard]] bool finished() const noexcept { return finished_; }

private:
    std::string name_;
    std::vector<float> samples_;
    SampleRate rate_{0};
    bool finished_ = false;
    std::string_view error_;
};

/// Gives packets in memory, in their order.
class PacketReader final : public Reader {
public:
    static constexpr EndKind kOut = EndKind::packet;
    explicit PacketReader(std::vector<OwnedPacket> packets, std::string name = "packet_reader");
    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] EndKind out() const override { return kOut; }
    Status pull(Item& item) noexcept override;
    void reset() override { at_ = 0; }

private:
    std::string name_;
    std::vector<OwnedPacket> packets_;
    std::size_t at_ = 0;
};

/// Collects copies of packets; allocates.
class PacketWriter final : public Writer {
public:
    static constexpr EndKind kIn = EndKind::packet;
    explicit PacketWriter(std::string name = "packet_writer") : name_(std::move(name)) {}
    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] EndKind in() const override { return kIn; }
    Status push(const Item& item) noexcept override;
    void reset() override;
    [[nodiscard]] std::string_view error() const noexcept override { return error_; }
    [[nodiscard]] const std::vector<OwnedPacket>& packets() const noexcept { return packets_; }
    [[nodiscard]] bool finished() const noexcept { return finished_; }

private:
    std::string name_;
    std::vector<OwnedPacket> packets_;
    bool finished_ = false;
    std::string_view error_;
};

}  // namespace doubletalk::flow
