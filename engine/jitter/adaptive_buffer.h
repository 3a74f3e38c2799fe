// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/jitter/delay_target.h"
#include "engine/jitter/sequenced_buffer.h"

namespace doubletalk::jitter {

/// Follows the network: aims at the delay with the smallest impairment (DelayTarget), up at once
/// and down slowly, gets there by stretching speech and by whole frames in the sender's silence.
/// While packets stay away it waits instead of counting them off, so a spike costs no words; what
/// then lies above max_ms is skipped and the rest is played faster until the delay is down again.
class AdaptiveBuffer final : public SequencedBuffer {
public:
    [[nodiscard]] std::string_view name() const override { return "adaptive"; }
    [[nodiscard]] Result<void> prepare(const StreamFormat& format,
                                       const JitterParams& params) override;
    Slot get(std::int64_t slot_ns) noexcept override;
    void stretched(int frames) noexcept override;
    void reset() override;
    void setParams(const JitterParams& params) noexcept override;
    [[nodiscard]] JitterState state() const noexcept override;

protected:
    void onArrival(const Arrival& arrival) noexcept override;
    [[nodiscard]] double startDelayMs() const noexcept override;

private:
    [[nodiscard]] int wish(double delay_ms) noexcept;
    [[nodiscard]] bool adjustInSilence(double delay_ms) noexcept;
    [[nodiscard]] bool delayMoved() noexcept;
    void skipAbove(std::int64_t slot_ns) noexcept;

    DelayTarget target_;
    int direction_ = 0;       ///< of the stretching under way
    int window_packets_ = 0;  ///< skipped packets looked at together
    double window_min_ms_ = 0.0, window_max_ms_ = 0.0;
    int skipped_run_ = 0;       ///< packets skipped since the last played one
    int waited_slots_ = 0;      ///< since the last packet was there
    double cool_frames_ = 0.0;  ///< frames to leave alone after a splice
};

}  // namespace doubletalk::jitter
