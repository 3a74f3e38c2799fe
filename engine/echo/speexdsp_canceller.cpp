// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/echo/speexdsp_canceller.h"

#include <speex/speex_echo.h>
#include <speex/speex_preprocess.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/engine_rate.h"
#include "engine/dsp/pcm16.h"

namespace doubletalk::echo {
namespace {

constexpr double kLeadMs = 4.0;
constexpr int kResponsePeriodBlocks = 10;

struct Free {
    void operator()(SpeexEchoState* state) const { speex_echo_state_destroy(state); }
    void operator()(SpeexPreprocessState* state) const { speex_preprocess_state_destroy(state); }
};
using EchoPtr = std::unique_ptr<SpeexEchoState, Free>;
using PreprocessPtr = std::unique_ptr<SpeexPreprocessState, Free>;

}  // namespace

struct SpeexdspCanceller::Impl {
    SampleRate rate;
    int taps = 0;
    bool wanted_suppression = true;  ///< as set
    bool suppression = true;         ///< as heard
    bool warm = true;                ///< the preprocessor's overlap holds the last block
    EchoPtr echo;
    PreprocessPtr preprocess;  ///< refers to echo: declared after it, so freed before it
    std::vector<std::int16_t> far, near, linear, final;
    std::vector<float> faded;
    std::vector<std::int32_t> raw_response;
    std::vector<float> response;
    int response_age = kResponsePeriodBlocks;  ///< [blocks] since response was read

    bool build();
    void runPreprocessor(std::span<float> out) noexcept;
    void readResponse() noexcept;
};

/// New states; a reset one of the library's own would not give the same bits as a fresh one.
bool SpeexdspCanceller::Impl::build() {
    preprocess.reset();
    echo.reset(speex_echo_state_init(rate.blockFrames(), taps));
    if (echo == nullptr) return false;
    int hz = rate.hz;  // the library assumes 8 kHz otherwise
    speex_echo_ctl(echo.get(), SPEEX_ECHO_SET_SAMPLING_RATE, &hz);
    preprocess.reset(speex_preprocess_state_init(rate.blockFrames(), rate.hz));
    if (preprocess == nullptr) return false;
    // Echo suppression is part of the denoiser: it must be on, with no noise to take away.
    int on = 1;
    int none_db = 0;
    speex_preprocess_ctl(preprocess.get(), SPEEX_PREPROCESS_SET_ECHO_STATE, echo.get());
    speex_preprocess_ctl(preprocess.get(), SPEEX_PREPROCESS_SET_DENOISE, &on);
    speex_preprocess_ctl(preprocess.get(), SPEEX_PREPROCESS_SET_NOISE_SUPPRESS, &none_db);
    suppression = wanted_suppression;
    warm = suppression;
    std::ranges::fill(response, 0.0F);
    response_age = kResponsePeriodBlocks;
    return true;
}

SpeexdspCanceller::SpeexdspCanceller() : impl_(std::make_unique<Impl>()) {}
SpeexdspCanceller::~SpeexdspCanceller() = default;

CancellerTraits SpeexdspCanceller::traits() const {
    return {.name = "speexdsp",
            .finds_delay = false,
            .lead_frames = impl_->rate.framesOf(kLeadMs),
            .linear_output = true,
            .decomposes = false};
}

Result<void> SpeexdspCanceller::prepare(SampleRate rate, const EchoParams& params) {
    if (auto checked = checkEngineRate(rate, "echo canceller 'speexdsp'"); !checked) return checked;
    auto& d = *impl_;
    d.rate = rate;
    d.taps = rate.framesOf(params.tail_ms);
    d.wanted_suppression = params.residual_suppression;
    const auto block = std::size_t(rate.blockFrames());
    for (auto* buffer : {&d.far, &d.near, &d.linear, &d.final}) buffer->assign(block, 0);
    d.faded.assign(block, 0.0F);
    if (!d.build()) {
        return fail(ErrorKind::internal, "echo canceller 'speexdsp' could not be created",
                    "echo.tail_ms = " + std::to_string(params.tail_ms), "try a shorter tail");
    }
    std::int32_t size = 0;
    speex_echo_ctl(d.echo.get(), SPEEX_ECHO_GET_IMPULSE_RESPONSE_SIZE, &size);
    d.raw_response.assign(std::size_t(size), 0);
    d.response.assign(std::size_t(size), 0.0F);
    return {};
}

void SpeexdspCanceller::process(std::span<const float> far, std::span<const float> near,
                                std::span<float> out, std::span<float> linear_out,
                                const BlockInfo&) noexcept {
    auto& d = *impl_;
    dsp::toPcm16(far, d.far);
    dsp::toPcm16(near, d.near);
    speex_echo_cancellation(d.echo.get(), d.near.data(), d.far.data(), d.linear.data());
    if (!linear_out.empty()) dsp::fromPcm16(d.linear, linear_out);
    d.runPreprocessor(out);
    d.response_age = std::min(d.response_age + 1, kResponsePeriodBlocks);
}

/// out = the filter's output or the preprocessor's; a change of the setting fades within one block.
/// Switched on, the preprocessor first needs one block to fill its overlap.
void SpeexdspCanceller::Impl::runPreprocessor(std::span<float> out) noexcept {
    const bool run = suppression || wanted_suppression;
    if (run) {
        std::ranges::copy(linear, final.begin());
        speex_preprocess_run(preprocess.get(), final.data());
    }
    if (wanted_suppression == suppression || (wanted_suppression && !warm)) {
        dsp::fromPcm16(suppression ? final : linear, out);
        warm = run;
        return;
    }
    dsp::fromPcm16(suppression ? final : linear, out);
    dsp::fromPcm16(wanted_suppression ? final : linear, faded);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const float share = (float(i) + 0.5F) / float(out.size());
        out[i] += share * (faded[i] - out[i]);
    }
    suppression = wanted_suppression;
    warm = suppression;
}

void SpeexdspCanceller::reset() {
    if (impl_->rate.isEngineRate() && impl_->taps > 0) static_cast<void>(impl_->build());
}

void SpeexdspCanceller::setParams(const EchoParams& params) noexcept {
    impl_->wanted_suppression = params.residual_suppression;
}

/// The library gives weights scaled by 32767 and by its window of two blocks: the transform back is
/// not normalised.
void SpeexdspCanceller::Impl::readResponse() noexcept {
    speex_echo_ctl(echo.get(), SPEEX_ECHO_GET_IMPULSE_RESPONSE, raw_response.data());
    const float scale = 1.0F / (32767.0F * 2.0F * static_cast<float>(rate.blockFrames()));
    std::ranges::transform(raw_response, response.begin(),
                           [scale](std::int32_t v) { return scale * static_cast<float>(v); });
    response_age = 0;
}

CancellerState SpeexdspCanceller::state() const noexcept {
    auto& d = *impl_;
    CancellerState state;
    if (d.echo == nullptr) return state;
    state.lag_frames = d.wanted_suppression ? d.rate.blockFrames() : 0;
    state.linear_lag_frames = 0;
    if (d.response_age >= kResponsePeriodBlocks) d.readResponse();
    state.impulse_response = d.response;
    return state;
}

}  // namespace doubletalk::echo
