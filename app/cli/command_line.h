// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace doubletalk::cli {

inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;

/// The whole program: parses, runs one command and returns its exit code. Results go to standard
/// output, everything else to standard error. Thread: user.
[[nodiscard]] int runCommandLine(int argc, const char* const* argv);

}  // namespace doubletalk::cli
