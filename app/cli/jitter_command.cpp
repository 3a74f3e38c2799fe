// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/setting_options.h"
#include "engine/duplex/offline_jitter.h"

namespace doubletalk::cli {
namespace {

struct JitterArguments {
    std::string trace;
    std::string buffer;
    SettingOptions settings;
    bool json = false;
};

Result<void> playTrace(const JitterArguments& arguments) {
    std::vector<Assignment> named;
    if (!arguments.buffer.empty()) named.emplace_back("jitter.buffer", arguments.buffer);
    const auto store = loadSettings(arguments.settings, named);
    if (!store) return tl::unexpected(store.error());
    duplex::OfflineJitterOptions options;
    options.trace = arguments.trace;
    options.settings = store->values();
    const auto report = duplex::playTrace(options);
    if (!report) return tl::unexpected(report.error());
    if (arguments.json) {
        printJson(report->metrics);
    } else {
        print(fmt::format("buffer {}", report->buffer));
        print(metricsText(report->metrics));
    }
    return {};
}

}  // namespace

Action declareJitter(CLI::App& command) {
    auto arguments = std::make_shared<JitterArguments>();
    command.add_option("trace", arguments->trace, "Trace of packet delays")
        ->type_name("TRACE.csv")
        ->required();
    command
        .add_option("--buffer", arguments->buffer,
                    "fixed, speexdsp, adaptive (default: the setting jitter.buffer)")
        ->type_name("NAME");
    addSettingOptions(command, arguments->settings);
    command.add_flag("--json", arguments->json, "Print the measurements as one JSON object");
    return [arguments] { return playTrace(*arguments); };
}

}  // namespace doubletalk::cli
