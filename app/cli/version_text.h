// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace doubletalk::cli {

/// Version, build and feature list as --version prints them.
[[nodiscard]] std::string versionText();

}  // namespace doubletalk::cli
