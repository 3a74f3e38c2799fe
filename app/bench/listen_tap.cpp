// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bench/listen_tap.h"

#include <algorithm>

#include "engine/core/clock.h"

namespace doubletalk::bench {

void ListenTap::hear(const duplex::BlockLoop& loop, const duplex::BlockInput& input) noexcept {
    const int rate_hz = loop.settings().engine.rate_hz;
    const auto write = [&](std::span<const float> samples) {
        feed_.write(samples, rate_hz, 1, SteadyClock().nowNs());
    };
    const auto clean = loop.uplink().clean();
    switch (choice_.load()) {
        case ListenChoice::far:
            return write(input.playback);
        case ListenChoice::microphone:
            return write(loop.uplink().near());
        case ListenChoice::output:
            return write(clean);
        case ListenChoice::mix: {
            // The two clocks may differ by a frame: the capture clock's block is what is heard.
            const auto frames = std::min(clean.size(), mix_.size());
            for (std::size_t i = 0; i < frames; ++i) {
                const float far = i < input.playback.size() ? input.playback[i] : 0.0F;
                mix_[i] = 0.5F * (far + clean[i]);
            }
            return write(std::span(mix_).first(frames));
        }
        case ListenChoice::nothing:
            return;
    }
}

}  // namespace doubletalk::bench
