// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <memory>

#include "engine/jitter/jitter_buffer_registry.h"
#include "engine/jitter/playout.h"
#include "tests/fuzz/fuzz_input.h"

using namespace doubletalk;

/// Packets of any number, time, type and length into every jitter buffer; every sample that comes
/// out is finite.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input(data, size);
    const auto names = jitter::jitterBufferNames();
    jitter::JitterParams params;
    params.buffer = names[input.take<std::uint8_t>() % names.size()];
    jitter::Playout playout;
    StreamFormat format;
    if (!playout.prepare(format, params, {})) return 0;
    ProvenanceQueue spans;
    std::array<float, 320> out{};
    std::array<std::byte, 1400> payload{};
    std::int64_t now_ns = 0;
    for (int steps = 0; !input.empty() && steps < 2000; ++steps) {
        const auto what = input.take<std::uint8_t>();
        now_ns += input.take<std::uint16_t>() * std::int64_t{1000};
        if (what < 160) {
            PacketHeader header;
            header.sequence = input.take<std::uint16_t>();
            header.timestamp = input.take<std::uint32_t>();
            header.payload_type = static_cast<PayloadType>(what % 4);
            header.frames = input.take<std::uint16_t>();
            header.item = input.take<std::uint8_t>();
            header.last = (what & 8) != 0;
            header.marker = (what & 16) != 0;
            header.send_ns = now_ns - input.take<std::uint16_t>() * std::int64_t{10000};
            const auto bytes = what & 32 ? 640U : input.take<std::uint16_t>() % payload.size();
            payload[0] = std::byte{what};
            (void)playout.put({header, std::span(payload).first(bytes)}, now_ns);
        } else if (what < 240) {
            for (int i = 0; i < 4 && playout.available() < 160; ++i) (void)playout.tick(now_ns);
            const int got = playout.read(std::span(out).first(160), spans);
            require(got >= 0 && got <= 160);
            for (const float sample : out) require(sample - sample == 0.0F);
        } else if (what < 250) {
            (void)playout.discardItem(input.take<std::uint8_t>());
        } else {
            playout.reset();
        }
    }
    return 0;
}
