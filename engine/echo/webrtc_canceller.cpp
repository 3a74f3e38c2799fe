// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/echo/webrtc_canceller.h"

#include "engine/core/engine_rate.h"
#include "engine/dsp/pcm16.h"
#include "engine/echo/webrtc_backend.h"

namespace doubletalk::echo {
namespace {

/// With none, AEC3's filter loses 12 dB.
constexpr double kLeadMs = 20.0;

}  // namespace

WebrtcCanceller::WebrtcCanceller() = default;
WebrtcCanceller::~WebrtcCanceller() = default;

CancellerTraits WebrtcCanceller::traits() const {
    return {.name = "webrtc",
            .finds_delay = true,
            .lead_frames = rate_.framesOf(kLeadMs),
            .linear_output = backend_ != nullptr && backend_->linearLagFrames().has_value(),
            .decomposes = false};
}

Result<void> WebrtcCanceller::prepare(SampleRate rate, const EchoParams&) {
    if (auto checked = checkEngineRate(rate, "echo canceller 'webrtc'"); !checked) return checked;
    auto backend = WebrtcBackend::create(rate, kLeadMs);
    if (!backend) return tl::unexpected(backend.error());
    backend_ = std::move(*backend);
    rate_ = rate;
    far_.assign(std::size_t(rate.blockFrames()), 0.0F);
    near_.assign(std::size_t(rate.blockFrames()), 0.0F);
    return {};
}

void WebrtcCanceller::process(std::span<const float> far, std::span<const float> near,
                              std::span<float> out, std::span<float> linear_out,
                              const BlockInfo&) noexcept {
    dsp::copySanitized(far, far_);
    dsp::copySanitized(near, near_);
    backend_->process(far_, near_, out, linear_out);
}

void WebrtcCanceller::reset() {
    if (backend_ == nullptr) return;
    // The old one stays when the library cannot make another.
    if (auto backend = WebrtcBackend::create(rate_, kLeadMs)) backend_ = std::move(*backend);
}

CancellerState WebrtcCanceller::state() const noexcept {
    CancellerState state;
    if (backend_ == nullptr) return state;
    state.lag_frames = backend_->lagFrames();
    state.linear_lag_frames = backend_->linearLagFrames().value_or(0);
    state.delay_ms = backend_->delayMs();
    return state;
}

}  // namespace doubletalk::echo
