// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "stall_watch.h"

#include <sched.h>

#include <chrono>

namespace doubletalk::test {

StallWatch::StallWatch() {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    sched_getaffinity(0, sizeof allowed, &allowed);
    for (int processor = 0; processor < CPU_SETSIZE; ++processor) {
        if (CPU_ISSET(processor, &allowed))
            threads_.emplace_back([this, processor] { watch(processor); });
    }
}

StallWatch::~StallWatch() {
    ending_ = true;
    for (auto& thread : threads_) thread.join();
}

void StallWatch::watch(int processor) {
    cpu_set_t here;
    CPU_ZERO(&here);
    CPU_SET(processor, &here);
    sched_setaffinity(0, sizeof here, &here);
    using Clock = std::chrono::steady_clock;
    using Ms = std::chrono::duration<double, std::milli>;
    constexpr auto kNap = std::chrono::milliseconds(1);
    while (!ending_) {
        const auto from = Clock::now();
        std::this_thread::sleep_for(kNap);
        const double late_ms = Ms(Clock::now() - from - kNap).count();
        double longest = longest_ms_;
        while (late_ms > longest && !longest_ms_.compare_exchange_weak(longest, late_ms)) {
        }
    }
}

}  // namespace doubletalk::test
