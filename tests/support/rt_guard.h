// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace doubletalk::test {

/// Counts what real-time code must not do, on this thread, while it lives: memory taken or given
/// back (malloc family, new, delete) and locks taken (pthread mutexes and rwlocks, so std::mutex
/// too), inside shared libraries as well. Guards nest; each counts from its own start.
/// Under address or thread sanitizer memory is counted by the sanitizer's own hooks. A program must
/// use the results of new or the compiler may drop the pair. Under the thread sanitizer locks are
/// not counted: it has to see every call of the lock functions itself, from where it was made; nor
/// is aligned memory, of which it does not tell.
class RtGuard {
public:
#if defined(__SANITIZE_THREAD__)
    static constexpr bool kSeesLocks = false, kSeesAligned = false;
#else
    static constexpr bool kSeesLocks = true, kSeesAligned = true;
#endif

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
