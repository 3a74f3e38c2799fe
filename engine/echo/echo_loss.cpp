// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/echo/echo_loss.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/dsp/fft.h"
#include "engine/dsp/windows.h"

namespace doubletalk::echo {
namespace {

constexpr double kLowHz = 300.0;
constexpr double kHighHz = 6700.0;
constexpr double kHighNarrowHz = 3400.0;
constexpr double kBandsPerOctave = 12.0;
constexpr int kFrameMs = 128;  // a bin is 7.8 Hz: two in the lowest band

}  // namespace

struct EchoLoss::Impl {
    explicit Impl(SampleRate hz)
        : rate(hz),
          fft(hz.framesOf(kFrameMs)),
          window(std::size_t(fft.size())),
          far(std::size_t(fft.bins())),
          out(std::size_t(fft.bins())) {
        const double high = rate.hz <= 8000 ? kHighNarrowHz : kHighHz;
        const int bands = int(std::lround(kBandsPerOctave * std::log2(high / kLowHz)));
        for (int i = 0; i <= bands; ++i) {
            hz_of.push_back(kLowHz * std::pow(high / kLowHz, double(i) / bands));
        }
        dsp::fillHann(window);
    }
    void addTo(std::vector<double>& sum, std::span<const float> x) {
        for (std::size_t i = 0; i < window.size(); ++i) fft.time()[i] = window[i] * x[i];
        fft.forward();
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += std::norm(fft.spectrum()[i]);
    }
    /// Power half a band on either side of a frequency.
    [[nodiscard]] double around(const std::vector<double>& sum, double hz) const {
        const double width = std::exp2(0.5 / kBandsPerOctave);
        const double per_bin = double(rate.hz) / fft.size();
        const auto from = std::size_t(std::ceil(hz / width / per_bin));
        const auto to = std::min(std::size_t(std::floor(hz * width / per_bin)), sum.size() - 1);
        double power = 0.0;
        for (std::size_t i = from; i <= to; ++i) power += sum[i];
        return power;
    }

    SampleRate rate;
    dsp::RealFft fft;
    std::vector<float> window;
    std::vector<double> far, out;
    std::vector<double> hz_of;  ///< f_0 .. f_N
};

EchoLoss::EchoLoss(SampleRate rate) : impl_(std::make_unique<Impl>(rate)) {}
EchoLoss::~EchoLoss() = default;

int EchoLoss::frameSamples() const noexcept { return impl_->fft.size(); }

void EchoLoss::add(std::span<const float> far, std::span<const float> out) {
    impl_->addTo(impl_->far, far);
    impl_->addTo(impl_->out, out);
}

double EchoLoss::db() const {
    const auto& m = *impl_;
    double sum = 0.0;
    double before = 0.0;
    for (std::size_t i = 0; i < m.hz_of.size(); ++i) {
        const double far = m.around(m.far, m.hz_of[i]);
        if (far <= 0.0) return std::numeric_limits<double>::quiet_NaN();
        const double ratio = m.around(m.out, m.hz_of[i]) / far;
        if (i > 0) sum += (ratio + before) * std::log10(m.hz_of[i] / m.hz_of[i - 1]);
        before = ratio;
    }
    const double span = 2.0 * std::log10(m.hz_of.back() / m.hz_of.front());
    // A perfectly silent output has no finite loss: 120 dB stands for more than can be measured.
    return std::min(10.0 * std::log10(span / std::max(sum, 1e-30)), 120.0);
}

}  // namespace doubletalk::echo
