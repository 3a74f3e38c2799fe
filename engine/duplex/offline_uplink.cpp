// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/offline_uplink.h"

#include <algorithm>
#include <cmath>
#include <ctime>

#include "engine/flow/adapters.h"
#include "engine/flow/memory_nodes.h"

namespace doubletalk::duplex {
namespace {

/// Kept between far end and echo when a canceller asks for less: the peak found may not be the
/// first.
constexpr double kLeastLeadMs = 4.0;

/// The uplink as a stage, with taps of what it did to every block.
struct Pass {
    Uplink uplink;
    BlockInput input;
    std::vector<float> out, linear;

    void process(flow::PcmBlock& block, std::span<float> clean) noexcept {
        input.playback = block.far;
        uplink.process(input, block.samples, false);
        std::copy(uplink.clean().begin(), uplink.clean().end(), clean.begin());
        const auto at = std::ptrdiff_t(input.block) * std::ptrdiff_t(clean.size());
        std::copy(uplink.out().begin(), uplink.out().end(), out.begin() + at);
        std::copy(uplink.linear().begin(), uplink.linear().end(), linear.begin() + at);
        ++input.block;
        input.time_ns += kBlockNs;
    }
};

std::vector<float> shiftedBy(std::span<const float> in, std::int64_t shift, std::int64_t frames) {
    std::vector<float> out(std::size_t(frames), 0.0F);
    const auto n = std::min(std::int64_t(in.size()), frames - shift);
    if (n > 0) std::copy_n(in.begin(), n, out.begin() + shift);
    return out;
}

/// The delay of the echo, looked for over the whole files.
struct DelaySearch {
    std::vector<double> delay_ms;  ///< a value a block; NaN while unknown
    echo::DelayState last;
    double least_ms = std::nan("");  ///< of the estimates that counted
};

Result<DelaySearch> searchDelay(std::span<const float> far, std::span<const float> mic,
                                SampleRate rate) {
    echo::DelayEstimator estimator;
    if (auto ok = estimator.prepare(rate); !ok) return tl::unexpected(ok.error());
    const auto block = std::size_t(rate.blockFrames());
    std::vector<float> far_block(block), mic_block(block);
    const auto blockAt = [&](std::span<const float> all, std::size_t at, std::vector<float>& out) {
        std::fill(out.begin(), out.end(), 0.0F);
        if (at < all.size()) std::copy_n(&all[at], std::min(block, all.size() - at), out.begin());
    };
    DelaySearch search;
    for (std::size_t at = 0; at < mic.size(); at += block) {
        blockAt(far, at, far_block);
        blockAt(mic, at, mic_block);
        estimator.process(far_block, mic_block);
        search.last = estimator.state();
        const auto& state = search.last;
        const bool counts = state.status == echo::DelayStatus::locked ||
                            state.status == echo::DelayStatus::reference_late;
        search.delay_ms.push_back(counts ? state.delay_ms : std::nan(""));
        if (counts) search.least_ms = std::fmin(search.least_ms, state.delay_ms);
    }
    return search;
}

/// How the two files are laid against each other before the uplink gets them.
struct Layout {
    std::int64_t far_shift = 0;  ///< [frames] silence put before the far end
    std::int64_t mic_shift = 0;  ///< [frames] silence put before the microphone
};

/// With whole files at hand the far end need not wait for the first estimate, as it does live: the
/// smallest delay found leaves just the lead the canceller asks for, from the first block on.
Layout layOut(double least_ms, SampleRate rate, const echo::CancellerTraits& traits) {
    const std::int64_t lead = std::max(traits.lead_frames, rate.framesOf(kLeastLeadMs));
    const std::int64_t delay =
        std::isfinite(least_ms) ? std::llround(least_ms * rate.hz / 1000.0) : 0;
    return {std::max<std::int64_t>(delay - lead, 0), std::max<std::int64_t>(lead - delay, 0)};
}

}  // namespace

Result<OfflineEchoTaps> runUplinkOffline(std::span<const float> far, std::span<const float> mic,
                                         const Settings& settings, const Progress& progress) {
    const SampleRate rate{settings.engine.rate_hz};
    const std::int64_t block = rate.blockFrames();
    Pass pass;
    if (auto ok = pass.uplink.prepare(settings); !ok) return tl::unexpected(ok.error());
    const auto traits = pass.uplink.traits();
    const auto start = std::clock();
    DelaySearch search;
    search.delay_ms.assign((mic.size() + std::size_t(block) - 1) / std::size_t(block),
                           std::nan(""));
    search.last.delay_ms = search.last.median_ms = search.last.sigma_ms = std::nan("");
    if (settings.echo.delay_search) {
        auto found = searchDelay(far, mic, rate);
        if (!found) return tl::unexpected(found.error());
        search = std::move(*found);
    }
    const auto layout = layOut(search.least_ms, rate, traits);
    const double search_s = double(std::clock() - start) / double(CLOCKS_PER_SEC);
    const auto lead = layout.mic_shift;
    const auto lags = pass.uplink.cancellerLags();
    const std::int64_t canceller_lag = settings.echo.enabled ? lags.out_frames : 0;
    const std::int64_t reducer_lag = settings.noise.enabled ? pass.uplink.reducerLagFrames() : 0;
    const auto frames = std::int64_t(mic.size());
    const auto most_lag = std::max(canceller_lag + reducer_lag, std::int64_t(lags.linear_frames));
    const auto padded = (frames + lead + most_lag + block - 1) / block * block;
    pass.out.resize(std::size_t(padded));
    pass.linear.resize(std::size_t(padded));

    flow::VectorReader reader(shiftedBy(mic, lead, padded),
                              shiftedBy(far, layout.far_shift, padded), rate, int(block));
    flow::VectorWriter writer{std::size_t(padded)};
    const auto node = flow::makeStageNode(
        "uplink", pass, [](Pass& stage, flow::PcmBlock& pcm, std::span<float> out) noexcept {
            stage.process(pcm, out);
        });
    const auto time = runOffline(reader, *node, writer, padded, progress);
    if (!time) return tl::unexpected(time.error());

    OfflineEchoTaps taps;
    taps.processing_s = search_s + *time;
    taps.traits = traits;
    taps.fallback = std::string(pass.uplink.cancellerReason().view());
    taps.out = withoutLag(pass.out, lead + canceller_lag, frames);
    if (traits.linear_output) {
        taps.linear = withoutLag(pass.linear, lead + lags.linear_frames, frames);
    }
    taps.clean = withoutLag(writer.samples(), lead + canceller_lag + reducer_lag, frames);
    taps.delay = search.last;
    taps.delay_ms = std::move(search.delay_ms);
    return taps;
}

}  // namespace doubletalk::duplex
