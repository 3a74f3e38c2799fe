// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/offline_echo.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <new>

#include "engine/duplex/offline_uplink.h"
#include "engine/duplex/run_scores.h"
#include "engine/echo/echo_meter.h"
#include "engine/speech/vad_registry.h"

namespace doubletalk::duplex {
namespace {

/// Samples of every signal as whole blocks; the last one is filled with silence.
std::vector<float> wholeBlocks(std::span<const float> samples, std::size_t block) {
    std::vector<float> padded(samples.begin(), samples.end());
    padded.resize((samples.size() + block - 1) / block * block, 0.0F);
    return padded;
}

/// The far end as it is heard at the microphone: delayed by what was known at each block. Blocks
/// from before the first estimate take that one.
std::vector<float> echoAligned(std::span<const float> far, std::span<const double> delay_ms,
                               SampleRate rate) {
    const auto block = std::size_t(rate.blockFrames());
    std::vector<float> aligned(delay_ms.size() * block, 0.0F);
    const auto known =
        std::find_if(delay_ms.begin(), delay_ms.end(), [](double ms) { return std::isfinite(ms); });
    double ms = known == delay_ms.end() ? 0.0 : *known;
    for (std::size_t k = 0; k < delay_ms.size(); ++k) {
        if (std::isfinite(delay_ms[k])) ms = delay_ms[k];
        const auto delay = std::llround(ms * rate.hz / 1000.0);
        for (std::size_t i = k * block; i < (k + 1) * block; ++i) {
            const auto from = std::int64_t(i) - delay;
            if (from >= 0 && from < std::int64_t(far.size())) aligned[i] = far[std::size_t(from)];
        }
    }
    return aligned;
}

struct EchoSeries {
    std::vector<double> erl_db, erle_linear_db, erle_db, residual_dbfs;
    double divergence_ratio = std::nan("");
};

/// Feeds the live engine's meter with the signals of the whole file, all on the microphone's time.
Result<EchoSeries> measure(const OfflineEchoTaps& taps, std::span<const float> far,
                           std::span<const float> mic, const Settings& settings) {
    const SampleRate rate{settings.engine.rate_hz};
    const auto block = std::size_t(rate.blockFrames());
    auto detector = speech::createVoiceActivityDetector(settings.vad.detector);
    if (!detector) return tl::unexpected(detector.error());
    if (auto ok = (*detector)->prepare(rate, settings.vad); !ok) return tl::unexpected(ok.error());
    const auto near = wholeBlocks(mic, block);
    const auto out = wholeBlocks(taps.out, block);
    const auto linear = wholeBlocks(taps.linear, block);
    const auto far_at_mic = echoAligned(far, taps.delay_ms, rate);
    echo::EchoMeter meter;
    meter.prepare(rate, false);
    EchoSeries series;
    int since_voice = echo::kNearSilentBlocks;
    for (std::size_t at = 0; at < near.size(); at += block) {
        const auto part = [&](const std::vector<float>& all) {
            return all.empty() ? std::span<const float>() : std::span(all).subspan(at, block);
        };
        since_voice = (*detector)->process(part(out)) ? 0 : since_voice + 1;
        echo::EchoMeterBlock taken;
        taken.far = part(far_at_mic);
        taken.near = taken.near_for_linear = taken.near_for_out = part(near);
        taken.linear = part(linear);
        taken.out = part(out);
        taken.near_silent = since_voice >= echo::kNearSilentBlocks;
        meter.process(taken);
        const auto& values = meter.values();
        series.erl_db.push_back(values.erl_db);
        series.erle_linear_db.push_back(values.erle_linear_db);
        series.erle_db.push_back(values.erle_db);
        series.residual_dbfs.push_back(values.residual_dbfs);
        series.divergence_ratio = values.divergence_ratio;
    }
    return series;
}

nlohmann::ordered_json metricsOf(const EchoSeries& series, const OfflineEchoTaps& taps,
                                 double seconds) {
    nlohmann::ordered_json metrics;
    metrics["erle_db"] = distributionJson(series.erle_db);
    metrics["erle_linear_db"] = distributionJson(series.erle_linear_db);
    metrics["erl_db"] = distributionJson(series.erl_db);
    metrics["residual_dbfs"] = distributionJson(series.residual_dbfs);
    metrics["divergence_ratio"] = numberJson(series.divergence_ratio);
    metrics["echo_delay_ms"] = numberJson(taps.delay.delay_ms);
    metrics["echo_delay_median_ms"] = numberJson(taps.delay.median_ms);
    metrics["echo_delay_sigma_ms"] = numberJson(taps.delay.sigma_ms);
    metrics["echo_delay_peak_ratio"] = numberJson(taps.delay.peak_ratio);
    metrics["echo_delay_state"] = int(taps.delay.status);
    metrics["real_time_factor"] = numberJson(taps.processing_s / seconds);
    metrics["seconds"] = seconds;
    return metrics;
}

}  // namespace

Result<OfflineEchoReport> cancelEchoOfFiles(const OfflineEchoOptions& options) try {
    OfflineEchoReport report;
    if (auto ok = checkWritable(options.out); !ok) return tl::unexpected(ok.error());
    const auto mic = readForEngine(options.mic, kEngineRatesHz, report.notes);
    if (!mic) return tl::unexpected(mic.error());
    const std::array far_rates{mic->rate.hz};
    const auto far = readForEngine(options.far, far_rates, report.notes);
    if (!far) return tl::unexpected(far.error());
    auto settings = options.settings;
    if (options.store) {
        auto store = *options.store;
        const auto rate = std::to_string(mic->rate.hz);
        if (auto ok = store.set("engine.rate_hz", rate, SettingSource::form); !ok) {
            return tl::unexpected(ok.error());
        }
        if (auto ok = store.check(); !ok) return tl::unexpected(ok.error());
        settings = store.values();
        report.notes.insert(report.notes.end(), store.notices().begin(), store.notices().end());
    }
    settings.engine.rate_hz = mic->rate.hz;

    const auto taps = runUplinkOffline(far->samples, mic->samples, settings, options.progress);
    if (!taps) return tl::unexpected(taps.error());
    if (!taps->fallback.empty()) {
        report.notes.push_back("canceller " + std::string(taps->traits.name) +
                               " instead: " + taps->fallback);
    }
    const auto series = measure(*taps, far->samples, mic->samples, settings);
    if (!series) return tl::unexpected(series.error());
    if (auto ok = writeLike(options.out, taps->clean, *mic); !ok) return tl::unexpected(ok.error());
    report.canceller = settings.echo.enabled ? std::string(taps->traits.name) : "none";
    if (settings.noise.enabled) report.reducer = std::string(settings.noise.reducer.view());
    report.metrics = metricsOf(*series, *taps, double(mic->samples.size()) / mic->rate.hz);
    return report;
} catch (const std::bad_alloc&) {
    return outOfMemory(options.mic);
}

}  // namespace doubletalk::duplex
