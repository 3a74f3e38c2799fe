// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/dsp/resampler.h"
#include "engine/flow/node.h"

namespace doubletalk::flow {

/// stream: output lags by the filter's delay, nothing is cut at the start.
/// aligned: the delay is cut off, so output frame 0 is input frame 0 (files).
enum class ResampleStart : std::uint8_t { stream, aligned };

/// Resamples blocks from one rate to another. The flush brings what the filter still holds: in all
/// round(frames_in * to / from) frames come out, plus the delay when the start is stream.
/// Thread: one at a time. push() and pull() are real-time safe.
class ResampleProcessor final : public Processor {
public:
    static constexpr EndKind kIn = EndKind::pcm;
    static constexpr EndKind kOut = EndKind::pcm;
    /// Blocks of at most max_frames. Errors: usage (rates outside 4000..192000 Hz).
    [[nodiscard]] static Result<std::unique_ptr<ResampleProcessor>> create(
        int from_hz, int to_hz, ResampleStart start = ResampleStart::stream,
        int max_frames = 4 * kMaxBlockFrames, std::string name = "resample");

    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] EndKind in() const override { return kIn; }
    [[nodiscard]] EndKind out() const override { return kOut; }
    /// error: the block has another rate or is longer than max_frames.
    Status push(const Item& item) noexcept override;
    Status pull(Item& item) noexcept override;
    void reset() override;
    [[nodiscard]] bool holdsInput() const noexcept override { return full_; }
    [[nodiscard]] std::string_view error() const noexcept override { return error_; }
    /// Delay of the filter in output frames.
    [[nodiscard]] int lagFrames() const noexcept { return resampler_.lagFrames(); }

private:
    ResampleProcessor(std::string name, int from_hz, int to_hz, ResampleStart start);
    Status give(Item& item, std::span<float> samples) noexcept;
    Status pullTail(Item& item) noexcept;

    std::string name_;
    int from_hz_;
    int to_hz_;
    ResampleStart start_;
    dsp::Resampler resampler_;
    std::vector<float> out_;
    std::vector<float> zeros_;
    PcmBlock block_;
    bool full_ = false;
    bool flushed_ = false;
    std::int64_t frames_in_ = 0;
    std::int64_t frames_out_ = 0;
    std::int64_t skip_ = 0;  ///< frames still to cut at the start
    std::string_view error_;
};

}  // namespace doubletalk::flow
