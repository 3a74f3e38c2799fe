// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cancel.h"

#include <atomic>
#include <csignal>

namespace doubletalk::cli {
namespace {

std::atomic<bool> requested{false};
static_assert(std::atomic<bool>::is_always_lock_free);

extern "C" void onSignal(int signal) {
    (void)signal;
    requested.store(true);
}

}  // namespace

void installCancelHandler() {
    struct sigaction action {};
    action.sa_handler = onSignal;
    // A read that waits ends, instead of being taken up again; a second signal ends the program.
    action.sa_flags = int(SA_RESETHAND);
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

bool cancelRequested() noexcept { return requested.load(); }
const std::atomic<bool>& cancelFlag() noexcept { return requested; }

tl::unexpected<Error> cancelled(const std::string& where) {
    return fail(ErrorKind::state, "cancelled", where);
}

}  // namespace doubletalk::cli
