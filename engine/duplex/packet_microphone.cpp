// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/packet_microphone.h"

#include "engine/duplex/pcm_payload.h"

namespace doubletalk::duplex {

void PacketMicrophone::send(std::int64_t now_ns) {
    OwnedPacket packet;
    header_.frames = std::uint16_t(frame_.size());
    header_.marker = header_.timestamp == 0;
    header_.send_ns = now_ns;
    packet.header = header_;
    packet.payload = toPcm16Payload(frame_);
    if (network_.send(std::move(packet)).lost) {
        lost_.push_back({.block = 0, .header = header_, .stream = 1});
    }
    ++header_.sequence;
    header_.timestamp += header_.frames;
    frame_.clear();
}

void PacketMicrophone::step(std::span<const float> block, std::int64_t now_ns) {
    inbox_.clear();
    views_.clear();
    lost_.clear();
    for (const float sample : block) {
        frame_.push_back(sample);
        if (int(frame_.size()) == format_.frameFrames()) send(now_ns);
    }
    network_.receive(now_ns, inbox_);
    for (const auto& [packet, arrival_ns] : inbox_) views_.push_back({packet.view(), arrival_ns});
}

}  // namespace doubletalk::duplex
