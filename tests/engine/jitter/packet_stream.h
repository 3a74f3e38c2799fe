// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "engine/core/packet.h"
#include "engine/core/random.h"

namespace doubletalk::test {

/// A packet stream with known samples: a sine at 440 Hz, so every sample says where it belongs.
struct PacketStream {
    StreamFormat format;
    std::uint16_t first_sequence = 0;
    std::uint32_t first_timestamp = 0;
    ItemId item = 1;

    [[nodiscard]] float sample(std::int64_t n) const {
        return 0.5F * static_cast<float>(std::sin(2.0 * M_PI * 440.0 * double(n) / format.rate.hz));
    }
    [[nodiscard]] OwnedPacket packet(int number) const {
        OwnedPacket p;
        const int frames = format.frameFrames();
        p.header.sequence = static_cast<std::uint16_t>(first_sequence + number);
        p.header.timestamp = first_timestamp + static_cast<std::uint32_t>(number * frames);
        p.header.frames = static_cast<std::uint16_t>(frames);
        p.header.item = item;
        p.header.item_sample = double(number) * frames;
        p.header.send_ns = std::int64_t{number} * format.frame_ms * 1'000'000;
        p.payload.resize(static_cast<std::size_t>(frames) * 2);
        for (int i = 0; i < frames; ++i) {
            const auto v = static_cast<std::int16_t>(
                std::lround(32767.0F * sample(std::int64_t{number} * frames + i)));
            p.payload[2 * i] = static_cast<std::byte>(v & 0xFF);
            p.payload[2 * i + 1] = static_cast<std::byte>((v >> 8) & 0xFF);
        }
        return p;
    }
};

struct Delivery {
    int number = 0;
    std::int64_t arrival_ns = 0;
};

/// Sorted by arrival.
inline std::vector<Delivery> sorted(std::vector<Delivery> list) {
    std::stable_sort(list.begin(), list.end(), [](const Delivery& a, const Delivery& b) {
        return a.arrival_ns < b.arrival_ns;
    });
    return list;
}

}  // namespace doubletalk::test
