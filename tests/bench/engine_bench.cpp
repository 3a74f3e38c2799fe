// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <benchmark/benchmark.h>
#include <speex/speex_echo.h>
#include <speex/speex_preprocess.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/bench/loop_rig.h"
#include "tests/bench/side_by_side.h"

namespace doubletalk::bench {
namespace {

constexpr SampleRate kRate{16000};

const Material& material() {
    static const Material instance(kRate);
    return instance;
}

/// SpeexDSP's canceller with its residual suppression and nothing of ours around it.
class BareSpeexChain {
public:
    explicit BareSpeexChain(int tail_ms)
        : echo_(speex_echo_state_init(kRate.blockFrames(), kRate.framesOf(tail_ms))),
          suppress_(speex_preprocess_state_init(kRate.blockFrames(), kRate.hz)),
          out_(std::size_t(kRate.blockFrames())) {
        int hz = kRate.hz;
        int on = 1;
        int no_noise_suppression = 0;
        speex_echo_ctl(echo_, SPEEX_ECHO_SET_SAMPLING_RATE, &hz);
        speex_preprocess_ctl(suppress_, SPEEX_PREPROCESS_SET_ECHO_STATE, echo_);
        speex_preprocess_ctl(suppress_, SPEEX_PREPROCESS_SET_DENOISE, &on);
        speex_preprocess_ctl(suppress_, SPEEX_PREPROCESS_SET_NOISE_SUPPRESS, &no_noise_suppression);
    }
    ~BareSpeexChain() {
        speex_preprocess_state_destroy(suppress_);
        speex_echo_state_destroy(echo_);
    }
    BareSpeexChain(const BareSpeexChain&) = delete;
    BareSpeexChain& operator=(const BareSpeexChain&) = delete;
    void operator()(int block) {
        speex_echo_cancellation(echo_, material().near16(block).data(),
                                material().far16(block).data(), out_.data());
        speex_preprocess_run(suppress_, out_.data());
        benchmark::DoNotOptimize(out_.data());
    }

private:
    SpeexEchoState* echo_;
    SpeexPreprocessState* suppress_;
    std::vector<std::int16_t> out_;
};

duplex::Settings settingsFor(const char* canceller, int tail_ms) {
    duplex::Settings settings;
    settings.echo.canceller = canceller;
    settings.echo.tail_ms = tail_ms;
    return settings;
}

void run(benchmark::State& state, const duplex::Settings& settings) {
    auto rig = LoopRig::make(settings, material());
    if (!rig) {
        state.SkipWithError(rig.error().message().c_str());
        return;
    }
    BareSpeexChain bare(settings.echo.tail_ms);
    sideBySide(state, material().blocks(), bare, **rig);
}

/// Goal: ratio at most 1.10. Canceller, taps, rings and metrics; no delay search, no other stage.
void blockLoop(benchmark::State& state) {
    auto settings = settingsFor("speexdsp", int(state.range(0)));
    settings.echo.delay_search = false;
    settings.noise.reducer = "none";
    settings.vad.detector = "energy";
    run(state, settings);
}

/// Goal: x_realtime at least 150 with speexdsp (128 ms), 100 with webrtc. Everything on.
void fullChain(benchmark::State& state, const char* canceller, const char* reducer) {
    auto settings = settingsFor(canceller, 128);
    settings.noise.reducer = reducer;
    run(state, settings);
}

BENCHMARK(blockLoop)->Arg(128)->Arg(256)->UseManualTime()->Iterations(60);
BENCHMARK_CAPTURE(fullChain, speexdsp, "speexdsp", "speex")->UseManualTime()->Iterations(60);
BENCHMARK_CAPTURE(fullChain, webrtc, "webrtc", "speex")->UseManualTime()->Iterations(60);
BENCHMARK_CAPTURE(fullChain, webrtc_webrtc, "webrtc", "webrtc")->UseManualTime()->Iterations(60);

}  // namespace
}  // namespace doubletalk::bench
