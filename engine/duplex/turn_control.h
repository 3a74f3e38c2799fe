// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/core/frames.h"
#include "engine/dsp/block_history.h"
#include "engine/duplex/settings.h"
#include "engine/speech/barge_in.h"
#include "engine/speech/segmenter.h"
#include "engine/speech/vad.h"

namespace doubletalk::duplex {

/// What one block meant for the conversation.
struct TurnOutcome {
    bool voice = false;
    bool voice_changed = false;
    speech::SegmentChange segment = speech::SegmentChange::none;
    speech::BargeInVerdict verdict = speech::BargeInVerdict::none;
    BlockIndex vad_block = -1;  ///< t_vad of the stretch that fired or is held
    bool became_ready = false;
    bool wants_headroom = false;  ///< readResidual() holds enough new audio for a search
};

/// Voice activity → segments and barge-in on the cleaned signal, and the readiness of the
/// canceller: collects the gated residual that the headroom search needs. Knows no ground truth.
/// Thread: worker. process() is real-time safe.
class TurnControl {
public:
    [[nodiscard]] Result<void> prepare(const Settings& settings);
    void setParams(const Settings& settings) noexcept;
    void reset() noexcept;
    /// Returns the old detector for deletion elsewhere.
    [[nodiscard]] std::unique_ptr<speech::VoiceActivityDetector> swap(
        std::unique_ptr<speech::VoiceActivityDetector> next) noexcept;

    /// far: reference at the echo's delay, empty: no device heard this block; assistant_plays: an
    /// item sounds (or did 300 ms ago).
    TurnOutcome process(BlockIndex block, std::span<const float> clean, std::span<const float> far,
                        bool assistant_plays) noexcept;
    /// What the canceller learnt may no longer hold (another engine, the reference moved): not
    /// ready until a new search on new residual says so.
    void distrust() noexcept;
    /// Answer of a search.
    void setHeadroom(double headroom_db) noexcept;

    [[nodiscard]] double headroomDb() const noexcept { return headroom_db_; }  ///< NaN: unknown
    [[nodiscard]] bool ready() const noexcept { return ready_; }
    [[nodiscard]] bool voice() const noexcept { return voice_; }
    /// No voice on the output for 300 ms: the device's stand-in for a silent near end.
    [[nodiscard]] bool nearSilent() const noexcept { return quiet_blocks_ >= kQuietBlocks; }
    /// Gated residual of at most 2 s, oldest first; returns the samples written. Real-time safe.
    std::size_t readResidual(std::span<float> out) const noexcept;
    /// What readResidual() can give at most.
    [[nodiscard]] std::size_t residualCapacity() const noexcept { return residual_.capacity(); }
    [[nodiscard]] speech::Segmenter& segmenter() noexcept { return segmenter_; }
    [[nodiscard]] std::string_view detectorName() const noexcept { return vad_->name(); }

private:
    static constexpr int kQuietBlocks = 30;

    void watchStop(bool fired, bool far_active) noexcept;
    void collect(std::span<const float> clean, bool far_active, bool stretch) noexcept;

    speech::BargeInParams barge_in_params_;
    std::unique_ptr<speech::VoiceActivityDetector> vad_;
    speech::Segmenter segmenter_;
    speech::BargeInDetector barge_in_;
    std::size_t block_frames_ = 160;
    dsp::BlockHistory residual_;
    int new_blocks_ = 0;     ///< gated since the last search
    int since_stretch_ = 0;  ///< blocks since the barge-in rule saw something
    int quiet_blocks_ = 0;
    bool searching_ = false;      ///< a search is asked for
    bool answer_is_old_ = false;  ///< and its residual is from before distrust()
    bool watching_stop_ = false;  ///< of our own: did the voice outlive the echo?
    int since_far_ = 0;           ///< blocks without far end while watching
    std::int64_t calls_ = 0;
    bool voice_ = false;
    bool ready_ = false;
    bool became_ready_ = false;
    double headroom_db_ = 0.0;
};

}  // namespace doubletalk::duplex
