// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/g711_nodes.h"

#include <algorithm>

namespace doubletalk::codec {
namespace {

using flow::Item;
using flow::Status;

constexpr std::size_t kSampleBytes = 2;

PayloadType typeOf(G711Law law) {
    return law == G711Law::mu ? PayloadType::pcmu : PayloadType::pcma;
}

}  // namespace

PacketRecoder::PacketRecoder(StreamFormat format, std::string name)
    : name_(std::move(name)),
      samples_(std::size_t(std::max(format.frameFrames(), 1))),
      bytes_(samples_.size() * kSampleBytes) {}

void PacketRecoder::reset() {
    full_ = false;
    flushed_ = false;
    rejected_ = 0;
    error_ = {};
}

Status PacketRecoder::push(const Item& item) noexcept {
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
    packet_ = *packet;
    const std::size_t frames = packet_.header.frames;
    full_ = frames > 0 && frames <= samples_.size() && recode(packet_);
    if (!full_) ++rejected_;
    return Status::ok;
}

Status PacketRecoder::pull(Item& item) noexcept {
    if (!full_) return flushed_ ? Status::eof : Status::again;
    item = packet_;
    full_ = false;
    return Status::ok;
}

G711Encode::G711Encode(G711Law law, StreamFormat format, G711Tier tier, std::string name)
    : PacketRecoder(format, std::move(name)), codec_(law, tier) {}

bool G711Encode::recode(PacketView& packet) noexcept {
    const std::size_t frames = packet.header.frames;
    if (packet.header.payload_type != PayloadType::pcm16 ||
        packet.payload.size() != frames * kSampleBytes) {
        return false;
    }
    const auto pcm = samples().first(frames);
    for (std::size_t i = 0; i < frames; ++i) {
        const auto low = unsigned(packet.payload[kSampleBytes * i]);
        const auto high = unsigned(packet.payload[kSampleBytes * i + 1]);
        pcm[i] = std::int16_t(std::uint16_t(low | high << 8));
    }
    const auto codes = bytes().first(frames);
    packet.header.payload_type = typeOf(codec_.law());
    packet.payload = codes;
    return codec_.encode(pcm, codes).has_value();
}

G711Decode::G711Decode(StreamFormat format, G711Tier tier, std::string name)
    : PacketRecoder(format, std::move(name)), mu_(G711Law::mu, tier), a_(G711Law::a, tier) {}

bool G711Decode::recode(PacketView& packet) noexcept {
    const std::size_t frames = packet.header.frames;
    const bool is_mu = packet.header.payload_type == PayloadType::pcmu;
    const bool is_a = packet.header.payload_type == PayloadType::pcma;
    if (!(is_mu || is_a) || packet.payload.size() != frames) return false;
    const auto pcm = samples().first(frames);
    if (!(is_mu ? mu_ : a_).decode(packet.payload, pcm)) return false;
    const auto out = bytes().first(frames * kSampleBytes);
    for (std::size_t i = 0; i < frames; ++i) {
        const auto bits = std::uint16_t(pcm[i]);
        out[kSampleBytes * i] = std::byte(bits & 0xff);
        out[kSampleBytes * i + 1] = std::byte(bits >> 8);
    }
    packet.header.payload_type = PayloadType::pcm16;
    packet.payload = out;
    return true;
}

}  // namespace doubletalk::codec
