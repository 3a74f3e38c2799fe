// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/noise/speex_reducer.h"

#include <speex/speex_preprocess.h>

#include <cmath>
#include <vector>

#include "engine/core/engine_rate.h"
#include "engine/dsp/pcm16.h"
#include "engine/noise/dry_mix.h"

namespace doubletalk::noise {
namespace {

constexpr double kMaxSuppressionDb = 30.0;

struct Free {
    void operator()(SpeexPreprocessState* state) const { speex_preprocess_state_destroy(state); }
};

}  // namespace

struct SpeexReducer::Impl {
    SampleRate rate;
    double strength_ratio = 0.0;
    std::unique_ptr<SpeexPreprocessState, Free> state;
    std::vector<float> in;
    std::vector<std::int16_t> pcm;
    DryMix mix;

    bool build();
    void apply() noexcept;
};

bool SpeexReducer::Impl::build() {
    state.reset(speex_preprocess_state_init(rate.blockFrames(), rate.hz));
    if (state == nullptr) return false;
    int on = 1;
    speex_preprocess_ctl(state.get(), SPEEX_PREPROCESS_SET_DENOISE, &on);
    apply();
    return true;
}

void SpeexReducer::Impl::apply() noexcept {
    int suppress_db = -int(std::lround(strength_ratio * kMaxSuppressionDb));
    speex_preprocess_ctl(state.get(), SPEEX_PREPROCESS_SET_NOISE_SUPPRESS, &suppress_db);
    mix.setWetShare(suppress_db == 0 ? 0.0F : 1.0F);
}

SpeexReducer::SpeexReducer() : impl_(std::make_unique<Impl>()) {}
SpeexReducer::~SpeexReducer() = default;

Result<void> SpeexReducer::prepare(SampleRate rate, const NoiseParams& params) {
    if (auto checked = checkEngineRate(rate, "noise reducer 'speex'"); !checked) return checked;
    auto& d = *impl_;
    d.rate = rate;
    d.strength_ratio = params.strength_ratio;
    d.in.assign(std::size_t(rate.blockFrames()), 0.0F);
    d.pcm.assign(std::size_t(rate.blockFrames()), 0);
    if (!d.build()) {
        return fail(ErrorKind::internal, "noise reducer 'speex' could not be created");
    }
    d.mix.prepare(rate, rate.blockFrames(), d.strength_ratio > 0.0 ? 1.0F : 0.0F);
    d.apply();
    d.mix.reset();
    return {};
}

void SpeexReducer::process(std::span<const float> in, std::span<float> out) noexcept {
    auto& d = *impl_;
    dsp::copySanitized(in, d.in);
    dsp::toPcm16(d.in, d.pcm);
    speex_preprocess_run(d.state.get(), d.pcm.data());
    dsp::fromPcm16(d.pcm, out);
    d.mix.process(d.in, out);
}

void SpeexReducer::reset() {
    if (impl_->state == nullptr) return;
    static_cast<void>(impl_->build());
    impl_->mix.reset();
}

void SpeexReducer::setParams(const NoiseParams& params) noexcept {
    impl_->strength_ratio = params.strength_ratio;
    if (impl_->state != nullptr) impl_->apply();
}

int SpeexReducer::lagFrames() const noexcept { return impl_->rate.blockFrames(); }

}  // namespace doubletalk::noise
