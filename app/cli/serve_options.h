// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/net/ws_service.h"
#include "engine/core/result.h"

namespace CLI {
class App;
}

namespace doubletalk::cli {

/// What every service has.
struct ServeArguments {
    int port = 0;
    std::string bind = "127.0.0.1";
    std::vector<std::string> allowed_origins;
    int max_clients = 32;
    std::uint64_t max_message_bytes = 1U << 20U;
    std::string certificate_file, key_file;
};

/// port_flag: "--port", or what a service with several calls its own.
void addServeOptions(CLI::App& command, ServeArguments& arguments, int port,
                     const std::string& port_flag = "--port");
void addMaxMessageOption(CLI::App& command, ServeArguments& arguments);
/// Errors: usage (no address).
[[nodiscard]] Result<net::ServiceOptions> serviceOptions(const ServeArguments& arguments);
/// Runs the event loop until SIGINT or SIGTERM, then shuts down and lets the goodbyes leave.
void runUntilCancelled(const std::function<void()>& shut_down);

}  // namespace doubletalk::cli
