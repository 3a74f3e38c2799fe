// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace doubletalk {

/// What a thread may do (the thread table in ARCHITECTURE.md).
enum class ThreadRole : std::uint8_t { any, rt, device, worker, speech, net, disk, user, gui };

/// Marks the calling thread; ScopedRole restores the former role.
void setThreadRole(ThreadRole role) noexcept;
[[nodiscard]] ThreadRole threadRole() noexcept;

class ScopedRole {
public:
    explicit ScopedRole(ThreadRole role) noexcept : before_(threadRole()) { setThreadRole(role); }
    ~ScopedRole() { setThreadRole(before_); }
    ScopedRole(const ScopedRole&) = delete;
    ScopedRole& operator=(const ScopedRole&) = delete;

private:
    ThreadRole before_;
};

/// Ends the program with a message when the calling thread has another role (any always passes).
void checkThreadRole(ThreadRole expected, const char* function) noexcept;

}  // namespace doubletalk

#ifdef NDEBUG
#define DT_ASSERT_THREAD(role) ((void)0)
#else
#define DT_ASSERT_THREAD(role) \
    ::doubletalk::checkThreadRole(::doubletalk::ThreadRole::role, __func__)
#endif
