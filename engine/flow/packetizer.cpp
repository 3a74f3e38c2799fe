// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/flow/packetizer.h"

#include <algorithm>
#include <array>

#include "engine/dsp/pcm16.h"

namespace doubletalk::flow {
namespace {

constexpr std::size_t kSampleBytes = 2;

void putSample(float sample, std::span<std::byte> at) noexcept {
    std::array<std::int16_t, 1> value{};
    dsp::toPcm16(std::span(&sample, 1), value);
    const auto bits = std::uint16_t(value[0]);
    at[0] = std::byte(bits & 0xff);
    at[1] = std::byte(bits >> 8);
}

float getSample(std::span<const std::byte> at) noexcept {
    const auto bits = std::uint16_t(unsigned(at[0]) | unsigned(at[1]) << 8);
    return float(std::int16_t(bits)) * 0x1.0p-15F;
}

}  // namespace

Packetizer::Packetizer(StreamFormat format, PacketizerOptions options, std::string name)
    : name_(std::move(name)),
      format_(format),
      options_(options),
      payload_(std::size_t(std::max(format.frameFrames(), 1)) * kSampleBytes) {
    Packetizer::reset();
}

void Packetizer::reset() {
    have_ = 0;
    input_ = {};
    sequence_ = options_.first_sequence;
    timestamp_ = options_.first_timestamp;
    send_ns_ = 0;
    item_ = 0;
    item_sample_ = 0.0;
    item_samples_per_frame_ = 1.0;
    speech_ = true;
    spoke_ = false;
    flushed_ = false;
    error_ = {};
}

void Packetizer::setProvenance(ItemId item, double item_sample,
                               double item_samples_per_frame) noexcept {
    item_ = item;
    item_sample_ = item_sample;
    item_samples_per_frame_ = item_samples_per_frame;
}

Status Packetizer::push(const Item& item) noexcept {
    if (item.index() == 0) {
        flushed_ = true;
        return Status::ok;
    }
    if (flushed_) return Status::eof;
    const auto* block = std::get_if<PcmBlock>(&item);
    if (block == nullptr) {
        error_ = "takes PCM blocks, not packets";
        return Status::error;
    }
    if (block->rate != format_.rate) {
        error_ = "the block has another rate than the packets";
        return Status::error;
    }
    if (!input_.empty()) return Status::again;
    input_ = block->samples;
    return Status::ok;
}

void Packetizer::begin() noexcept {
    header_ = {};
    header_.sequence = sequence_;
    header_.timestamp = timestamp_;
    header_.speech = speech_;
    header_.marker = speech_ && !spoke_;
    header_.frames = std::uint16_t(payload_.size() / kSampleBytes);
    header_.item = item_;
    header_.item_sample = item_sample_;
    header_.item_samples_per_frame = item_samples_per_frame_;
    header_.send_ns = send_ns_;
    spoke_ = speech_;
}

void Packetizer::fill() noexcept {
    if (have_ == 0) begin();
    const auto n = std::min(payload_.size() / kSampleBytes - have_, input_.size());
    for (std::size_t i = 0; i < n; ++i) {
        putSample(input_[i], std::span(payload_).subspan((have_ + i) * kSampleBytes, kSampleBytes));
    }
    input_ = input_.subspan(n);
    have_ += n;
    item_sample_ += double(n) * item_samples_per_frame_;
}

Status Packetizer::give(Item& item, bool last) noexcept {
    header_.last = last;
    item = PacketView{header_, payload_};
    ++sequence_;
    timestamp_ += header_.frames;
    send_ns_ += std::int64_t(format_.frame_ms) * 1'000'000;
    have_ = 0;
    return Status::ok;
}

Status Packetizer::pull(Item& item) noexcept {
    const std::size_t frames = payload_.size() / kSampleBytes;
    if (have_ < frames && !input_.empty()) fill();
    if (have_ == frames && (!options_.mark_last || !input_.empty())) return give(item, false);
    if (!flushed_) return Status::again;
    if (have_ == 0) return Status::eof;
    std::fill(payload_.begin() + std::ptrdiff_t(have_ * kSampleBytes), payload_.end(),
              std::byte{0});
    return give(item, true);
}

Depacketizer::Depacketizer(StreamFormat format, std::string name)
    : name_(std::move(name)),
      format_(format),
      samples_(std::size_t(std::max(format.frameFrames(), 1))) {}

void Depacketizer::reset() {
    full_ = false;
    started_ = false;
    flushed_ = false;
    frame_ = 0;
    rejected_ = 0;
    error_ = {};
}

Status Depacketizer::push(const Item& item) noexcept {
    if (item.index() == 0) {
        flushed_ = true;
        return Status::ok;
    }
    if (flushed_) return Status::eof;
    const auto* packet = std::get_if<PacketView>(&item);
    if (packet == nullptr) {
        error_ = "takes packets, not PCM blocks";
        return Status::error;
    }
    if (full_) return Status::again;
    const PacketHeader& header = packet->header;
    const std::size_t frames = header.frames;
    if (header.payload_type != PayloadType::pcm16 || frames == 0 || frames > samples_.size() ||
        packet->payload.size() != frames * kSampleBytes) {
        ++rejected_;
        return Status::ok;
    }
    for (std::size_t i = 0; i < frames; ++i) {
        samples_[i] = getSample(packet->payload.subspan(i * kSampleBytes, kSampleBytes));
    }
    if (started_) frame_ += std::int32_t(header.timestamp - last_timestamp_);
    started_ = true;
    last_timestamp_ = header.timestamp;
    block_ = {};
    block_.samples = std::span(samples_).first(frames);
    block_.rate = format_.rate;
    block_.first_frame = frame_;
    full_ = true;
    return Status::ok;
}

Status Depacketizer::pull(Item& item) noexcept {
    if (!full_) return flushed_ ? Status::eof : Status::again;
    item = block_;
    full_ = false;
    return Status::ok;
}

}  // namespace doubletalk::flow
