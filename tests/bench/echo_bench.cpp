// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <benchmark/benchmark.h>
#include <speex/speex_echo.h>

#include <memory>
#include <string>
#include <vector>

#include "engine/echo/canceller_registry.h"
#include "tests/bench/material.h"
#include "tests/bench/side_by_side.h"

namespace doubletalk::bench {
namespace {

constexpr SampleRate kRate{16000};

const Material& material() {
    static const Material instance(kRate);
    return instance;
}

/// SpeexDSP's filter with nothing of ours around it.
class BareSpeex {
public:
    explicit BareSpeex(int tail_ms)
        : state_(speex_echo_state_init(kRate.blockFrames(), kRate.framesOf(tail_ms))),
          out_(static_cast<std::size_t>(kRate.blockFrames())) {
        int hz = kRate.hz;
        speex_echo_ctl(state_.get(), SPEEX_ECHO_SET_SAMPLING_RATE, &hz);
    }
    void operator()(int block) {
        speex_echo_cancellation(state_.get(), material().near16(block).data(),
                                material().far16(block).data(), out_.data());
        benchmark::DoNotOptimize(out_.data());
    }

private:
    struct Free {
        void operator()(SpeexEchoState* state) const { speex_echo_state_destroy(state); }
    };
    std::unique_ptr<SpeexEchoState, Free> state_;
    std::vector<std::int16_t> out_;
};

/// One of our cancellers, fed like the engine feeds it.
class OurCanceller {
public:
    static Result<OurCanceller> make(std::string_view name, const echo::EchoParams& params) {
        auto canceller = echo::createCanceller(name);
        if (!canceller) return tl::unexpected(canceller.error());
        if (auto ready = (*canceller)->prepare(kRate, params); !ready) {
            return tl::unexpected(ready.error());
        }
        return OurCanceller(std::move(*canceller));
    }
    void operator()(int block) {
        canceller_->process(material().far(block), material().near(block), out_, linear_, {});
        benchmark::DoNotOptimize(out_.data());
    }

private:
    explicit OurCanceller(std::unique_ptr<echo::Canceller> canceller)
        : canceller_(std::move(canceller)), out_(std::size_t(kRate.blockFrames())), linear_(out_) {}

    std::unique_ptr<echo::Canceller> canceller_;
    std::vector<float> out_, linear_;
};

/// name against bare SpeexDSP of the same tail.
void againstBareSpeex(benchmark::State& state, std::string_view name, bool residual_suppression) {
    const auto tail_ms = static_cast<int>(state.range(0));
    echo::EchoParams params;
    params.tail_ms = tail_ms;
    params.residual_suppression = residual_suppression;
    auto ours = OurCanceller::make(name, params);
    if (!ours) {
        state.SkipWithError(ours.error().message().c_str());
        return;
    }
    BareSpeex bare(tail_ms);
    sideBySide(state, material().blocks(), bare, *ours);
}

BENCHMARK_CAPTURE(againstBareSpeex, speexdsp_filter, "speexdsp", false)
    ->Arg(128)
    ->Arg(256)
    ->UseManualTime()
    ->Iterations(60);
BENCHMARK_CAPTURE(againstBareSpeex, speexdsp_suppressing, "speexdsp", true)
    ->Arg(128)
    ->Arg(256)
    ->UseManualTime()
    ->Iterations(60);
BENCHMARK_CAPTURE(againstBareSpeex, webrtc, "webrtc", true)
    ->Arg(128)
    ->UseManualTime()
    ->Iterations(60);
BENCHMARK_CAPTURE(againstBareSpeex, nlms, "nlms", true)->Arg(128)->UseManualTime()->Iterations(60);

}  // namespace
}  // namespace doubletalk::bench
