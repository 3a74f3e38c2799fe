// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/thread_role.h"

#include <cstdio>
#include <cstdlib>

namespace doubletalk {
namespace {

thread_local ThreadRole current_role = ThreadRole::any;

const char* roleName(ThreadRole role) {
    switch (role) {
        case ThreadRole::any: return "any";
        case ThreadRole::rt: return "rt";
        case ThreadRole::device: return "device";
        case ThreadRole::worker: return "worker";
        case ThreadRole::speech: return "speech";
        case ThreadRole::net: return "net";
        case ThreadRole::disk: return "disk";
        case ThreadRole::user: return "user";
        case ThreadRole::gui: return "gui";
    }
    return "?";
}

}  // namespace

void setThreadRole(ThreadRole role) noexcept { current_role = role; }
ThreadRole threadRole() noexcept { return current_role; }

void checkThreadRole(ThreadRole expected, const char* function) noexcept {
    if (current_role == ThreadRole::any || current_role == expected) return;
    std::fprintf(stderr, "%s: called on thread role %s, allowed on %s only\n", function,
                 roleName(current_role), roleName(expected));
    std::abort();
}

}  // namespace doubletalk
