// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/echo/delay_estimator.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "engine/dsp/fft.h"
#include "engine/dsp/level.h"
#include "engine/dsp/pcm16.h"
#include "engine/dsp/resampler.h"

namespace doubletalk::echo {
namespace {

using Complex = dsp::RealFft::Complex;

// All at 8 kHz: speech echo has its strength below 4 kHz, and a quarter of the work is enough.
constexpr int kRateHz = 8000;
constexpr int kBlock = kRateHz / 100;
constexpr int kFftFrames = 8192;   ///< reference seen: 1024 ms
constexpr int kNearFrames = 1792;  ///< microphone seen: 224 ms, new ones each time
constexpr int kLags = kFftFrames - kNearFrames + 1;  ///< -50..+750 ms without wrapping around
constexpr int kEarlyFrames = 400;  ///< the microphone is taken 50 ms late, for negative delays
constexpr int kTaperFrames = 80;   ///< 10 ms
/// The start of a run is an edge in both signals, and edges correlate: stay clear of it.
constexpr int kFirstFrames = kNearFrames + kEarlyFrames + 2 * kTaperFrames;
constexpr std::size_t kLowBin = 100 * kFftFrames / kRateHz;
constexpr std::size_t kHighBin = 3700 * kFftFrames / kRateHz;
constexpr std::size_t kBins = kHighBin - kLowBin;
constexpr std::size_t kSpareFrames = 2 * kBlock;  ///< come between one window and the other
constexpr double kFarActiveDbfs = -50.0;
constexpr int kActiveBlocks = 20;  ///< active blocks between two estimates

constexpr float kForget = 0.85F;  ///< per estimate: about 1.3 s of active far end
/// Of the noise beside the peak. Over 120 rooms and 50 runs without echo (speech, noise, hum) any
/// value from 6 to 9 gave neither a false nor a missed lock.
constexpr double kMinPeakSigma = 8.0;
constexpr double kEarliest = 0.5;    ///< of the highest peak: strong enough to be the direct path
constexpr int kEarliestReach = 240;  ///< and at most 30 ms before it
constexpr int kAround = 40;          ///< 5 ms: nearer peaks belong to the same echo
constexpr int kBeside = 440;         ///< 55 ms: how far the noise beside the peak is looked at
constexpr double kConsistentMs = 1.0;
constexpr double kUsableMs = 500.0;
constexpr double kLateMs = -0.5;  ///< below: the interpolation of a peak at 0 stays above
constexpr int kPatience = 25;     ///< weak estimates in a row until a lock is given up
constexpr std::size_t kKept = 10;

enum class Step : std::uint8_t { collect, near, reference, correlate, search };

/// The bins that count, each part as the upper half of a float: 8 bits are far more than the phase
/// of one noisy bin is worth, and this is most of what a stream keeps.
class CompactSpectrum {
public:
    void clear() noexcept { parts_.fill({}); }
    void set(std::size_t bin, Complex value) noexcept {
        parts_[bin - kLowBin] = {upper(value.real()), upper(value.imag())};
    }
    [[nodiscard]] Complex at(std::size_t bin) const noexcept {
        const auto [re, im] = parts_[bin - kLowBin];
        return {whole(re), whole(im)};
    }

private:
    static std::uint16_t upper(float x) noexcept {
        return std::uint16_t((std::bit_cast<std::uint32_t>(x) + 0x8000U) >> 16U);
    }
    static float whole(std::uint16_t half) noexcept {
        return std::bit_cast<float>(std::uint32_t(half) << 16U);
    }
    std::array<std::array<std::uint16_t, 2>, kBins> parts_{};
};

/// The newest samples at 8 kHz, found by their number; those before the first are silence.
template <class Sample, std::size_t kSize>
class History {
public:
    void clear() noexcept { ring_.fill({}); }
    void put(std::int64_t number, Sample x) noexcept { ring_[place(number)] = x; }
    [[nodiscard]] Sample at(std::int64_t number) const noexcept { return ring_[place(number)]; }

private:
    static std::size_t place(std::int64_t number) noexcept {
        return std::size_t(number + std::int64_t(kSize)) % kSize;
    }
    std::array<Sample, kSize> ring_{};
};

}  // namespace

struct DelayEstimator::Impl {
    dsp::Resampler far_down, near_down;
    dsp::RealFft fft{kFftFrames};  ///< for one step after the other
    History<std::int16_t, kFftFrames + kSpareFrames> far;
    History<float, kNearFrames + kEarlyFrames + kSpareFrames> near;
    std::array<float, kBlock + 2> scratch{};
    std::int64_t written = 0;
    std::int64_t window_end = 0;  ///< of both windows of the running estimate
    CompactSpectrum near_spectrum;
    CompactSpectrum cross;  ///< smoothed cross-spectrum
    Step step = Step::collect;
    int active_blocks = 0;

