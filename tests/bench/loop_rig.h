// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "engine/duplex/block_loop.h"
#include "engine/duplex/pcm_payload.h"
#include "tests/bench/material.h"

namespace doubletalk::bench {

/// The whole engine, fed block by block as a driver feeds it: captured frames, played frames,
/// packets of the far end. What a driver does besides (packets, records) is made before the clock
/// runs.
class LoopRig {
public:
    [[nodiscard]] static Result<std::unique_ptr<LoopRig>> make(const duplex::Settings& settings,
                                                               const Material& material) {
        std::unique_ptr<LoopRig> rig(new LoopRig(material));
        if (auto ok = rig->loop_.prepare(settings, {}); !ok) return tl::unexpected(ok.error());
        rig->rendered_.assign(std::size_t(material.rate().blockFrames()), 0.0F);
        return rig;
    }

    /// One block; block counts within the material, the engine's own count goes on for ever.
    void operator()(int block) {
        session::ExchangeRecord exchange;
        exchange.captured_frames = material_.rate().blockFrames();
        loop_.feed().render(rendered_, exchange);
        duplex::BlockInput input;
        input.block = now_;
        input.time_ns = (now_ + 1) * kBlockNs;
        input.near = material_.near(block);
        input.playback = material_.far(block);
        input.exchanges = std::span(&exchange, 1);
        ArrivedPacket arrived;
        if (now_ % 2 == 0) {
            auto& packet = packets_[std::size_t(now_ / 2) % packets_.size()];
            packet.header.sequence = std::uint16_t(now_ / 2);
            packet.header.timestamp = std::uint32_t(now_ * material_.rate().blockFrames());
            packet.header.item_sample = double(now_ * material_.rate().blockFrames());
            packet.header.send_ns = now_ * kBlockNs;
            arrived = {packet.view(), now_ * kBlockNs};
            input.packets = std::span(&arrived, 1);
        }
        loop_.process(input);
        ++now_;
    }
    [[nodiscard]] duplex::BlockLoop& loop() { return loop_; }

private:
    explicit LoopRig(const Material& material)
        : material_(material), packets_(packetsOf(material)) {}
    /// Shared by all rigs: they are the driver's, not the engine's.
    static std::vector<OwnedPacket>& packetsOf(const Material& material) {
        static std::vector<OwnedPacket> packets = [&] {
            std::vector<OwnedPacket> made;
            for (int block = 0; block + 1 < material.blocks(); block += 2) {
                OwnedPacket packet;
                packet.header.item = 1;
                packet.header.frames = std::uint16_t(2 * material.rate().blockFrames());
                std::vector<float> samples(material.far(block).begin(), material.far(block).end());
                const auto second = material.far(block + 1);
                samples.insert(samples.end(), second.begin(), second.end());
                packet.payload = duplex::toPcm16Payload(samples);
                made.push_back(std::move(packet));
            }
            return made;
        }();
        return packets;
    }

    const Material& material_;
    duplex::BlockLoop loop_;
    std::vector<OwnedPacket>& packets_;
    std::vector<float> rendered_;
    BlockIndex now_ = 0;
};

}  // namespace doubletalk::bench
