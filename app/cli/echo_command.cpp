// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/progress.h"
#include "app/cli/setting_options.h"
#include "engine/duplex/offline_echo.h"

namespace doubletalk::cli {
namespace {

struct EchoArguments {
    std::string far, mic, out;
    std::string canceller, reducer;
    SettingOptions settings;
    bool json = false;
};

Result<duplex::SettingsStore> settingsOf(const EchoArguments& arguments) {
    std::vector<Assignment> named;
    // A canceller asked for by name runs, whatever a file or the environment says of echo.enabled.
    if (!arguments.canceller.empty()) {
        named = {{"echo.enabled", "true"}, {"echo.canceller", arguments.canceller}};
    }
    named.emplace_back("noise.enabled", arguments.reducer.empty() ? "false" : "true");
    named.emplace_back("noise.reducer", arguments.reducer.empty() ? "none" : arguments.reducer);
    if (auto ok = refuseRate(arguments.settings); !ok) return tl::unexpected(ok.error());
    return readSettings(arguments.settings, named);
}

Result<void> cancelEcho(const EchoArguments& arguments) {
    auto settings = settingsOf(arguments);
    if (!settings) return tl::unexpected(settings.error());
    duplex::OfflineEchoOptions options;
    options.far = arguments.far;
    options.mic = arguments.mic;
    options.out = arguments.out;
    options.store = std::move(*settings);
    Result<duplex::OfflineEchoReport> report;
    {
        ProgressLine progress("echo");
        options.progress = [&](double done_ratio) { return progress.update(done_ratio); };
        report = duplex::cancelEchoOfFiles(options);
    }
    if (!report) return tl::unexpected(report.error());
    notes(report->notes);
    if (arguments.json) {
        printJson(report->metrics);
    } else {
        print(fmt::format("canceller {}, reducer {}, written: {}", report->canceller,
                          report->reducer.empty() ? "none" : report->reducer, arguments.out));
        print(metricsText(report->metrics));
    }
    return {};
}

}  // namespace

Action declareEcho(CLI::App& command) {
    auto arguments = std::make_shared<EchoArguments>();
    command.add_option("--far", arguments->far, "What the loudspeaker played (reference)")
        ->type_name("FILE")
        ->required();
    command.add_option("--mic", arguments->mic, "What the microphone heard")
        ->type_name("FILE")
        ->required();
    command
        .add_option("--out", arguments->out,
                    "Where the result goes (.wav, .flac, .mp3, .m4a, .opus)")
        ->type_name("FILE")
        ->required();
    command
        .add_option("--canceller", arguments->canceller,
                    "none, nlms, speexdsp, webrtc (default: the setting echo.canceller)")
        ->type_name("NAME");
    command
        .add_option("--reducer", arguments->reducer,
                    "Noise reducer after it: speex, webrtc (default: none)")
        ->type_name("NAME");
    addSettingOptions(command, arguments->settings);
    command.add_flag("--json", arguments->json, "Print the measurements as one JSON object");
    return [arguments] { return cancelEcho(*arguments); };
}

}  // namespace doubletalk::cli
