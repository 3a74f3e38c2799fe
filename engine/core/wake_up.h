// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

namespace doubletalk {

/// Wakes one sleeping thread. A signal given while nobody sleeps is kept (once) for the next wait,
/// so that "look, then wait" misses nothing; a wait may therefore return once too often.
/// Thread: signal() any, real-time safe: no lock, no memory, and a system call (which does not
/// block) only when somebody sleeps. wait() one thread at a time.
class WakeUp {
public:
    static constexpr std::int64_t kForever = -1;

    WakeUp();
    ~WakeUp();
    WakeUp(const WakeUp&) = delete;
    WakeUp& operator=(const WakeUp&) = delete;

    void signal() noexcept {
        if (state_.exchange(State::signalled, std::memory_order_acq_rel) == State::sleeping) post();
    }
    /// Sleeps until a signal, at most timeout_us (kForever: no end). False: the time was over.
    bool wait(std::int64_t timeout_us) noexcept;

private:
    enum class State : std::uint8_t { idle, signalled, sleeping };
    void post() noexcept;

    struct Sleep;  // the system's own
    std::atomic<State> state_{State::idle};
    std::unique_ptr<Sleep> sleep_;
};

}  // namespace doubletalk
