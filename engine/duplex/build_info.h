// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace doubletalk::duplex {

/// Version of this build, as in session.json.
[[nodiscard]] std::string buildVersion();
/// What is in this build: "canceller webrtc", "voice espeak-ng", ...
[[nodiscard]] std::vector<std::string> buildFeatures();

}  // namespace doubletalk::duplex
