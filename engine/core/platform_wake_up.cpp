// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/wake_up.h"

#include <semaphore.h>
#include <time.h>

#include <cerrno>

namespace doubletalk {
namespace {

constexpr std::int64_t kUsPerS = 1'000'000;
constexpr std::int64_t kNsPerS = 1'000'000'000;

timespec afterUs(std::int64_t us) noexcept {
    timespec at{};
    clock_gettime(CLOCK_MONOTONIC, &at);
    const std::int64_t ns = at.tv_nsec + us % kUsPerS * 1000;
    at.tv_sec += time_t(us / kUsPerS + ns / kNsPerS);
    at.tv_nsec = long(ns % kNsPerS);
    return at;
}

}  // namespace

struct WakeUp::Sleep {
    Sleep() { sem_init(&semaphore, 0, 0); }
    ~Sleep() { sem_destroy(&semaphore); }
    Sleep(const Sleep&) = delete;
    Sleep& operator=(const Sleep&) = delete;

    void forever() noexcept {
        while (sem_wait(&semaphore) != 0) {
        }
    }
    bool until(const timespec& at) noexcept {
        while (sem_clockwait(&semaphore, CLOCK_MONOTONIC, &at) != 0) {
            if (errno != EINTR) return false;
        }
        return true;
    }

    sem_t semaphore{};
};

WakeUp::WakeUp() : sleep_(std::make_unique<Sleep>()) {}
WakeUp::~WakeUp() = default;

void WakeUp::post() noexcept { sem_post(&sleep_->semaphore); }

bool WakeUp::wait(std::int64_t timeout_us) noexcept {
    State before = State::idle;
    if (!state_.compare_exchange_strong(before, State::sleeping, std::memory_order_acq_rel)) {
        state_.exchange(State::idle, std::memory_order_acq_rel);
        return true;
    }
    bool woken = true;
    if (timeout_us < 0) {
        sleep_->forever();
    } else {
        woken = sleep_->until(afterUs(timeout_us));
    }
    const bool signalled =
        state_.exchange(State::idle, std::memory_order_acq_rel) == State::signalled;
    // Whoever saw the sleeper posts, even if its time was over meanwhile: take that one as well.
    if (signalled && !woken) sleep_->forever();
    return signalled || woken;
}

}  // namespace doubletalk
