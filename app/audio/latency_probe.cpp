// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/audio/latency_probe.h"

#include <fmt/format.h>

#include <QCoreApplication>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <numbers>
#include <thread>

#include "engine/core/clock.h"

namespace doubletalk::audio {
namespace {

struct Latency {
    Q_DECLARE_TR_FUNCTIONS(Latency)
};

constexpr double kChirpS = 0.1;
constexpr double kFromHz = 200.0;
constexpr double kToHz = 6000.0;
constexpr double kEveryS = 0.5;
/// A coefficient that noise alone does not reach over half a second of lags.
constexpr double kLeastCorrelation = 0.3;
constexpr int kMostExchangesPerS = 1000;

std::vector<float> makeChirp(int rate_hz, double level_dbfs) {
    const auto frames = int(kChirpS * rate_hz);
    const double to_hz = std::min(kToHz, 0.45 * rate_hz);
    const double peak = std::pow(10.0, level_dbfs / 20.0);
    std::vector<float> chirp;
    for (int i = 0; i < frames; ++i) {
        const double t = double(i) / rate_hz;
        const double phase = 2.0 * std::numbers::pi *
                             (kFromHz * t + (to_hz - kFromHz) * t * t / (2.0 * kChirpS));
        const double window = 0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * i / frames);
        chirp.push_back(float(peak * window * std::sin(phase)));
    }
    return chirp;
}

/// Frames handed over and got back up to an exchange.
struct Step {
    std::int64_t time_ns, captured, rendered;
};

/// Plays the chirps, keeps what comes back and when. Memory is taken before.
class Recording final : public device::DeviceCallback {
public:
    Recording(const std::vector<float>& chirp, int rate_hz, double seconds)
        : chirp_(chirp), period_(std::int64_t(kEveryS * rate_hz)) {
        captured.resize(std::size_t(seconds * rate_hz));
        steps.resize(std::size_t(seconds * kMostExchangesPerS));
    }
    void exchange(std::span<const float> in, std::span<float> out,
                  std::int64_t /*time_ns*/) noexcept override {
        if (step_count == steps.size() || frames + in.size() > captured.size()) {
            std::fill(out.begin(), out.end(), 0.0F);
            return;
        }
        for (auto& sample : out) {
            const auto at = std::size_t(rendered_++ % period_);
            sample = at < chirp_.size() ? chirp_[at] : 0.0F;
        }
        std::copy(in.begin(), in.end(), captured.begin() + std::ptrdiff_t(frames));
        frames += in.size();
        steps[step_count++] = {clock_.nowNs(), std::int64_t(frames), rendered_};
    }
    [[nodiscard]] std::int64_t handedOverNs(std::int64_t frame) const {
        return timeNs(frame, &Step::rendered);
    }
    [[nodiscard]] std::int64_t gotBackNs(std::int64_t frame) const {
        return timeNs(frame, &Step::captured);
    }

    std::vector<float> captured;
    std::vector<Step> steps;
    std::size_t frames = 0, step_count = 0;

private:
    [[nodiscard]] std::int64_t timeNs(std::int64_t frame, std::int64_t Step::*count) const {
        const auto end = steps.begin() + std::ptrdiff_t(step_count);
        const auto found = std::ranges::find_if(
            steps.begin(), end, [&](const Step& step) { return step.*count > frame; });
        return found == end ? -1 : found->time_ns;
    }

