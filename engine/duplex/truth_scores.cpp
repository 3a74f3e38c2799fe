// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/truth_scores.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "engine/dsp/level.h"
#include "engine/duplex/run_scores.h"
#include "engine/echo/echo_loss.h"
#include "engine/echo/echo_meter.h"
#include "engine/echo/near_fidelity.h"

namespace doubletalk::duplex {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
constexpr int kRowBlocks = 10;  // a value each 100 ms, as metrics.csv has
constexpr BlockIndex kLossFrom = 1700, kLossNeeds = 2500;  // 17 s left out, 25 s at least
constexpr BlockIndex kAfterFrom = 50, kAfterTo = 150;      // 0.5 to 1.5 s after a path change

/// Which blocks are far-end activity and which have a silent near end.
struct Activity {
    explicit Activity(const TruthTaps& taps) {
        dsp::SmoothedPower far;
        dsp::SmoothedPower speech;
        int quiet = echo::kNearSilentBlocks;
        for (std::size_t k = 0; k < taps.blocks.size(); ++k) {
            far_active.push_back(dsp::powerDb(far.add(taps.blocks[k].far_power)) >=
                                 echo::kFarActiveDbfs);
            const double speech_db = dsp::powerDb(speech.add(taps.of(taps.speech, k)));
            quiet = speech_db < echo::kNearSilentDbfs ? quiet + 1 : 0;
            near_silent.push_back(quiet >= echo::kNearSilentBlocks);
        }
    }
    std::vector<char> far_active, near_silent;
};

/// A block of a tap, late by a lag.
double latePower(const TruthTaps& taps, const std::vector<float>& tap, std::size_t block, int lag) {
    const auto frames = std::size_t(taps.rate.blockFrames());
    const auto at = block * frames;
    if (at < std::size_t(lag)) return 0.0;
    return dsp::meanSquare(std::span(tap).subspan(at - std::size_t(lag), frames));
}

double ratioDb(double above, double below) {
    if (above <= 0.0) return kMissing;
    return 10.0 * std::log10(above / std::max(below, above * 1e-12));
}

/// Powers of the echo and of what is left of it in the linear output, a block each. Empty: there is
/// no linear output.
struct Residual {
    std::vector<double> echo, left;
};
Residual linearResidual(const TruthScoreInput& input) {
    const auto& taps = input.taps;
    Residual result;
    if (!taps.linear_there) return result;
    SecondInstance second(taps, input.create);
    const auto frames = std::size_t(taps.rate.blockFrames());
    const std::vector<float> silence(frames);
    std::vector<float> near(frames), out(frames), linear(frames);
    for (std::size_t k = 0; k < taps.blocks.size(); ++k) {
        const auto s = taps.of(taps.speech, k);
        const auto n = taps.of(taps.noise, k);
        std::ranges::transform(s, n, near.begin(), std::plus<>());
        if (!second.process({silence, near, out, linear, {}})) return {};
        const auto e = taps.of(taps.linear, k);
        double left = 0.0;
        for (std::size_t i = 0; i < frames; ++i) {
            const double difference = double(e[i]) - linear[i];
            left += difference * difference;
        }
        result.echo.push_back(latePower(taps, taps.echo, k, taps.blocks[k].linear_lag_frames));
        result.left.push_back(left / double(frames));
    }
    return result;
}

void addLinear(nlohmann::json& metrics, const TruthScoreInput& input, const Activity& activity) {
    for (const auto* id :
         {"erle_true_linear_db", "convergence_linear_10_ms", "convergence_linear_20_ms",
          "reconvergence_linear_10_ms", "reconvergence_linear_20_ms", "erle_after_change_db"}) {
        metrics[id] = nullptr;
    }
    const auto residual = linearResidual(input);
    const auto& changes = input.taps.path_changes;
    const BlockIndex first_change =
        changes.empty() ? std::numeric_limits<BlockIndex>::max() : changes.front();
    std::vector<double> rows;
    dsp::SmoothedPower echo;
    dsp::SmoothedPower left;
    echo::ConvergenceWatch before;
    echo::ConvergenceWatch after;
    double echo_after = 0.0;
    double left_after = 0.0;
    for (std::size_t k = 0; k < residual.echo.size(); ++k) {
        const auto block = BlockIndex(k);
        const auto last_change = std::ranges::upper_bound(changes, block);
        const auto since = last_change == changes.begin() ? -1 : block - *std::prev(last_change);
        if (since == 0) {
            after.restart();
            echo_after = left_after = 0.0;
        }
        echo.add(residual.echo[k]);
        left.add(residual.left[k]);
        if (!activity.far_active[k]) continue;
        (block < first_change ? before : after).add(block, residual.echo[k], residual.left[k]);
        if (since >= kAfterFrom && since < kAfterTo) {
            echo_after += residual.echo[k];
            left_after += residual.left[k];
        }
        if (k % kRowBlocks == kRowBlocks - 1) rows.push_back(ratioDb(echo.value(), left.value()));
    }
    metrics["erle_true_linear_db"] = distributionJson(rows);
    metrics["convergence_linear_10_ms"] = numberJson(before.ms10());
    metrics["convergence_linear_20_ms"] = numberJson(before.ms20());
    metrics["reconvergence_linear_10_ms"] = numberJson(after.ms10());
    metrics["reconvergence_linear_20_ms"] = numberJson(after.ms20());
    metrics["erle_after_change_db"] = numberJson(ratioDb(echo_after, left_after));
}

/// Power of the echo in the output, a block each; empty when the engine cannot be built again.
std::vector<double> echoInOutput(const TruthScoreInput& input) {
    const auto& taps = input.taps;
    std::vector<double> powers;
    if (std::ranges::all_of(taps.noise, [](float n) { return n == 0.0F; })) {
        // The scene has no noise: the run itself is the one that is asked for.
        for (std::size_t k = 0; k < taps.blocks.size(); ++k) {
            powers.push_back(dsp::meanSquare(taps.of(taps.out, k)));
        }
        return powers;
    }
    SecondInstance whole(taps, input.create);   // the microphone as it was; its filter acts on y
    SecondInstance silent(taps, input.create);  // the same without noise
    const auto frames = std::size_t(taps.rate.blockFrames());
    std::vector<float> near(frames), out(frames), linear(frames), echo_out(frames);
    for (std::size_t k = 0; k < taps.blocks.size(); ++k) {
        const auto far = taps.of(taps.far, k);
        const auto d = taps.of(taps.near, k);
        const echo::Probes probes{.echo = taps.of(taps.echo, k), .echo_out = echo_out};
        if (!whole.process({far, d, out, linear, probes})) return {};
        if (whole.decomposes()) {
            powers.push_back(dsp::meanSquare(echo_out));
            continue;
        }
        std::ranges::transform(d, taps.of(taps.noise, k), near.begin(), std::minus<>());
        if (!silent.process({far, near, out, linear, {}})) return {};
        powers.push_back(dsp::meanSquare(out));
    }
    return powers;
}

void addAttenuation(nlohmann::json& metrics, const TruthScoreInput& input,
                    const Activity& activity) {
    const auto& taps = input.taps;
    const auto powers = echoInOutput(input);
    std::vector<double> rows;
    dsp::SmoothedPower echo;
    dsp::SmoothedPower left;
    for (std::size_t k = 0; k < powers.size(); ++k) {
        echo.add(latePower(taps, taps.echo, k, taps.blocks[k].out_lag_frames));
        left.add(powers[k]);
        const bool single_talk = activity.far_active[k] && activity.near_silent[k];
        if (single_talk && k % kRowBlocks == kRowBlocks - 1) {
            rows.push_back(ratioDb(echo.value(), left.value()));
        }
    }
    metrics["echo_attenuation_db"] = distributionJson(rows);
}

void addLoss(nlohmann::json& metrics, const TruthTaps& taps, const Activity& activity) {
    metrics["echo_loss_db"] = nullptr;
    if (BlockIndex(taps.blocks.size()) < kLossNeeds) return;
    echo::EchoLoss loss(taps.rate);
    const auto frames = std::size_t(taps.rate.blockFrames());
    const auto size = std::size_t(loss.frameSamples());
    for (std::size_t at = kLossFrom * frames; at + size <= taps.out.size(); at += size / 2) {
        const auto from = activity.near_silent.begin() + std::ptrdiff_t(at / frames);
        const auto to = activity.near_silent.begin() + std::ptrdiff_t((at + size - 1) / frames + 1);
        if (std::find(from, to, 0) != to) continue;  // single talk
        loss.add(std::span(taps.far).subspan(at, size), std::span(taps.out).subspan(at, size));
    }
    metrics["echo_loss_db"] = numberJson(loss.db());
}

/// The talker alone through a second instance with a silent far end, at the time of the run's
/// linear output and of its final one.
struct NearReference {
    std::vector<float> linear, out;
};
NearReference talkerAlone(const TruthScoreInput& input) {
    const auto& taps = input.taps;
    SecondInstance second(taps, input.create);
    const auto frames = std::size_t(taps.rate.blockFrames());
    const std::vector<float> silence(frames);
    std::vector<float> out(frames);
    NearReference reference;
    reference.linear.resize(taps.speech.size());
    for (std::size_t k = 0; k < taps.blocks.size(); ++k) {
        const auto linear = std::span(reference.linear).subspan(k * frames, frames);
        if (!second.process({silence, taps.of(taps.speech, k), out, linear, {}})) return {};
    }
    reference.out.resize(taps.speech.size());
    for (std::size_t k = 0; k < taps.blocks.size(); ++k) {
        const auto& block = taps.blocks[k];
        const bool passed = second.bypassedAt(k);
        const auto late = passed ? 0 : block.out_lag_frames - block.linear_lag_frames;
        const auto& from = passed ? taps.speech : reference.linear;
        for (std::size_t i = k * frames; i < (k + 1) * frames; ++i) {
            const auto at = std::int64_t(i) - late;
            if (at >= 0 && at < std::int64_t(from.size())) {
                reference.out[i] = from[std::size_t(at)];
            }
        }
    }
    return reference;
}

/// Stretches of talk, joined, of a signal and its reference.
struct Joined {
    std::vector<float> signal, reference;
    void add(std::span<const float> s, std::span<const float> r) {
        signal.insert(signal.end(), s.begin(), s.end());
        reference.insert(reference.end(), r.begin(), r.end());
    }
    [[nodiscard]] double siSdrDb() const {
        return signal.empty() ? kMissing : echo::siSdrDb(reference, signal);
    }
    /// Of what was added since a size.
    [[nodiscard]] double lossDb(std::size_t since) const {
        if (signal.size() == since) return kMissing;
        return echo::nearLossDb(std::span(reference).subspan(since),
                                std::span(signal).subspan(since));
    }
};

}  // namespace

