// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/offline_noise.h"

#include <cmath>
#include <limits>
#include <new>

#include "engine/flow/adapters.h"
#include "engine/flow/memory_nodes.h"
#include "engine/noise/reducer_registry.h"

namespace doubletalk::duplex {
namespace {

double levelDbfs(std::span<const float> samples) {
    double sum = 0.0;
    for (const float sample : samples) sum += double(sample) * sample;
    if (sum <= 0.0) return std::numeric_limits<double>::quiet_NaN();
    return 10.0 * std::log10(sum / double(samples.size()));
}

}  // namespace

Result<OfflineNoiseReport> reduceNoiseOfFile(const OfflineNoiseOptions& options) try {
    OfflineNoiseReport report;
    if (auto ok = checkWritable(options.out); !ok) return tl::unexpected(ok.error());
    auto reducer = noise::createNoiseReducer(options.settings.noise.reducer);
    if (!reducer) return tl::unexpected(reducer.error());
    auto input = readForEngine(options.in, kEngineRatesHz, report.notes);
    if (!input) return tl::unexpected(input.error());
    if (auto ok = (*reducer)->prepare(input->rate, options.settings.noise); !ok) {
        return tl::unexpected(ok.error());
    }

    const auto frames = std::int64_t(input->samples.size());
    const int block = input->rate.blockFrames();
    const int lag = (*reducer)->lagFrames();
    auto padded = input->samples;
    padded.resize(std::size_t((frames + lag + block - 1) / block * block), 0.0F);
    const auto padded_frames = std::int64_t(padded.size());
    flow::VectorReader reader(std::move(padded), input->rate, block);
    flow::VectorWriter writer{std::size_t(padded_frames)};
    auto node =
        flow::makeStageNode("noise", **reducer,
                            [](noise::NoiseReducer& stage, flow::PcmBlock& pcm,
                               std::span<float> out) noexcept { stage.process(pcm.samples, out); });
    const auto time = runOffline(reader, *node, writer, padded_frames, options.progress);
    if (!time) return tl::unexpected(time.error());

    const auto out = withoutLag(writer.samples(), lag, frames);
    if (auto ok = writeLike(options.out, out, *input); !ok) return tl::unexpected(ok.error());
    report.reducer = std::string((*reducer)->name());
    report.seconds = double(frames) / input->rate.hz;
    report.real_time_factor = *time / report.seconds;
    report.level_in_dbfs = levelDbfs(input->samples);
    report.level_out_dbfs = levelDbfs(out);
    return report;
} catch (const std::bad_alloc&) {
    return outOfMemory(options.in);
}

}  // namespace doubletalk::duplex
