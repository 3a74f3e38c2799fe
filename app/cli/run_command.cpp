// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <memory>

#include "app/cli/cancel.h"
#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/progress.h"
#include "app/cli/setting_options.h"
#include "engine/duplex/scene_run.h"

namespace doubletalk::cli {
namespace {

constexpr int kMostStreams = 1000;

struct RunArguments {
    std::string scene;
    SettingOptions settings;
    std::string record;
    bool realtime = false;
    bool transcribe = false;
    int streams = 1;
    bool json = false;
};

Result<void> run(const RunArguments& arguments) {
    auto scene = room::loadScene(arguments.scene);
    if (!scene) return tl::unexpected(scene.error());
    auto settings = loadSettings(arguments.settings, {}, &*scene);
    if (!settings) return tl::unexpected(settings.error());

    duplex::RunOptions options;
    options.scene = std::move(*scene);
    options.settings = std::move(*settings);
    if (!arguments.record.empty()) options.record = arguments.record;
    options.realtime = arguments.realtime;
    options.transcribe = arguments.transcribe;
    options.streams = arguments.streams;
    Result<duplex::RunResult> result;
    {
        ProgressLine progress("run " + options.scene.id);
        options.progress = [&](double done_ratio) { return progress.update(done_ratio); };
        result = duplex::runScene(options);
    }
    if (!result) return tl::unexpected(result.error());
    if (result->cancelled) return cancelled("run");
    if (arguments.json) {
        printJson(result->metrics);
    } else {
        print(result->report);
    }
    return {};
}

}  // namespace

Action declareRun(CLI::App& command) {
    auto arguments = std::make_shared<RunArguments>();
    command.add_option("--scene", arguments->scene, "A shipped scene's name, or a scene file")
        ->type_name("FILE|NAME")
        ->required();
    addSettingOptions(command, arguments->settings);
    command
        .add_option("--record", arguments->record, "Write the session here (new or empty folder)")
        ->type_name("DIR");
    command.add_flag("--transcribe", arguments->transcribe,
                     "Recognise every segment after the run (pocketsphinx, English)");
    command.add_flag("--realtime", arguments->realtime,
                     "Run at the speed of the clock on the wall");
    command
        .add_option("--streams", arguments->streams,
                    "So many engines at once; the first is measured and recorded")
        ->type_name("N")
        ->check(CLI::Range(1, kMostStreams));
    command.add_flag("--json", arguments->json, "Print the metrics as one JSON object");
    return [arguments] { return run(*arguments); };
}

}  // namespace doubletalk::cli
