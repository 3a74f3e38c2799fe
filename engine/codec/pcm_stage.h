// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/codec/rate_converter.h"

namespace doubletalk::codec {

/// Interleaved frames to another number of channels: one is the mean of all, one is copied to all,
/// two are the downmix of ITU-R BS.775 scaled so that it cannot clip. speakers: the channels that
/// come, as libavutil numbers them; 0: what is usual for so many, and where nothing is, the two are
/// the mean of all. Errors: unsupported (any other change).
[[nodiscard]] Result<void> mapChannels(std::vector<float>& interleaved, int from, int to,
                                       std::uint64_t speakers = 0);

/// [Hz] Lower rates are no audio, and a few bytes of them become gigabytes at a common rate.
inline constexpr int kMinCodedRateHz = 1000;
inline constexpr int kMaxCodedRateHz = 768'000;
/// Errors: unsupported.
[[nodiscard]] Result<void> checkCodedRate(int rate_hz);

/// Last stage of everything that decodes: the wanted channels and rate, in chunks of the wanted
/// size. Thread: user.
class PcmStage {
public:
    /// 0: as it comes in.
    PcmStage(int rate_hz, int channels, int chunk_samples);
    /// Errors: format (rate or channels changed on the way), unsupported (channels, a rate that
    /// is not taken).
    /// speakers: see mapChannels().
    [[nodiscard]] Result<void> put(std::vector<float> interleaved, int rate_hz, int channels,
                                   std::uint64_t speakers = 0);
    [[nodiscard]] Result<void> finish();
    /// Takes the next chunk; empty: not there yet. Before finish() only whole ones.
    [[nodiscard]] std::vector<float> take();

    [[nodiscard]] int rateHz() const { return rate_hz_ > 0 ? rate_hz_ : in_rate_hz_; }
    [[nodiscard]] int channels() const { return channels_ > 0 ? channels_ : in_channels_; }
    [[nodiscard]] std::int64_t framesOut() const { return frames_out_; }
    /// [samples] not taken yet.
    [[nodiscard]] std::size_t waitingSamples() const { return fifo_.size() - head_; }

private:
    [[nodiscard]] Result<void> open(int rate_hz, int channels);

    int rate_hz_;
    int channels_;
    int chunk_samples_;
    int in_rate_hz_ = 0;  ///< 0: nothing came yet
    int in_channels_ = 0;
    std::optional<RateConverter> converter_;
    std::vector<float> fifo_;
    std::size_t head_ = 0;
    std::int64_t frames_out_ = 0;
    bool finished_ = false;
};

}  // namespace doubletalk::codec
