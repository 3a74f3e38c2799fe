// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/room/talker_stage.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "engine/dsp/partitioned_convolver.h"
#include "engine/dsp/sinc_table.h"
#include "engine/room/active_level.h"

namespace doubletalk::room {
namespace {

using dsp::SincTable;

constexpr int kConvolutionBlock = 512;

Result<std::vector<float>> convolve(std::span<const float> dry, std::span<const float> response) {
    dsp::PartitionedConvolver convolver;
    if (auto ready = convolver.prepare(kConvolutionBlock, response); !ready) {
        return tl::unexpected(ready.error());
    }
    const std::size_t frames = dry.size() + response.size() - 1;
    const std::size_t blocks = (frames + kConvolutionBlock - 1) / kConvolutionBlock;
    std::vector<float> wet(blocks * kConvolutionBlock, 0.0F);
    std::copy(dry.begin(), dry.end(), wet.begin());
    for (std::size_t i = 0; i < blocks; ++i) {
        const auto block = std::span(wet).subspan(i * kConvolutionBlock, kConvolutionBlock);
        convolver.process(block, block);
    }
    wet.resize(frames);
    return wet;
}

/// Value between the samples of a signal that is silent outside.
float between(std::span<const float> samples, double position) {
    const double whole = std::floor(position);
    const auto start = std::int64_t(whole) - SincTable::kBefore;
    std::array<float, SincTable::kTaps> near{};
    for (int k = 0; k < SincTable::kTaps; ++k) {
        const std::int64_t i = start + k;
        if (i >= 0 && i < std::int64_t(samples.size())) {
            near[std::size_t(k)] = samples[std::size_t(i)];
        }
    }
    return SincTable::instance().at(near.data(), position - whole);
}

}  // namespace

void TalkerStage::prepare(SampleRate rate, const TwoClocks& clocks,
                          std::vector<TalkerSignal> talkers) {
    rate_ = rate;
    clocks_ = clocks;
    dry_ = std::move(talkers);
    heard_.clear();
    before_.clear();
    fade_ = false;
    fading_.assign(std::size_t(rate.blockFrames()), 0.0F);
    for (auto& talker : dry_) {
        for (float& x : talker.samples) x = std::isfinite(x) ? x : 0.0F;
    }
}

Result<TalkerStage::Heard> TalkerStage::hear(const TalkerSignal& talker,
                                             std::span<const float> response) const {
    Heard heard;
    heard.first = talker.start_frame;
    if (talker.samples.empty()) return heard;
    auto wet = convolve(talker.samples, response);
    if (!wet) return tl::unexpected(wet.error());
    const double level = activeLevelDbfs(talker.samples, rate_.hz);
    if (std::isfinite(level)) setActiveLevel(*wet, rate_.hz, level);
    if (clocks_.microphoneExact()) {
        heard.samples = std::move(*wet);
        return heard;
    }
    const auto start = double(talker.start_frame);
    heard.first = std::int64_t(std::ceil(clocks_.captureAt(start)));
    const auto end = std::int64_t(std::floor(clocks_.captureAt(start + double(wet->size()) - 1.0)));
    for (std::int64_t c = heard.first; c <= end; ++c) {
        heard.samples.push_back(between(*wet, clocks_.trueAt(double(c)) - start));
    }
    return heard;
}

Result<void> TalkerStage::setResponse(std::span<const float> response) {
    std::vector<Heard> next;
    for (const auto& talker : dry_) {
        auto heard = hear(talker, response);
        if (!heard) return tl::unexpected(heard.error());
        next.push_back(std::move(*heard));
    }
    // A second change before the next block fades from what was last heard.
    if (!fade_) before_ = std::move(heard_);
    fade_ = !before_.empty();
    heard_ = std::move(next);
    return {};
}

void TalkerStage::add(const std::vector<Heard>& from, std::int64_t first,
                      std::span<float> out) noexcept {
    for (const auto& heard : from) {
        const auto begin = std::max(first, heard.first);
        const auto end = std::min(first + std::int64_t(out.size()),
                                  heard.first + std::int64_t(heard.samples.size()));
        for (std::int64_t c = begin; c < end; ++c) {
            out[std::size_t(c - first)] += heard.samples[std::size_t(c - heard.first)];
        }
    }
}

void TalkerStage::speech(std::int64_t first, std::span<float> out) noexcept {
    std::fill(out.begin(), out.end(), 0.0F);
    add(heard_, first, out);
    if (!fade_) return;
    std::fill(fading_.begin(), fading_.end(), 0.0F);
    add(before_, first, fading_);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const float weight = (float(i) + 0.5F) / float(out.size());
        out[i] = weight * out[i] + (1.0F - weight) * fading_[i];
    }
    fade_ = false;
}

}  // namespace doubletalk::room
