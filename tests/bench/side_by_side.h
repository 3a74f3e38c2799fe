// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <ctime>
#include <vector>

#include "engine/core/frames.h"

namespace doubletalk::bench {

/// [s] processor time of the calling thread: what a busy machine takes away does not count.
inline double threadCpuS() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

inline double medianOf(std::vector<double> values) {
    if (values.empty()) return 0.0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// Runs half a second of baseline(block) and of subject(block) in turn, so that whatever slows the
/// machine down hurts both. Counters: ratio = subject / baseline (median over the pairs), each
/// one's time for a block, and how many times faster than real time the subject is.
template <class Baseline, class Subject>
void sideBySide(benchmark::State& state, int blocks, Baseline&& baseline, Subject&& subject) {
    constexpr int kTurnBlocks = 50;
    std::vector<double> ratios, baseline_s, subject_s;
    int block = 0;
    const auto turn = [&](auto& run) {
        const double start = threadCpuS();
        for (int i = 0; i < kTurnBlocks; ++i) run((block + i) % blocks);
        return (threadCpuS() - start) / kTurnBlocks;
    };
    bool subject_first = false;
    for (auto _ : state) {
        // The second of a pair finds warm caches: take turns in that too.
        const double first = subject_first ? turn(subject) : turn(baseline);
        const double second = subject_first ? turn(baseline) : turn(subject);
        baseline_s.push_back(subject_first ? second : first);
        subject_s.push_back(subject_first ? first : second);
        ratios.push_back(subject_s.back() / baseline_s.back());
        state.SetIterationTime(subject_s.back() * kTurnBlocks);
        block = (block + kTurnBlocks) % blocks;
        subject_first = !subject_first;
    }
    state.counters["ratio"] = medianOf(ratios);
    state.counters["baseline_us"] = 1e6 * medianOf(baseline_s);
    state.counters["subject_us"] = 1e6 * medianOf(subject_s);
    state.counters["x_realtime"] = 1e-3 * kBlockMs / medianOf(subject_s);
}

}  // namespace doubletalk::bench
