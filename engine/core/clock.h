// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>

namespace doubletalk {

/// Says what time it is: real, simulated or replayed. Thread: any.
class Clock {
public:
    virtual ~Clock() = default;
    /// Nanoseconds since an arbitrary start; never goes back.
    [[nodiscard]] virtual std::int64_t nowNs() const noexcept = 0;
};

/// The machine's steady clock.
class SteadyClock final : public Clock {
public:
    [[nodiscard]] std::int64_t nowNs() const noexcept override;
};

/// A clock that stands until it is moved: simulations and replays run as fast as they can.
class VirtualClock final : public Clock {
public:
    [[nodiscard]] std::int64_t nowNs() const noexcept override { return now_ns_.load(); }
    void advanceTo(std::int64_t now_ns) noexcept { now_ns_.store(now_ns); }

private:
    std::atomic<std::int64_t> now_ns_{0};
};

}  // namespace doubletalk
