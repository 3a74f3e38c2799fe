// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <memory>

#include "app/cli/cancel.h"
#include "app/cli/commands.h"
#include "app/cli/demo_folder.h"
#include "app/cli/output.h"
#include "app/cli/progress.h"
#include "app/cli/setting_options.h"
#include "engine/duplex/scene_run.h"

namespace doubletalk::cli {
namespace {

constexpr const char* kScene = "barge_in";

struct DemoArguments {
    std::string out;
    SettingOptions settings;
    bool json = false;
};

Result<void> demo(const DemoArguments& arguments) {
    auto scene = room::loadScene(kScene);
    if (!scene) return tl::unexpected(scene.error());
    auto settings = loadSettings(arguments.settings, {}, &*scene);
    if (!settings) return tl::unexpected(settings.error());
    const std::filesystem::path folder = arguments.out;
    auto session = prepareDemoFolder(folder);
    if (!session) return tl::unexpected(session.error());

    duplex::RunOptions options;
    options.scene = std::move(*scene);
    options.settings = std::move(*settings);
    options.record = *session;
    options.transcribe = true;
    Result<duplex::RunResult> result;
    {
        ProgressLine progress("demonstration");
        options.progress = [&](double done_ratio) { return progress.update(done_ratio); };
        result = duplex::runScene(options);
    }
    if (!result) return tl::unexpected(result.error());
    if (result->cancelled) return cancelled("demo");
    if (auto ok = writeText(folder / "report.txt", result->report); !ok) return ok;
    if (auto ok = writeText(folder / "metrics.json", jsonText(result->metrics)); !ok) return ok;
    if (arguments.json) {
        printJson(result->metrics);
    } else {
        print(result->report);
    }
    note("written: " + (folder / "report.txt").string() + ", metrics.json, session/");
    return {};
}

}  // namespace

Action declareDemo(CLI::App& command) {
    auto arguments = std::make_shared<DemoArguments>();
    command.add_option("--out", arguments->out, "Folder for report.txt, metrics.json and session/")
        ->type_name("DIR")
        ->required();
    addSettingOptions(command, arguments->settings);
    command.add_flag("--json", arguments->json, "Print the metrics as one JSON object");
    return [arguments] { return demo(*arguments); };
}

}  // namespace doubletalk::cli
