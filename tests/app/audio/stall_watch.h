// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <thread>
#include <vector>

namespace doubletalk::test {

/// How long the machine ran nothing at all on one of its processors: a thread on each that only
/// sleeps for a millisecond and looks how much later it is. It knows nothing of what is tested.
class StallWatch {
public:
    StallWatch();
    ~StallWatch();
    StallWatch(const StallWatch&) = delete;
    StallWatch& operator=(const StallWatch&) = delete;
    /// [ms] The longest stall since the last call.
    [[nodiscard]] double takeLongestMs() { return longest_ms_.exchange(0.0); }

private:
    void watch(int processor);

    std::atomic<double> longest_ms_{0.0};
    std::atomic<bool> ending_{false};
    std::vector<std::thread> threads_;
};

}  // namespace doubletalk::test
