// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/cli/cancel.h"
#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/progress.h"
#include "app/cli/setting_options.h"
#include "engine/duplex/replay.h"

namespace doubletalk::cli {
namespace {

constexpr std::size_t kDifferencesShown = 10;

struct ReplayArguments {
    std::string session;
    SettingOptions settings;
    std::string loop;
    std::string record;
    bool expect_identical = false;
    bool json = false;
};

std::string_view loopName(duplex::ReplayLoop loop) {
    switch (loop) {
        case duplex::ReplayLoop::automatic:
            return "automatic";
        case duplex::ReplayLoop::open:
            return "open";
        case duplex::ReplayLoop::closed:
            return "closed";
    }
    return "?";
}

duplex::ReplayLoop loopOf(const std::string& name) {
    if (name == "open") return duplex::ReplayLoop::open;
    return name == "closed" ? duplex::ReplayLoop::closed : duplex::ReplayLoop::automatic;
}

std::string timeText(BlockIndex block) {
    return fmt::format("{:.2f}", double(block) * kBlockMs / 1000.0);
}

nlohmann::json jsonOf(const duplex::ReplayResult& result) {
    nlohmann::json json = result.run.metrics;
    json["loop"] = loopName(result.loop);
    json["identical"] = result.identical;
    json["differences"] =
        result.differences_before_divergence + result.differences_after_divergence;
    json["differences_before_divergence"] = result.differences_before_divergence;
    json["differences_after_divergence"] = result.differences_after_divergence;
    auto& decisions = json["decisions"] = nlohmann::json::array();
    for (const auto& change : result.decisions) {
        decisions.push_back({{"block", change.block},
                             {"what", change.what},
                             {"before", change.before},
                             {"after", change.after},
                             {"after_divergence", change.after_divergence}});
    }
    return json;
}

/// How many there are, and how many of them the first changed decision may have caused.
std::string differencesText(const duplex::ReplayResult& result) {
    const auto before = result.differences_before_divergence;
    const auto after = result.differences_after_divergence;
    if (result.decisions.empty()) return fmt::format("differences: {}\n", before);
    return fmt::format(
        "differences: {}, {} up to the first changed decision at {} s, {} after it\n",
        before + after, before, timeText(result.decisions.front().block), after);
}

std::string differencesTable(const duplex::ReplayResult& result) {
    std::vector<std::vector<std::string>> rows{
        {"time_s", "first differences", "before", "after", "after_divergence"}};
    for (const auto& difference : result.differences) {
        if (rows.size() > kDifferencesShown) break;
        const bool after =
            !result.decisions.empty() && difference.block > result.decisions.front().block;
        rows.push_back({timeText(difference.block), difference.what, difference.left,
                        difference.right, after ? "yes" : "no"});
    }
    return tableText(rows);
}

std::string textOf(const duplex::ReplayResult& result) {
    auto text = fmt::format("loop: {}\nidentical: {}\n", loopName(result.loop),
                            result.identical ? "yes, bit for bit" : "no");
    if (!result.identical) text += differencesText(result) + "\n" + differencesTable(result);
    text += fmt::format("\nchanged decisions: {}\n", result.decisions.size());
    if (!result.decisions.empty()) {
        std::vector<std::vector<std::string>> rows{
            {"time_s", "decision", "before", "after", "after_divergence"}};
        for (const auto& change : result.decisions) {
            rows.push_back({timeText(change.block), change.what, change.before, change.after,
                            change.after_divergence ? "yes" : "no"});
        }
        text += tableText(rows);
    }
    return text + "\n" + result.run.report;
}

Result<void> replay(const ReplayArguments& arguments) {
    auto changes = splitAssignments(arguments.settings.assignments);
    if (!changes) return tl::unexpected(changes.error());
    duplex::ReplayOptions options;
    options.session = arguments.session;
    options.settings = std::move(*changes);
    options.loop = loopOf(arguments.loop);
    if (!arguments.record.empty()) options.record = arguments.record;
    Result<duplex::ReplayResult> result;
    {
        ProgressLine progress("replay");
        options.progress = [&](double done_ratio) { return progress.update(done_ratio); };
        result = duplex::replaySession(options);
    }
    if (!result) return tl::unexpected(result.error());
    notes(result->notices);
    if (result->run.cancelled) return cancelled("replay");
    if (arguments.json) {
        printJson(jsonOf(*result));
    } else {
        print(textOf(*result));
    }
    if (arguments.expect_identical && !result->identical) {
        return fail(ErrorKind::state, "the replay is not identical", arguments.session,
                    "the differences are in the result");
    }
    return {};
}

}  // namespace

Action declareReplay(CLI::App& command) {
    auto arguments = std::make_shared<ReplayArguments>();
    command.add_option("session", arguments->session, "Folder of a recorded session")
        ->type_name("SESSION")
        ->required();
    addSettingOptions(command, arguments->settings, false);
    command.add_option("--loop", arguments->loop, "open or closed (see below)")
        ->type_name("open|closed")
        ->check(CLI::IsMember({"open", "closed"}));
    command
        .add_option("--record", arguments->record, "Write the replay here (new or empty folder)")
        ->type_name("DIR");
    command.add_flag("--expect-identical", arguments->expect_identical,
                     "Exit code 1 unless the replay is the same bit for bit");
    command.add_flag("--json", arguments->json, "Print metrics and decisions as one JSON object");
    return [arguments] { return replay(*arguments); };
}

}  // namespace doubletalk::cli
