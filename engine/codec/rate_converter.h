// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/codec/av_handles.h"

namespace doubletalk::codec {

/// Another rate for a stream of interleaved floats (libswresample), without the filter's delay: the
/// first output frame lies on the first input frame, and after finish() exactly
/// round(frames in * to / from) frames came out. Thread: user.
class RateConverter {
public:
    /// Errors: usage (rates, channels), internal.
    [[nodiscard]] static Result<RateConverter> open(int from_hz, int to_hz, int channels);
    /// Appends to out what is ready. Errors: internal.
    [[nodiscard]] Result<void> put(std::span<const float> interleaved, std::vector<float>& out);
    /// Appends the rest; nothing may be put afterwards.
    [[nodiscard]] Result<void> finish(std::vector<float>& out);

private:
    RateConverter(SwrPtr swr, int from_hz, int to_hz, int channels);
    [[nodiscard]] Result<int> convert(const float* in, int frames, std::vector<float>& out);

    SwrPtr swr_;
    int from_hz_;
    int to_hz_;
    int channels_;
    std::int64_t frames_in_ = 0;
    std::int64_t frames_out_ = 0;
};

}  // namespace doubletalk::codec