void addEchoTruth(nlohmann::json& metrics, const TruthScoreInput& input) {
    const Activity activity(input.taps);
    addLinear(metrics, input, activity);
    addAttenuation(metrics, input, activity);
    addLoss(metrics, input.taps, activity);
}

void addNearEndScores(nlohmann::json& metrics, const TruthScoreInput& input) {
    for (const auto* id :
         {"near_si_sdr_db", "near_si_sdr_linear_db", "near_loss_db", "near_loss_silent_db"}) {
        metrics[id] = nullptr;
    }
    const auto& taps = input.taps;
    if (input.turns.empty() || taps.blocks.empty()) return;
    const auto reference = talkerAlone(input);
    if (reference.out.empty()) return;
    Joined talk, talk_linear, alone;
    std::vector<double> losses, silent_losses;
    for (const auto& turn : input.turns) {
        const auto since = talk.signal.size();
        const auto since_alone = alone.signal.size();
        const auto to = std::min(std::size_t(turn.end_s * 1000.0 / kBlockMs), taps.blocks.size());
        for (auto k = std::size_t(turn.onset_s * 1000.0 / kBlockMs); k < to; ++k) {
            const bool far = dsp::levelDbfs(taps.of(taps.far, k)) >= echo::kFarActiveDbfs;
            (far ? talk : alone).add(taps.of(taps.out, k), taps.of(reference.out, k));
            if (far) talk_linear.add(taps.of(taps.linear, k), taps.of(reference.linear, k));
        }
        losses.push_back(talk.lossDb(since));
        silent_losses.push_back(alone.lossDb(since_alone));
    }
    metrics["near_si_sdr_db"] = numberJson(talk.siSdrDb());
    if (taps.linear_there) metrics["near_si_sdr_linear_db"] = numberJson(talk_linear.siSdrDb());
    metrics["near_loss_db"] = distributionJson(losses);
    metrics["near_loss_silent_db"] = distributionJson(silent_losses);
}

}  // namespace doubletalk::duplex
