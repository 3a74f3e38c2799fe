// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cmath>
#include <cstdint>
#include <limits>

namespace doubletalk::metrics {

/// Counts events for the life of its owner; never reset, readers compute rates.
/// Thread: one adds, any reads. Real-time safe.
class Counter {
public:
    /// Not an atomic addition: there is one writer, and it must not pay for a bus lock.
    void add(std::int64_t n = 1) noexcept {
        value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    [[nodiscard]] std::int64_t value() const noexcept {
        return value_.load(std::memory_order_relaxed);
    }

private:
    std::atomic<std::int64_t> value_{0};
};

/// The latest value of something; NaN while missing. Thread: one sets, any reads. Real-time safe.
class Gauge {
public:
    void set(double value) noexcept { value_.store(value, std::memory_order_relaxed); }
    void clear() noexcept { set(std::numeric_limits<double>::quiet_NaN()); }
    [[nodiscard]] double value() const noexcept { return value_.load(std::memory_order_relaxed); }
    [[nodiscard]] bool missing() const noexcept { return std::isnan(value()); }

private:
    std::atomic<double> value_{std::numeric_limits<double>::quiet_NaN()};
};

}  // namespace doubletalk::metrics
