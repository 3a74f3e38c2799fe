// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/echo_scene.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "engine/core/random.h"
#include "engine/device/audio_file.h"

namespace doubletalk::test {
namespace {

constexpr double kSpeechDbfs = -26.0;

std::size_t frameAt(SampleRate rate, double seconds, std::size_t size) {
    return std::min(size, std::size_t(seconds * rate.hz));
}

}  // namespace

std::vector<float> speech(SampleRate rate, double seconds, int first) {
    static constexpr std::array kClips = {"0870", "0880", "0890", "0920", "0930"};
    const auto wanted = std::size_t(seconds * rate.hz);
    std::vector<float> joined;
    for (std::size_t i = 0; joined.size() < wanted; ++i) {
        const std::string file = std::string(
                                     "/usr/share/pocketsphinx/test/data/librivox/"
                                     "sense_and_sensibility_01_austen_64kb-") +
                                 kClips[(std::size_t(first) + i) % kClips.size()] + ".wav";
        const auto clip = device::readMono(file, rate.hz);
        if (!clip || clip->empty()) return {};
        joined.insert(joined.end(), clip->begin(), clip->end());
    }
    joined.resize(wanted);
    const double level = levelDbfs(joined, rate, 0.0, seconds);
    const auto gain = float(std::pow(10.0, (kSpeechDbfs - level) / 20.0));
    for (float& x : joined) x *= gain;
    return joined;
}

std::vector<float> whiteNoise(std::size_t frames, double level_dbfs, unsigned long long seed) {
    Random random(seed);
    const double gain = std::pow(10.0, level_dbfs / 20.0);
    std::vector<float> noise(frames);
    for (float& x : noise) x = float(gain * random.normal());
    return noise;
}

std::vector<float> echoPath(SampleRate rate, double delay_ms, double decay_ms,
                            double return_loss_db, unsigned long long seed) {
    Random random(seed);
    const int delay = rate.framesOf(delay_ms);
    const int length = rate.framesOf(decay_ms);
    std::vector<float> path(std::size_t(delay + length), 0.0F);
    double energy = 0.0;
    for (int i = 0; i < length; ++i) {
        const double decay = std::pow(10.0, -3.0 * double(i) / double(length));
        const double value = (i == 0 ? 2.0 : random.normal()) * decay;
        path[std::size_t(delay + i)] = float(value);
        energy += value * value;
    }
    const auto gain = float(std::pow(10.0, -return_loss_db / 20.0) / std::sqrt(energy));
    for (float& x : path) x *= gain;
    return path;
}

std::vector<float> convolve(std::span<const float> signal, std::span<const float> response) {
    std::vector<float> out(signal.size(), 0.0F);
    for (std::size_t k = 0; k < response.size(); ++k) {
        const float weight = response[k];
        if (weight == 0.0F) continue;
        for (std::size_t i = k; i < signal.size(); ++i) out[i] += weight * signal[i - k];
    }
    return out;
}

std::vector<float> sum(std::span<const float> a, std::span<const float> b) {
    std::vector<float> out(a.begin(), a.end());
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) out[i] += b[i];
    return out;
}

std::vector<float> delayed(std::span<const float> signal, int frames) {
    std::vector<float> out(signal.size(), 0.0F);
    std::copy(signal.begin(), signal.end() - frames, out.begin() + frames);
    return out;
}

double levelDbfs(std::span<const float> signal, SampleRate rate, double from_s, double to_s) {
    const auto from = frameAt(rate, from_s, signal.size());
    const auto to = frameAt(rate, to_s, signal.size());
    double power = 0.0;
    for (std::size_t i = from; i < to; ++i) power += double(signal[i]) * double(signal[i]);
    return 10.0 * std::log10(std::max(1e-20, power / double(std::max<std::size_t>(1, to - from))));
}

CancellerRun runCanceller(echo::Canceller& canceller, SampleRate rate, std::span<const float> far,
                          std::span<const float> near, const EditInfo& edit) {
    const auto block = std::size_t(rate.blockFrames());
    const auto blocks = std::min(far.size(), near.size()) / block;
    const bool linear = canceller.traits().linear_output;
    CancellerRun run;
    run.out.resize(blocks * block);
    run.linear.resize(linear ? blocks * block : 0);
    for (std::size_t b = 0; b < blocks; ++b) {
        echo::BlockInfo info;
        if (edit) edit(BlockIndex(b), info);
        const auto at = b * block;
        canceller.process(
            far.subspan(at, block), near.subspan(at, block), std::span(run.out).subspan(at, block),
            linear ? std::span(run.linear).subspan(at, block) : std::span<float>(), info);
    }
    return run;
}

std::vector<float> runReducer(noise::NoiseReducer& reducer, SampleRate rate,
                              std::span<const float> in) {
    const auto block = std::size_t(rate.blockFrames());
    std::vector<float> out(in.size() / block * block);
    for (std::size_t at = 0; at < out.size(); at += block) {
        reducer.process(in.subspan(at, block), std::span(out).subspan(at, block));
    }
    return out;
}

int lagOf(std::span<const float> in, std::span<const float> out, int max_frames) {
    int best = 0;
    double best_sum = 0.0;
    for (int lag = 0; lag <= max_frames; ++lag) {
        double product = 0.0;
        for (std::size_t i = std::size_t(lag); i < out.size(); ++i) {
            product += double(out[i]) * double(in[i - std::size_t(lag)]);
        }
        if (product > best_sum) {
            best_sum = product;
            best = lag;
        }
    }
    return best;
}

double nearLossDb(std::span<const float> talker, std::span<const float> out, int lag,
                  SampleRate rate, double from_s, double to_s) {
    const auto from = frameAt(rate, from_s, talker.size());
    const auto to = frameAt(rate, to_s, std::min(talker.size(), out.size() - std::size_t(lag)));
    double cross = 0.0;
    double power = 0.0;
    for (std::size_t i = from; i < to; ++i) {
        cross += double(out[i + std::size_t(lag)]) * double(talker[i]);
        power += double(talker[i]) * double(talker[i]);
    }
    return -20.0 * std::log10(std::max(1e-10, cross / std::max(1e-20, power)));
}

}  // namespace doubletalk::test
