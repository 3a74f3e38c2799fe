// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>

#include "engine/core/frames.h"
#include "engine/core/ring.h"
#include "engine/session/records.h"

namespace doubletalk::duplex {

/// The loudspeaker ring and the ramp that ends playback. The worker writes, the driver renders; an
/// interruption is one atomic word (fade length and drop mark), so it reaches the loudspeaker at
/// the next exchange whatever is queued. Underruns give silence and are counted.
class LoudspeakerFeed {
public:
    /// Fills the ring with lead_frames of silence plus one block. Not real-time safe.
    void prepare(SampleRate rate, int lead_frames);

    /// Thread: worker.
    void write(std::span<const float> frames) noexcept { ring_->write(frames); }
    [[nodiscard]] std::int64_t writtenFrames() const noexcept { return ring_->written(); }
    /// Thread: worker. Everything written so far fades out and is dropped; what is written later
    /// plays. The ramp is as long as asked, or as the audio in the ring when it begins when that is
    /// less (about the lead): it always ends at zero, never in a cut.
    void interrupt(int fade_frames) noexcept;
    /// Thread: any. Fades out now and drops everything until the worker's interrupt() says where
    /// new audio begins.
    void hush(int fade_frames) noexcept;

    /// Thread: rt. Fills out for the loudspeaker and says in record what it did (playback_frames,
    /// queued_frames, ring_frame, audible_frames, dropped_frames, interrupted, faded).
    void render(std::span<float> out, session::ExchangeRecord& record) noexcept;
    /// Thread: any.
    [[nodiscard]] std::int64_t fillFrames() const noexcept { return ring_->available(); }
    [[nodiscard]] std::int64_t underrunFrames() const noexcept { return ring_->underflowFrames(); }

private:
    static constexpr std::uint64_t kFadeBits = 16;
    static constexpr std::int64_t kOpenMark = (std::int64_t(1) << 46) - 1;

    void post(int fade_frames, std::int64_t mark) noexcept;
    void takeInterrupt() noexcept;
    int renderEnding(std::span<float> out) noexcept;

    std::unique_ptr<Ring<float>> ring_;
    std::atomic<std::uint64_t> word_{0};  ///< 0: nothing to do
    // rt only
    bool ending_ = false;
    int fade_total_ = 0;
    int fade_left_ = 0;
    std::int64_t drop_until_ = 0;
};

}  // namespace doubletalk::duplex
