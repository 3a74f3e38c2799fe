// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/dsp/resampler.h"

#include <fmt/format.h>
#include <soxr.h>
#include <speex/speex_resampler.h>

#include <algorithm>
#include <cmath>

namespace doubletalk::dsp {
namespace {

constexpr int kMinRateHz = 4000;
constexpr int kMaxRateHz = 192000;

struct DestroyResampler {
    void operator()(SpeexResamplerState* state) const noexcept { speex_resampler_destroy(state); }
};

Result<void> checkRates(int from_hz, int to_hz) {
    for (const int hz : {from_hz, to_hz}) {
        if (hz < kMinRateHz || hz > kMaxRateHz) {
            return fail(ErrorKind::unsupported, fmt::format("sample rate of {} Hz", hz), {},
                        fmt::format("{} to {} Hz work", kMinRateHz, kMaxRateHz));
        }
    }
    return {};
}

}  // namespace

struct Resampler::Impl {
    std::unique_ptr<SpeexResamplerState, DestroyResampler> state;  ///< null: equal rates, a copy
    int lag_frames = 0;
};

Resampler::Resampler() : impl_(std::make_unique<Impl>()) {}
Resampler::~Resampler() = default;
Resampler::Resampler(Resampler&&) noexcept = default;
Resampler& Resampler::operator=(Resampler&&) noexcept = default;

Result<void> Resampler::prepare(int from_hz, int to_hz, int quality) {
    if (auto ok = checkRates(from_hz, to_hz); !ok) return ok;
    impl_->state.reset();
    impl_->lag_frames = 0;
    if (from_hz == to_hz) return {};
    int error = 0;
    impl_->state.reset(speex_resampler_init(1, spx_uint32_t(from_hz), spx_uint32_t(to_hz),
                                            std::clamp(quality, 0, 10), &error));
    if (!impl_->state) {
        return fail(ErrorKind::internal, fmt::format("no resampler from {} to {} Hz: {}", from_hz,
                                                     to_hz, speex_resampler_strerror(error)));
    }
    impl_->lag_frames = speex_resampler_get_output_latency(impl_->state.get());
    return {};
}

int Resampler::process(std::span<const float> in, std::span<float> out) noexcept {
    if (!impl_->state) {
        const auto n = std::min(in.size(), out.size());
        std::copy_n(in.begin(), n, out.begin());
        return int(n);
    }
    std::size_t written = 0;
    // The library takes what its own buffer holds per call; both counts come back shortened.
    while (!in.empty() && written < out.size()) {
        auto taken = spx_uint32_t(in.size());
        auto given = spx_uint32_t(out.size() - written);
        if (speex_resampler_process_float(impl_->state.get(), 0, in.data(), &taken,
                                          out.data() + written, &given) != RESAMPLER_ERR_SUCCESS ||
            (taken == 0 && given == 0)) {
            break;
        }
        in = in.subspan(taken);
        written += given;
    }
    return int(written);
}

int Resampler::lagFrames() const noexcept { return impl_->lag_frames; }

void Resampler::reset() noexcept {
    if (impl_->state) speex_resampler_reset_mem(impl_->state.get());
}

Result<std::vector<float>> resampleAll(std::span<const float> in, int from_hz, int to_hz) {
    if (auto ok = checkRates(from_hz, to_hz); !ok) return tl::unexpected(ok.error());
    if (from_hz == to_hz || in.empty()) return std::vector<float>(in.begin(), in.end());
    const double ratio = double(to_hz) / from_hz;
    std::vector<float> out(std::size_t(std::llround(double(in.size()) * ratio)));
    if (out.empty()) return out;  // soxr crashes on it
    const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_VHQ, 0);
    std::size_t done = 0;
    const soxr_error_t error =
        soxr_oneshot(from_hz, to_hz, 1, in.data(), in.size(), nullptr, out.data(), out.size(),
                     &done, nullptr, &quality, nullptr);
    if (error != nullptr) return fail(ErrorKind::internal, std::string("resampling: ") + error);
    std::fill(out.begin() + std::ptrdiff_t(done), out.end(), 0.0F);
    return out;
}

}  // namespace doubletalk::dsp
