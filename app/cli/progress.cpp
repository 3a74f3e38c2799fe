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
    if (cancelRequested()) return false;  // the work is ended now, not done
    show("%3.0f %%", 100.0 * std::clamp(done_ratio, 0.0, 1.0));
    return true;
}

bool ProgressLine::updateSeconds(double done_s) {
    show("%.0f s", done_s);
    return !cancelRequested();
}

void ProgressLine::show(const char* format, double value) {
    const auto now = Clock::now();
    if (now - last_ < (terminal_ ? Clock::duration(kTerminalPause) : Clock::duration(kLinePause))) {
        return;
    }
    last_ = now;
    char text[32];
    std::snprintf(text, sizeof text, format, value);
    if (terminal_) {
        std::fprintf(stderr, "\r\033[K%s %s", what_.c_str(), text);
        std::fflush(stderr);
        shown_ = true;
    } else {
        const char* begin = text;
        while (*begin == ' ') ++begin;
        std::fprintf(stderr, "%s %s\n", what_.c_str(), begin);
    }
}

}  // namespace doubletalk::cli
