// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "app/cli/cancel.h"

namespace doubletalk::cli {
namespace {

constexpr auto kTerminalPause = std::chrono::milliseconds(150);
constexpr auto kLinePause = std::chrono::seconds(5);

}  // namespace

ProgressLine::ProgressLine(std::string what)
    : what_(std::move(what)), terminal_(isatty(STDERR_FILENO) == 1), last_(Clock::now()) {}

ProgressLine::~ProgressLine() {
    if (shown_) std::fprintf(stderr, "\r\033[K");
}

bool ProgressLine::update(double done_ratio) {
    const auto now = Clock::now();
    if (now - last_ >=
        (terminal_ ? Clock::duration(kTerminalPause) : Clock::duration(kLinePause))) {
        last_ = now;
        const double percent = 100.0 * std::clamp(done_ratio, 0.0, 1.0);
        if (terminal_) {
            std::fprintf(stderr, "\r\033[K%s %3.0f %%", what_.c_str(), percent);
            std::fflush(stderr);
            shown_ = true;
        } else {
            std::fprintf(stderr, "%s %.0f %%\n", what_.c_str(), percent);
        }
    }
    return !cancelRequested();
}

}  // namespace doubletalk::cli
