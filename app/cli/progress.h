// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <string>

namespace doubletalk::cli {

/// Progress of long work on standard error: a line that is written over on a terminal, elsewhere a
/// line every five seconds. Thread: user.
class ProgressLine {
public:
    explicit ProgressLine(std::string what);
    ~ProgressLine();
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    /// done_ratio: 0..1. False once the user asked for the end.
    [[nodiscard]] bool update(double done_ratio);
    /// For work without an end.
    [[nodiscard]] bool updateSeconds(double done_s);

private:
    void show(const char* format, double value);
    using Clock = std::chrono::steady_clock;
    std::string what_;
    bool terminal_;
    bool shown_ = false;  ///< a line stands on the terminal
    Clock::time_point last_;
};

}  // namespace doubletalk::cli
