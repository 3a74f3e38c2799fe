// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "app/net/pcm_feed.h"

namespace doubletalk::net {

/// What listeners hear, block by block at the pace of real time. Thread: the encoder's.
class ListenSource {
public:
    virtual ~ListenSource() = default;
    /// nothing: for now.
    [[nodiscard]] virtual Fed read(PcmBlock& block) noexcept = 0;
};

/// Whatever is written to a feed, which has to outlive it.
class FeedSource final : public ListenSource {
public:
    explicit FeedSource(PcmFeed& feed) : feed_(feed) {}
    Fed read(PcmBlock& block) noexcept override { return feed_.read(block); }

private:
    PcmFeed& feed_;
};

/// A source with no clock of its own: 10 ms each 10 ms. After a pause of more than a second it goes
/// on where it stopped.
class PacedSource : public ListenSource {
public:
    PacedSource(int rate_hz, int channels) : rate_hz_(rate_hz), channels_(channels) {}
    Fed read(PcmBlock& block) noexcept final;

protected:
    /// Fills whole frames; first_frame since the start.
    virtual void fill(std::int64_t first_frame, std::span<float> interleaved) noexcept = 0;

    const int rate_hz_;
    const int channels_;

private:
    std::int64_t start_ns_ = 0;  ///< of frame 0; 0: not yet
    std::int64_t given_frames_ = 0;
};

/// A sine of -12 dBFS.
class SineSource final : public PacedSource {
public:
    /// frequency_hz: below half the rate.
    SineSource(double frequency_hz, int rate_hz, int channels)
        : PacedSource(rate_hz, channels), frequency_hz_(frequency_hz) {}

private:
    void fill(std::int64_t first_frame, std::span<float> interleaved) noexcept override;
    const double frequency_hz_;
};

/// A whole signal again and again.
class ClipSource final : public PacedSource {
public:
    /// interleaved: at least one whole frame.
    ClipSource(std::vector<float> interleaved, int rate_hz, int channels)
        : PacedSource(rate_hz, channels), interleaved_(std::move(interleaved)) {}

private:
    void fill(std::int64_t first_frame, std::span<float> interleaved) noexcept override;
    const std::vector<float> interleaved_;
};

}  // namespace doubletalk::net
