// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/dsp/fft.h"

#include <fftw3.h>

#include <algorithm>
#include <cassert>
#include <map>
#include <mutex>

namespace doubletalk::dsp {
namespace {

/// FFTW's planner is not thread-safe by itself, and whoever embeds the engine may plan with the
/// same library: its own lock covers both, a mutex of ours would not.
void makePlannerThreadSafe() {
    static std::once_flag once;
    std::call_once(once, [] { fftwf_make_planner_thread_safe(); });
}

struct Free {
    void operator()(float* memory) const noexcept { fftwf_free(memory); }
};
using Memory = std::unique_ptr<float, Free>;

fftwf_complex* complexAt(float* memory) { return reinterpret_cast<fftwf_complex*>(memory); }
std::size_t floatsOf(int size) { return std::size_t(size) + 2; }  // size / 2 + 1 complex

/// Both directions of one size; used with any buffers of fftwf_malloc's alignment.
struct Plans {
    Plans(int size) {
        const Memory time(fftwf_alloc_real(floatsOf(size)));
        const Memory spectrum(fftwf_alloc_real(floatsOf(size)));
        auto* freq = complexAt(spectrum.get());
        // Not in one place: FFTW then takes memory each time it runs.
        forward = fftwf_plan_dft_r2c_1d(size, time.get(), freq, FFTW_ESTIMATE);
        inverse = fftwf_plan_dft_c2r_1d(size, freq, time.get(), FFTW_ESTIMATE);
    }
    ~Plans() {
        fftwf_destroy_plan(forward);
        fftwf_destroy_plan(inverse);
    }
    Plans(const Plans&) = delete;
    Plans& operator=(const Plans&) = delete;

    fftwf_plan forward = nullptr;
    fftwf_plan inverse = nullptr;
};

std::shared_ptr<const Plans> plansOf(int size) {
    static std::mutex mutex;
    static std::map<int, std::weak_ptr<const Plans>> known;
    makePlannerThreadSafe();
    const std::lock_guard lock(mutex);
    auto& slot = known[size];
    auto plans = slot.lock();
    if (!plans) {
        plans = std::make_shared<const Plans>(size);
        slot = plans;
    }
    return plans;
}

}  // namespace

struct RealFft::Impl {
    explicit Impl(int n)
        : size(n),
          plans(plansOf(n)),
          time(fftwf_alloc_real(floatsOf(n))),
          spectrum(fftwf_alloc_real(floatsOf(n))) {
        for (auto* memory : {time.get(), spectrum.get()}) {
            std::fill_n(memory, floatsOf(n), 0.0F);
        }
    }
    [[nodiscard]] fftwf_complex* freq() const noexcept { return complexAt(spectrum.get()); }

    int size;
    std::shared_ptr<const Plans> plans;
    Memory time, spectrum;
};

RealFft::RealFft(int size) {
    assert(size >= 2 && size % 2 == 0);
    impl_ = std::make_unique<Impl>(size);
}
RealFft::~RealFft() = default;
RealFft::RealFft(RealFft&&) noexcept = default;
RealFft& RealFft::operator=(RealFft&&) noexcept = default;

int RealFft::size() const noexcept { return impl_->size; }
int RealFft::bins() const noexcept { return impl_->size / 2 + 1; }
std::span<float> RealFft::time() noexcept { return {impl_->time.get(), std::size_t(impl_->size)}; }
std::span<RealFft::Complex> RealFft::spectrum() noexcept {
    // std::complex<float> and fftwf_complex have the same layout by both documents.
    return {reinterpret_cast<Complex*>(impl_->freq()), std::size_t(bins())};
}
void RealFft::forward() noexcept {
    fftwf_execute_dft_r2c(impl_->plans->forward, impl_->time.get(), impl_->freq());
}
void RealFft::inverse() noexcept {
    fftwf_execute_dft_c2r(impl_->plans->inverse, impl_->freq(), impl_->time.get());
    const float scale = 1.0F / float(impl_->size);
    for (float& x : time()) x *= scale;
}

}  // namespace doubletalk::dsp
