// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace doubletalk::remote {

/// One whole WebSocket message to be sent.
struct Message {
    bool binary = false;
    std::string payload;  ///< UTF-8 when not binary
};

/// One whole message that came; valid during the call.
struct MessageView {
    bool binary = false;
    std::string_view payload;
};

/// A message that could not be understood. The connection can go on.
struct Fault {
    std::string what;  ///< for the user; holds nothing of the message but names and sizes
};

}  // namespace doubletalk::remote
