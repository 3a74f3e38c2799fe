// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/dsp/async_resampler.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "engine/dsp/sinc_table.h"

namespace doubletalk::dsp {
namespace {

constexpr std::size_t kChunkFrames = 480;
constexpr std::size_t kKept = SincTable::kTaps;  ///< old input kept before each chunk

}  // namespace

struct AsyncResampler::Impl {
    const SincTable& table = SincTable::instance();
    std::array<float, kKept + kChunkFrames> buffer{};
    double step = 1.0;  ///< input frames per output frame
    /// Where the next output lies, in input frames from the first frame of the next chunk.
    double next = -kLagFrames;
    std::int64_t taken = 0;  ///< input frames so far

    int chunk(std::span<const float> in, std::span<float> out) noexcept;
};

int AsyncResampler::Impl::chunk(std::span<const float> in, std::span<float> out) noexcept {
    const auto frames = std::int64_t(in.size());
    std::ranges::copy(in, buffer.begin() + kKept);
    std::size_t written = 0;
    if (step == 1.0 && next == std::floor(next)) {  // both clocks agree: a delayed copy
        const auto from = std::int64_t(next) + std::int64_t(kKept);
        const auto last = frames + std::int64_t(kKept) - SincTable::kAfter;
        const auto n = std::min(std::max<std::int64_t>(last - from, 0), std::int64_t(out.size()));
        std::copy_n(buffer.begin() + from, n, out.begin());
        written = std::size_t(n);
        next += double(n);
    }
    for (;;) {
        // next is at least -kLagFrames, so that adding kKept makes truncation a floor.
        const double position = next + double(kKept);
        const auto whole = std::int64_t(position);
        if (whole - std::int64_t(kKept) + SincTable::kAfter >= frames) break;
        if (written == out.size()) break;
        out[written++] =
            table.at(buffer.data() + (whole - SincTable::kBefore), position - double(whole));
        next += step;
    }
    // Kept in reach of the buffer even if out was too small.
    next = std::max(next - double(frames), double(-AsyncResampler::kLagFrames));
    taken += frames;
    std::copy_n(buffer.begin() + frames, kKept, buffer.begin());
    return int(written);
}

AsyncResampler::AsyncResampler() : impl_(std::make_unique<Impl>()) {}
AsyncResampler::~AsyncResampler() = default;
AsyncResampler::AsyncResampler(AsyncResampler&&) noexcept = default;
AsyncResampler& AsyncResampler::operator=(AsyncResampler&&) noexcept = default;

void AsyncResampler::setRatio(double ratio) noexcept {
    if (!(ratio > 0.0)) return;  // NaN too
    impl_->step = 1.0 / std::clamp(ratio, 0.5, 2.0);
}

int AsyncResampler::process(std::span<const float> in, std::span<float> out) noexcept {
    int written = 0;
    while (!in.empty()) {
        const auto part = in.first(std::min(in.size(), kChunkFrames));
        written += impl_->chunk(part, out.subspan(std::size_t(written)));
        in = in.subspan(part.size());
    }
    return written;
}

double AsyncResampler::inputPositionOfNextOutput() const noexcept {
    return double(impl_->taken) + impl_->next;
}

void AsyncResampler::reset() noexcept {
    impl_->buffer.fill(0.0F);
    impl_->next = -kLagFrames;
    impl_->taken = 0;
}

}  // namespace doubletalk::dsp
