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
    requested.store(true);
    std::signal(signal, SIG_DFL);
}

}  // namespace

void installCancelHandler() {
    std::signal(SIGINT, onSignal);
    std::signal(SIGTERM, onSignal);
}

bool cancelRequested() noexcept { return requested.load(); }

tl::unexpected<Error> cancelled(const std::string& where) {
    return fail(ErrorKind::state, "cancelled", where);
}

}  // namespace doubletalk::cli
