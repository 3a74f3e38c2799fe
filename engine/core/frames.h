// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <cstdint>

namespace doubletalk {

/// One block is 10 ms of the capture clock.
inline constexpr int kBlockMs = 10;
inline constexpr std::int64_t kBlockNs = 10'000'000;
inline constexpr int kMaxSampleRateHz = 48000;
inline constexpr int kMaxBlockFrames = kMaxSampleRateHz / 1000 * kBlockMs;

/// Number of the 10 ms block since the start of the run, from 0.
using BlockIndex = std::int64_t;

/// Stable number of an utterance ("item") of the assistant; 0 means none.
using ItemId = std::uint32_t;

/// A length in frames (one frame = one sample of every channel).
struct FrameCount {
    std::int64_t value = 0;
    friend constexpr auto operator<=>(FrameCount, FrameCount) = default;
    friend constexpr FrameCount operator+(FrameCount a, FrameCount b) { return {a.value + b.value}; }
    friend constexpr FrameCount operator-(FrameCount a, FrameCount b) { return {a.value - b.value}; }
};

/// A position on one clock, counted in frames from the start of the run.
struct FrameIndex {
    std::int64_t value = 0;
    friend constexpr auto operator<=>(FrameIndex, FrameIndex) = default;
    friend constexpr FrameCount operator-(FrameIndex a, FrameIndex b) { return {a.value - b.value}; }
    friend constexpr FrameIndex operator+(FrameIndex a, FrameCount n) { return {a.value + n.value}; }
    friend constexpr FrameIndex operator-(FrameIndex a, FrameCount n) { return {a.value - n.value}; }
};

struct SampleRate {
    int hz = 16000;
    friend constexpr auto operator<=>(SampleRate, SampleRate) = default;
    /// Frames in one 10 ms block.
    [[nodiscard]] constexpr int blockFrames() const { return hz / 100; }
    [[nodiscard]] constexpr double toMs(FrameCount n) const { return 1000.0 * double(n.value) / hz; }
    [[nodiscard]] constexpr int framesOf(double ms) const { return int(ms * hz / 1000.0 + 0.5); }
    /// 8, 16, 32 or 48 kHz: what every canceller takes.
    [[nodiscard]] constexpr bool isEngineRate() const {
        return hz == 8000 || hz == 16000 || hz == 32000 || hz == 48000;
    }
};

}  // namespace doubletalk
