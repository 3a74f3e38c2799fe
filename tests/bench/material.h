// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/frames.h"

namespace doubletalk::bench {

/// Ten seconds of far end and microphone, the same in every run: noise with pauses and a level that
/// moves like speech, its echo through a decaying response, and a noise floor below it.
class Material {
public:
    explicit Material(SampleRate rate);

    [[nodiscard]] int blocks() const { return static_cast<int>(far_.size()) / rate_.blockFrames(); }
    [[nodiscard]] SampleRate rate() const { return rate_; }
    [[nodiscard]] std::span<const float> far(int block) const { return at(far_, block); }
    [[nodiscard]] std::span<const float> near(int block) const { return at(near_, block); }
    [[nodiscard]] std::span<const std::int16_t> far16(int block) const { return at(far16_, block); }
    [[nodiscard]] std::span<const std::int16_t> near16(int block) const {
        return at(near16_, block);
    }

private:
    template <class T>
    [[nodiscard]] std::span<const T> at(const std::vector<T>& frames, int block) const {
        const auto n = static_cast<std::size_t>(rate_.blockFrames());
        return std::span(frames).subspan(static_cast<std::size_t>(block) * n, n);
    }

    SampleRate rate_;
    std::vector<float> far_, near_;
    std::vector<std::int16_t> far16_, near16_;
};

}  // namespace doubletalk::bench