    DelayState state;
    std::array<double, kKept> kept_ms{};
    std::size_t kept = 0;
    double last_ms = 0.0;
    int consistent = 0;
    int weak = 0;

    void keep(std::span<const float> reference, std::span<const float> near_block) noexcept;
    void takeNear() noexcept;
    void accumulate() noexcept;
    void whiten() noexcept;
    void search() noexcept;
    void judge(bool clear, double delay_ms) noexcept;
    void clear() noexcept;
};

void DelayEstimator::Impl::clear() noexcept {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    far_down.reset();
    near_down.reset();
    far.clear();
    near.clear();
    cross.clear();
    written = 0;
    step = Step::collect;
    active_blocks = 0;
    state = {DelayStatus::searching, nan, nan, nan, nan, 0};
    kept = 0;
    consistent = 0;
    weak = 0;
}

void DelayEstimator::Impl::keep(std::span<const float> reference,
                                std::span<const float> near_block) noexcept {
    const int n = far_down.process(reference, scratch);
    std::array<std::int16_t, kBlock + 2> coarse;  // 16 bits will do for what was played
    dsp::toPcm16(scratch, coarse);
    for (int i = 0; i < n; ++i) far.put(written + i, coarse[std::size_t(i)]);
    const int m = near_down.process(near_block, scratch);
    for (int i = 0; i < m; ++i) near.put(written + i, scratch[std::size_t(i)]);
    written += n;
}

void DelayEstimator::Impl::takeNear() noexcept {
    window_end = written;
    const auto window = fft.time();
    std::ranges::fill(window, 0.0F);
    const std::int64_t first = window_end - kEarlyFrames - kNearFrames;
    for (int i = 0; i < kNearFrames; ++i) window[std::size_t(i)] = near.at(first + i);
    // Soft ends: hard ones would correlate with the start of the reference.
    for (int i = 0; i < kTaperFrames; ++i) {
        const float weight = (float(i) + 0.5F) / float(kTaperFrames);
        window[std::size_t(i)] *= weight;
        window[std::size_t(kNearFrames - 1 - i)] *= weight;
    }
    fft.forward();
    for (auto bin = kLowBin; bin < kHighBin; ++bin) near_spectrum.set(bin, fft.spectrum()[bin]);
}

/// cross += conj(near) * far, each estimate scaled by the square root of its level: loud words must
/// not outvote all others, and windows without echo yet not the first that has one.
void DelayEstimator::Impl::accumulate() noexcept {
    const std::int64_t first = window_end - kFftFrames;
    for (int i = 0; i < kFftFrames; ++i) {
        fft.time()[std::size_t(i)] = float(far.at(first + i)) / 32768.0F;
    }
    fft.forward();
    const auto x = fft.spectrum();
    float power = 1e-20F;
    for (auto i = kLowBin; i < kHighBin; ++i) {
        power += std::norm(x[i]) * std::norm(near_spectrum.at(i));
    }
    const float scale = 1.0F / std::sqrt(std::sqrt(power));
    for (auto i = kLowBin; i < kHighBin; ++i) {
        const Complex d = near_spectrum.at(i);
        const Complex before = cross.at(i);
        const float re = d.real() * x[i].real() + d.imag() * x[i].imag();
        const float im = d.real() * x[i].imag() - d.imag() * x[i].real();
        cross.set(i, {kForget * before.real() + scale * re, kForget * before.imag() + scale * im});
    }
}

/// Only the phase counts (Knapp & Carter's PHAT); back to lags.
void DelayEstimator::Impl::whiten() noexcept {
    const auto s = fft.spectrum();
    std::ranges::fill(s, Complex{});
    for (auto i = kLowBin; i < kHighBin; ++i) {
        const Complex value = cross.at(i);
        const float magnitude = std::sqrt(std::norm(value));
        if (magnitude > 1e-12F) s[i] = value / magnitude;
    }
    fft.inverse();
}

void DelayEstimator::Impl::search() noexcept {
    // Lag l of the correlation: the microphone's window starts l after the reference's start, so
    // the echo is (kLags - 1 - kEarlyFrames) - l frames late; read it from small delays to large.
    const auto r = fft.time();
    const auto at = [&](int delay) { return std::abs(r[std::size_t(kLags - 1 - delay)]); };
    int top = 0;
    double squares = 0.0;
    for (int i = 0; i < kLags; ++i) {
        squares += double(at(i)) * double(at(i));
        if (at(i) > at(top)) top = i;
    }
    int first = top;
    for (int i = std::max(1, top - kEarliestReach); i < top; ++i) {
        if (at(i) >= kEarliest * at(top) && at(i) >= at(i - 1) && at(i) >= at(i + 1)) {
            first = i;
            break;
        }
    }
    float second = 0.0F;
    for (int i = 0; i < kLags; ++i) {
        if (std::abs(i - top) <= kAround) {
            squares -= double(at(i)) * double(at(i));
        } else if (std::abs(i - first) > kAround) {
            second = std::max(second, at(i));
        }
    }
    // Speech among pauses leaves the correlation uneven: what counts is the noise beside the peak.
    const auto beside = [&](int from, int to) {
        double sum = 0.0;
        for (int i = std::max(0, from); i < std::min(kLags, to); ++i)
            sum += double(at(i)) * double(at(i));
        return sum / (to - from);
    };
    const double around = top + kBeside < kLags ? beside(top + kAround, top + kBeside)
                                                : beside(top - kBeside, top - kAround);
    const double sigma = std::sqrt(std::max({squares / (kLags - 2 * kAround), around, 1e-30}));
    double fraction = 0.0;
    if (first > 0 && first + 1 < kLags) {
        const double left = at(first - 1), middle = at(first), right = at(first + 1);
        const double bend = left - 2.0 * middle + right;
        if (bend < 0.0) fraction = std::clamp(0.5 * (left - right) / bend, -0.5, 0.5);
    }
    const double delay_ms = (first - kEarlyFrames + fraction) * 1000.0 / kRateHz;
    state.peak_ratio = second > 0.0F ? double(at(first)) / double(second) : 0.0;
    ++state.estimates;
    judge(double(at(top)) > kMinPeakSigma * sigma, delay_ms);
}

void DelayEstimator::Impl::judge(bool clear_peak, double delay_ms) noexcept {
    if (!clear_peak) {
        consistent = 0;
        if (++weak >= kPatience) state.status = DelayStatus::searching;
        return;
    }
    weak = 0;
    consistent =
        consistent > 0 && std::abs(delay_ms - last_ms) <= kConsistentMs ? consistent + 1 : 1;
    last_ms = delay_ms;
    if (consistent < 2) return;
    if (consistent == 2 && std::abs(delay_ms - state.delay_ms) > kConsistentMs)
        kept = 0;  // it moved
    kept_ms[kept++ % kKept] = delay_ms;
    state.delay_ms = delay_ms;
    state.status = delay_ms > kUsableMs ? DelayStatus::outside_window
                   : delay_ms < kLateMs ? DelayStatus::reference_late
                                        : DelayStatus::locked;
    const auto n = std::min(kept, kKept);
    std::array<double, kKept> sorted{};
    for (std::size_t i = 0; i < n; ++i) {
        std::size_t place = i;
        for (; place > 0 && sorted[place - 1] > kept_ms[i]; --place) {
            sorted[place] = sorted[place - 1];
        }
        sorted[place] = kept_ms[i];
    }
    state.median_ms = 0.5 * (sorted[(n - 1) / 2] + sorted[n / 2]);
    double mean = 0.0, squares = 0.0;
    for (std::size_t i = 0; i < n; ++i) mean += sorted[i] / double(n);
    for (std::size_t i = 0; i < n; ++i) squares += (sorted[i] - mean) * (sorted[i] - mean);
    state.sigma_ms = n > 1 ? std::sqrt(squares / double(n - 1)) : 0.0;
}

DelayEstimator::DelayEstimator() = default;
DelayEstimator::~DelayEstimator() = default;

Result<void> DelayEstimator::prepare(SampleRate rate) {
    if (!rate.isEngineRate()) {
        return fail(ErrorKind::unsupported, fmt::format("sample rate of {} Hz", rate.hz), {},
                    "8000, 16000, 32000 or 48000 Hz work");
    }
    auto impl = std::make_unique<Impl>();
    for (dsp::Resampler* down : {&impl->far_down, &impl->near_down}) {
        if (auto ok = down->prepare(rate.hz, kRateHz, 3); !ok) return ok;
    }
    impl->clear();
    impl_ = std::move(impl);
    return {};
}

void DelayEstimator::process(std::span<const float> reference,
                             std::span<const float> near) noexcept {
    Impl& m = *impl_;
    m.keep(reference, near);
    if (dsp::levelDbfs(reference) >= kFarActiveDbfs) ++m.active_blocks;
    switch (m.step) {  // one transform a block
        case Step::collect:
            if (m.active_blocks < kActiveBlocks || m.written < kFirstFrames) return;
            m.active_blocks = 0;
            m.step = Step::near;
            return;
        case Step::near:
            m.takeNear();
            m.step = Step::reference;
            return;
        case Step::reference:
            m.accumulate();
            m.step = Step::correlate;
            return;
        case Step::correlate:
            m.whiten();
            m.step = Step::search;
            return;
        case Step::search:
            m.search();
            m.step = Step::collect;
            return;
    }
}

void DelayEstimator::reset() noexcept { impl_->clear(); }

DelayState DelayEstimator::state() const noexcept {
    if (impl_) return impl_->state;
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    return {DelayStatus::searching, nan, nan, nan, nan, 0};
}

}  // namespace doubletalk::echo
