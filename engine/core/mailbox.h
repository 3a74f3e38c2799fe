// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace doubletalk {

/// Latest value only, one writer and one reader, neither ever waits. T must be trivially copyable.
/// Thread: put() on one thread, get() on one other.
template <class T>
class Mailbox {
public:
    void put(const T& value) noexcept {
        slots_[write_] = value;
        write_ = middle_.exchange(write_ | kFresh, std::memory_order_acq_rel) & kIndex;
    }

    /// Copies the newest value; false when nothing new came since the last call (value is then the
    /// previous one).
    bool get(T& value) noexcept {
        const bool fresh = (middle_.load(std::memory_order_relaxed) & kFresh) != 0;
        if (fresh) read_ = middle_.exchange(read_, std::memory_order_acq_rel) & kIndex;
        value = slots_[read_];
        return fresh;
    }

private:
    static constexpr std::uint8_t kIndex = 3;
    static constexpr std::uint8_t kFresh = 4;
    std::array<T, 3> slots_{};
    std::atomic<std::uint8_t> middle_{1};
    std::uint8_t write_ = 0;
    std::uint8_t read_ = 2;
};

}  // namespace doubletalk
