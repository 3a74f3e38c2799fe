// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/speech/webrtc_vad.h"

#include <algorithm>

#include "engine/dsp/pcm16.h"

// The library exports its detector, but Debian ships no header for it.
extern "C" {
struct VadInst;
VadInst* WebRtcVad_Create(void);
int WebRtcVad_Init(VadInst* state);
int WebRtcVad_set_mode(VadInst* state, int mode);
int WebRtcVad_Process(VadInst* state, int rate_hz, const std::int16_t* frame, std::size_t frames);
void WebRtcVad_Free(VadInst* state);
int WebRtcVad_ValidRateAndFrameLength(int rate_hz, std::size_t frames);
}

namespace doubletalk::speech {
namespace {

VadInst* inst(void* state) { return static_cast<VadInst*>(state); }

std::size_t frameFrames(SampleRate rate, int frame_ms) {
    return std::size_t(rate.hz / 1000 * frame_ms);
}

}  // namespace

void WebrtcVad::Free::operator()(void* state) const noexcept { WebRtcVad_Free(inst(state)); }

Result<void> WebrtcVad::prepare(SampleRate rate, const VadParams& params) {
    if (!rate.isEngineRate() ||
        WebRtcVad_ValidRateAndFrameLength(rate.hz, frameFrames(rate, params.frame_ms)) != 0) {
        return fail(ErrorKind::usage,
                    "the webrtc voice detector cannot work at " + std::to_string(rate.hz) +
                        " Hz with frames of " + std::to_string(params.frame_ms) + " ms",
                    "vad.frame_ms", "8, 16, 32 or 48 kHz and 10, 20 or 30 ms work");
    }
    if (params.aggressiveness < 0 || params.aggressiveness > 3) {
        return fail(ErrorKind::usage, "the aggressiveness must be 0 to 3", "vad.aggressiveness");
    }
    if (state_ == nullptr) state_.reset(WebRtcVad_Create());
    if (state_ == nullptr) return fail(ErrorKind::internal, "no memory for the voice detector");
    rate_ = rate;
    params_ = params;
    reset();
    return {};
}

void WebrtcVad::reset() {
    have_ = 0;
    voice_ = false;
    if (state_ == nullptr) return;
    WebRtcVad_Init(inst(state_.get()));
    WebRtcVad_set_mode(inst(state_.get()), params_.aggressiveness);
}

void WebrtcVad::setParams(const VadParams& params) noexcept {
    if (state_ == nullptr) return;
    if (params.frame_ms != params_.frame_ms) {
        if (WebRtcVad_ValidRateAndFrameLength(rate_.hz, frameFrames(rate_, params.frame_ms)) != 0) {
            return;
        }
        have_ = 0;
    }
    WebRtcVad_set_mode(inst(state_.get()), params.aggressiveness);
    params_ = params;
}

void WebrtcVad::decide() noexcept {
    // A negative answer means a wrong call, which prepare() rules out; the last decision stays.
    const int answer = WebRtcVad_Process(inst(state_.get()), rate_.hz, frame_.data(), have_);
    if (answer >= 0) voice_ = answer == 1;
    have_ = 0;
}

bool WebrtcVad::process(std::span<const float> block) noexcept {
    if (state_ == nullptr) return false;
    const auto wanted = frameFrames(rate_, params_.frame_ms);
    while (!block.empty()) {
        const auto n = std::min(block.size(), wanted - have_);
        dsp::toPcm16(block.first(n), std::span(frame_).subspan(have_, n));
        block = block.subspan(n);
        have_ += n;
        if (have_ == wanted) decide();
    }
    return voice_;
}

}  // namespace doubletalk::speech
