// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace doubletalk::test {

/// Counts what real-time code must not do, on this thread, while it lives: memory taken or given
/// back (malloc family, new, delete) and locks taken (pthread mutexes and rwlocks, so std::mutex
/// too), inside shared libraries as well. Guards nest; each counts from its own start.
/// Under address or thread sanitizer memory is counted by the sanitizer's own hooks. A program must
/// use the results of new or the compiler may drop the pair.
class RtGuard {
public:
    RtGuard() noexcept;
    ~RtGuard();
    RtGuard(const RtGuard&) = delete;
    RtGuard& operator=(const RtGuard&) = delete;

    [[nodiscard]] std::int64_t allocations() const noexcept;
    [[nodiscard]] std::int64_t frees() const noexcept;
    [[nodiscard]] std::int64_t locks() const noexcept;

private:
    std::int64_t allocations_before_, frees_before_, locks_before_;
};

}  // namespace doubletalk::test
