// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/dsp/fft.h"

#include <fftw3.h>

#include <algorithm>
#include <cassert>
#include <mutex>

namespace doubletalk::dsp {
namespace {

/// FFTW's planner is not thread-safe by itself, and whoever embeds the engine may plan with the
/// same library: its own lock covers both, a mutex of ours would not.
void makePlannerThreadSafe() {
    static std::once_flag once;
    std::call_once(once, [] { fftwf_make_planner_thread_safe(); });
}

}  // namespace

struct RealFft::Impl {
    explicit Impl(int n) : size(n), bins(n / 2 + 1) {
        makePlannerThreadSafe();
        time = fftwf_alloc_real(std::size_t(n));
        freq = fftwf_alloc_complex(std::size_t(bins));
        forward = fftwf_plan_dft_r2c_1d(n, time, freq, FFTW_ESTIMATE);
        inverse = fftwf_plan_dft_c2r_1d(n, freq, time, FFTW_ESTIMATE);
        std::fill_n(time, n, 0.0F);
        std::fill_n(reinterpret_cast<float*>(freq), 2 * bins, 0.0F);
    }
    ~Impl() {
        fftwf_destroy_plan(forward);
        fftwf_destroy_plan(inverse);
        fftwf_free(time);
        fftwf_free(freq);
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    int size;
    int bins;
    float* time = nullptr;
    fftwf_complex* freq = nullptr;
    fftwf_plan forward = nullptr;
    fftwf_plan inverse = nullptr;
};

RealFft::RealFft(int size) {
    assert(size >= 2 && size % 2 == 0);
    impl_ = std::make_unique<Impl>(size);
}
RealFft::~RealFft() = default;
RealFft::RealFft(RealFft&&) noexcept = default;
RealFft& RealFft::operator=(RealFft&&) noexcept = default;

int RealFft::size() const noexcept { return impl_->size; }
int RealFft::bins() const noexcept { return impl_->bins; }
std::span<float> RealFft::time() noexcept { return {impl_->time, std::size_t(impl_->size)}; }
std::span<RealFft::Complex> RealFft::spectrum() noexcept {
    // std::complex<float> and fftwf_complex have the same layout by both documents.
    return {reinterpret_cast<Complex*>(impl_->freq), std::size_t(impl_->bins)};
}
void RealFft::forward() noexcept { fftwf_execute(impl_->forward); }
void RealFft::inverse() noexcept {
    fftwf_execute(impl_->inverse);
    const float scale = 1.0F / float(impl_->size);
    for (float& x : time()) x *= scale;
}

}  // namespace doubletalk::dsp
