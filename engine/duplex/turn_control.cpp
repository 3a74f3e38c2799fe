// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/turn_control.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/dsp/level.h"
#include "engine/speech/vad_registry.h"

namespace doubletalk::duplex {
namespace {

constexpr int kResidualBlocks = 200;       // 2 s
constexpr int kSearchMinimumBlocks = 100;  // no search on less than 1 s
constexpr int kSearchEveryBlocks = 100;
constexpr int kAfterStretchBlocks = 30;
constexpr double kFarActivePower = 1e-5;  // -50 dBFS
constexpr int kEchoTailBlocks = 20;       // 200 ms: a voice that ends sooner ended with the echo

}  // namespace

Result<void> TurnControl::prepare(const Settings& settings) {
    const SampleRate rate{settings.engine.rate_hz};
    auto vad = speech::createVoiceActivityDetector(settings.vad.detector);
    if (!vad) return tl::unexpected(vad.error());
    vad_ = std::move(*vad);
    if (auto ok = vad_->prepare(rate, settings.vad); !ok) return ok;
    if (auto ok = segmenter_.prepare(rate, settings.segment); !ok) return ok;
    barge_in_.prepare(rate, settings.barge_in);
    barge_in_params_ = settings.barge_in;
    block_frames_ = std::size_t(rate.blockFrames());
    residual_.prepare(kResidualBlocks, rate.blockFrames());
    headroom_db_ = std::numeric_limits<double>::quiet_NaN();
    reset();
    return {};
}

void TurnControl::setParams(const Settings& settings) noexcept {
    vad_->setParams(settings.vad);
    segmenter_.setParams(settings.segment);
    barge_in_.setParams(settings.barge_in);
    barge_in_params_ = settings.barge_in;
    if (std::isfinite(headroom_db_)) ready_ = headroom_db_ >= barge_in_params_.ready_margin_db;
}

void TurnControl::reset() noexcept {
    barge_in_.reset();
    since_stretch_ = kAfterStretchBlocks;
    quiet_blocks_ = 0;
    calls_ = 0;
    distrust();
}

std::unique_ptr<speech::VoiceActivityDetector> TurnControl::swap(
    std::unique_ptr<speech::VoiceActivityDetector> next) noexcept {
    std::swap(vad_, next);
    return next;
}

void TurnControl::distrust() noexcept {
    residual_.clear();
    new_blocks_ = 0;
    ready_ = false;
    became_ready_ = false;
    watching_stop_ = false;
    answer_is_old_ = searching_;
    headroom_db_ = std::numeric_limits<double>::quiet_NaN();
}

/// A talker goes on when the assistant falls silent. What ends with its echo was the echo, so the
/// headroom that let it through is worth nothing: the echo path has changed.
void TurnControl::watchStop(bool fired, bool far_active) noexcept {
    if (fired) {
        watching_stop_ = true;
        since_far_ = 0;
    }
    if (!watching_stop_) return;
    since_far_ = far_active ? 0 : since_far_ + 1;
    if (since_far_ > kEchoTailBlocks) {
        watching_stop_ = false;
    } else if (barge_in_.stretchStart() < 0) {
        distrust();
    }
}

void TurnControl::setHeadroom(double headroom_db) noexcept {
    searching_ = false;
    if (std::exchange(answer_is_old_, false)) return;
    headroom_db_ = headroom_db;
    const bool ready = headroom_db >= barge_in_params_.ready_margin_db;
    became_ready_ = ready && !ready_;
    ready_ = ready;
}

void TurnControl::collect(std::span<const float> clean, bool far_active, bool stretch) noexcept {
    // Until the canceller is ready whatever comes with the far end may be echo and counts; a talker
    // then only makes readiness later. Once it is ready a stretch of voice is a talker's.
    since_stretch_ = stretch && ready_ ? 0 : since_stretch_ + 1;
    if (since_stretch_ < kAfterStretchBlocks || !far_active) return;
    residual_.push(clean);
    ++new_blocks_;
}

std::size_t TurnControl::readResidual(std::span<float> out) const noexcept {
    return residual_.read(out);
}

TurnOutcome TurnControl::process(BlockIndex block, std::span<const float> clean,
                                 std::span<const float> far, bool assistant_plays) noexcept {
    TurnOutcome outcome;
    outcome.voice = vad_->process(clean);
    outcome.voice_changed = outcome.voice != voice_;
    voice_ = outcome.voice;
    quiet_blocks_ = voice_ ? 0 : quiet_blocks_ + 1;
    outcome.segment = segmenter_.process(voice_, clean);
    outcome.became_ready = std::exchange(became_ready_, false);
    ++calls_;
    if (barge_in_params_.enabled) {
        outcome.verdict = barge_in_.process(voice_, clean, assistant_plays, ready_);
        if (const auto start = barge_in_.stretchStart(); start >= 0) {
            outcome.vad_block = block - (calls_ - 1 - start);
        }
    }
    const bool far_active = !far.empty() && dsp::meanSquare(far) >= kFarActivePower;
    watchStop(outcome.verdict == speech::BargeInVerdict::fire, far_active);
    collect(clean, far_active, barge_in_.stretchStart() >= 0);
    if (residual_.blocks() >= kSearchMinimumBlocks && new_blocks_ >= kSearchEveryBlocks) {
        new_blocks_ = 0;
        outcome.wants_headroom = searching_ = true;
    }
    return outcome;
}

}  // namespace doubletalk::duplex