    const std::vector<float>& chirp_;
    std::int64_t period_, rendered_ = 0;
    SteadyClock clock_;
};

struct Match {
    std::size_t at = 0;
    double correlation = 0.0;
};

/// Where the chirp fits best, by the normalised correlation.
Match findChirp(std::span<const float> heard, std::span<const float> chirp) {
    double chirp_energy = 0.0;
    for (const float x : chirp) chirp_energy += double(x) * x;
    Match best;
    if (heard.size() < chirp.size()) return best;
    double energy = 0.0;
    for (std::size_t i = 0; i + 1 < chirp.size(); ++i) energy += double(heard[i]) * heard[i];
    for (std::size_t at = 0; at + chirp.size() <= heard.size(); ++at) {
        const double newest = heard[at + chirp.size() - 1];
        energy += newest * newest;
        float sum = 0.0F;
        for (std::size_t i = 0; i < chirp.size(); ++i) sum += heard[at + i] * chirp[i];
        const double scale = std::sqrt(std::max(energy, 1e-12) * chirp_energy);
        const double correlation = std::abs(double(sum)) / scale;
        if (energy > 1e-9 && correlation > best.correlation) {
            best = {at, std::min(correlation, 1.0)};
        }
        energy -= double(heard[at]) * heard[at];
    }
    return best;
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    const auto n = values.size();
    return n % 2 == 1 ? values[n / 2] : 0.5 * (values[n / 2 - 1] + values[n / 2]);
}

LatencyReport evaluate(const Recording& recording, const std::vector<float>& chirp, int rate_hz,
                       const LatencyOptions& options) {
    LatencyReport report;
    report.sent = options.chirps;
    std::vector<double> confidences;
    const auto period = std::int64_t(kEveryS * rate_hz);
    for (int k = 0; k < options.chirps; ++k) {
        const auto sent_ns = recording.handedOverNs(k * period);
        if (sent_ns < 0) continue;
        // Everything captured from then on, up to the longest trip.
        std::size_t from = recording.frames;
        for (std::size_t i = 0; i < recording.step_count; ++i) {
            if (recording.steps[i].time_ns < sent_ns) continue;
            from = i == 0 ? 0 : std::size_t(recording.steps[i - 1].captured);
            break;
        }
        const auto reach = chirp.size() + std::size_t(options.longest_ms * rate_hz / 1000.0);
        const auto n = std::min(reach, recording.frames - from);
        const auto match = findChirp(std::span(recording.captured).subspan(from, n), chirp);
        if (match.correlation < kLeastCorrelation) continue;
        const auto back_ns = recording.gotBackNs(std::int64_t(from + match.at));
        if (back_ns < 0) continue;
        report.trips_ms.push_back(double(back_ns - sent_ns) * 1e-6);
        confidences.push_back(match.correlation);
    }
    report.found = int(report.trips_ms.size());
    if (report.found == 0) return report;
    const auto [least, most] = std::ranges::minmax(report.trips_ms);
    report.median_ms = median(report.trips_ms);
    report.spread_ms = most - least;
    report.confidence_ratio = median(confidences);
    return report;
}

}  // namespace

Result<LatencyReport> measureLatency(device::AudioDevice& device, const LatencyOptions& options) {
    const auto info = device.info();
    if (options.chirps < 3 || options.chirps > 100) {
        return fail(ErrorKind::usage, "3 to 100 chirps can be measured", "chirps", "use 10");
    }
    if (!info.capture || !info.playback) {
        return fail(ErrorKind::usage,
                    Latency::tr("a round trip needs a microphone and a loudspeaker").toStdString(),
                    info.name, Latency::tr("choose both").toStdString());
    }
    const int rate_hz = info.rate.hz;
    const auto chirp = makeChirp(rate_hz, options.level_dbfs);
    const double seconds = options.chirps * kEveryS + options.longest_ms / 1000.0 + kChirpS;
    Recording recording(chirp, rate_hz, seconds + 5.0);
    if (auto ok = device.start(recording); !ok) return tl::unexpected(ok.error());
    bool cancelled = false;
    const SteadyClock clock;
    const auto begin_ns = clock.nowNs();
    for (double done_s = 0.0; done_s < seconds && !cancelled;
         done_s = double(clock.nowNs() - begin_ns) * 1e-9) {
        cancelled = options.progress && !options.progress(done_s / seconds);
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    device.stop();
    if (cancelled) return fail(ErrorKind::state, Latency::tr("cancelled").toStdString());
    auto report = evaluate(recording, chirp, rate_hz, options);
    if (report.found * 2 >= report.sent) return report;
    const auto what = Latency::tr("only {} of {} chirps came back").toStdString();
    const auto error = device.lastError();
    return fail(ErrorKind::not_found, fmt::format(fmt::runtime(what), report.found, report.sent),
                info.name,
                error.empty() ? Latency::tr("turn loudspeaker and microphone up, switch echo "
                                            "cancelling of the system off, bring them closer")
                                    .toStdString()
                              : error);
}

}  // namespace doubletalk::audio
