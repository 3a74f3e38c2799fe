// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/progress.h"
#include "app/cli/setting_options.h"
#include "engine/duplex/offline_conceal.h"

namespace doubletalk::cli {
namespace {

struct ConcealArguments {
    std::string in, out, lost;
    int frame_ms = 20;
    std::string concealer;
    SettingOptions settings;
    bool json = false;
};

Result<void> conceal(const ConcealArguments& arguments) {
    std::vector<Assignment> named;
    if (!arguments.concealer.empty()) named.emplace_back("loss.concealer", arguments.concealer);
    if (auto ok = refuseRate(arguments.settings); !ok) return ok;
    const auto store = loadSettings(arguments.settings, named);
    if (!store) return tl::unexpected(store.error());
    duplex::OfflineConcealOptions options;
    options.in = arguments.in;
    options.out = arguments.out;
    options.lost = arguments.lost;
    options.frame_ms = arguments.frame_ms;
    options.settings = store->values();
    Result<duplex::OfflineConcealReport> report;
    {
        ProgressLine progress("conceal");
        options.progress = [&](double done_ratio) { return progress.update(done_ratio); };
        report = duplex::concealFile(options);
    }
    if (!report) return tl::unexpected(report.error());
    notes(report->notes);
    const nlohmann::ordered_json metrics{{"frames", report->frames},
                                         {"lost", report->lost},
                                         {"concealed_ratio", report->concealed_ratio},
                                         {"concealment_events", report->concealment_events},
                                         {"real_time_factor", report->real_time_factor},
                                         {"seconds", report->seconds}};
    if (arguments.json) {
        printJson(metrics);
    } else {
        print(fmt::format("concealer {}, written: {}", report->concealer, arguments.out));
        print(metricsText(metrics));
    }
    return {};
}

}  // namespace

Action declareConceal(CLI::App& command) {
    auto arguments = std::make_shared<ConcealArguments>();
    command.add_option("in", arguments->in, "File without losses")->type_name("IN")->required();
    command
        .add_option("out", arguments->out, "Where the result goes (.wav, .flac, .mp3, .m4a, .opus)")
        ->type_name("OUT")
        ->required();
    command.add_option("--lost", arguments->lost, "A lost frame number a line, from 0")
        ->type_name("FILE")
        ->required();
    command.add_option("--frame-ms", arguments->frame_ms, "Length of a frame: 10, 20, 30 or 60 ms")
        ->type_name("MS")
        ->check(CLI::IsMember({10, 20, 30, 60}))
        ->capture_default_str();
    command
        .add_option("--concealer", arguments->concealer,
                    "silence, repeat (default: the setting loss.concealer)")
        ->type_name("NAME");
    addSettingOptions(command, arguments->settings);
    command.add_flag("--json", arguments->json, "Print the measurements as one JSON object");
    return [arguments] { return conceal(*arguments); };
}

}  // namespace doubletalk::cli
