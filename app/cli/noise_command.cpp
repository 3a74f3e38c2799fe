// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/progress.h"
#include "app/cli/setting_options.h"
#include "engine/duplex/offline_noise.h"

namespace doubletalk::cli {
namespace {

struct NoiseArguments {
    std::string in, out;
    std::string reducer;
    SettingOptions settings;
    bool json = false;
};

Result<void> reduceNoise(const NoiseArguments& arguments) {
    std::vector<Assignment> named;
    if (!arguments.reducer.empty()) named.emplace_back("noise.reducer", arguments.reducer);
    if (auto ok = refuseRate(arguments.settings); !ok) return ok;
    const auto store = loadSettings(arguments.settings, named);
    if (!store) return tl::unexpected(store.error());
    duplex::OfflineNoiseOptions options;
    options.in = arguments.in;
    options.out = arguments.out;
    options.settings = store->values();
    Result<duplex::OfflineNoiseReport> report;
    {
        ProgressLine progress("noise");
        options.progress = [&](double done_ratio) { return progress.update(done_ratio); };
        report = duplex::reduceNoiseOfFile(options);
    }
    if (!report) return tl::unexpected(report.error());
    notes(report->notes);
    const nlohmann::ordered_json metrics{{"level_in_dbfs", report->level_in_dbfs},
                                         {"level_out_dbfs", report->level_out_dbfs},
                                         {"real_time_factor", report->real_time_factor},
                                         {"seconds", report->seconds}};
    if (arguments.json) {
        printJson(metrics);
    } else {
        print(fmt::format("reducer {}, written: {}", report->reducer, arguments.out));
        print(metricsText(metrics));
    }
    return {};
}

}  // namespace

Action declareNoise(CLI::App& command) {
    auto arguments = std::make_shared<NoiseArguments>();
    command.add_option("in", arguments->in, "Noisy file")->type_name("IN")->required();
    command
        .add_option("out", arguments->out, "Where the result goes (.wav, .flac, .mp3, .m4a, .opus)")
        ->type_name("OUT")
        ->required();
    command
        .add_option("--reducer", arguments->reducer,
                    "none, speex, webrtc (default: the setting noise.reducer)")
        ->type_name("NAME");
    addSettingOptions(command, arguments->settings);
    command.add_flag("--json", arguments->json, "Print the measurements as one JSON object");
    return [arguments] { return reduceNoise(*arguments); };
}

}  // namespace doubletalk::cli
