// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <QCoreApplication>
#include <memory>

#include "app/audio/latency_probe.h"
#include "app/audio/qt_audio_device.h"
#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/progress.h"

namespace doubletalk::cli {
namespace {

constexpr int kMeasuringRateHz = 48000;

struct DevicesArguments {
    bool measure = false;
    audio::QtAudioDeviceOptions device;
    audio::LatencyOptions latency;
    bool json = false;
};

nlohmann::ordered_json toJson(const std::vector<audio::ListedDevice>& devices) {
    auto list = nlohmann::ordered_json::array();
    for (const auto& device : devices) {
        list.push_back({{"id", device.id},
                        {"name", device.name},
                        {"default", device.is_default},
                        {"rate_hz", device.rate_hz},
                        {"channels", device.channels}});
    }
    return list;
}

void addRows(std::vector<std::vector<std::string>>& rows, const char* kind,
             const std::vector<audio::ListedDevice>& devices) {
    for (const auto& device : devices) {
        rows.push_back({kind, device.id, device.name, device.is_default ? "default" : "",
                        std::to_string(device.rate_hz), std::to_string(device.channels)});
    }
}

Result<void> list(const DevicesArguments& arguments) {
    const auto devices = audio::listDevices();
    if (!devices) return tl::unexpected(devices.error());
    if (arguments.json) {
        printJson(nlohmann::ordered_json{{"inputs", toJson(devices->inputs)},
                                         {"outputs", toJson(devices->outputs)}});
        return {};
    }
    if (devices->inputs.empty() && devices->outputs.empty()) {
        note("no sound devices: plug one in, or start a sound server (PulseAudio, PipeWire)");
        return {};
    }
    std::vector<std::vector<std::string>> rows{{"kind", "id", "name", "", "rate_hz", "channels"}};
    addRows(rows, "input", devices->inputs);
    addRows(rows, "output", devices->outputs);
    print(tableText(rows));
    return {};
}

Result<void> measure(const DevicesArguments& arguments) {
    audio::QtAudioDevice device(arguments.device);
    if (auto ok = device.open(SampleRate{kMeasuringRateHz}); !ok) return ok;
    const auto status = device.status();
    Result<audio::LatencyReport> report;
    {
        ProgressLine progress("latency");
        auto options = arguments.latency;
        options.progress = [&](double done_ratio) { return progress.update(done_ratio); };
        report = audio::measureLatency(device, options);
    }
    if (!report) return tl::unexpected(report.error());
    const nlohmann::ordered_json metrics{{"round_trip_ms", report->median_ms},
                                         {"spread_ms", report->spread_ms},
                                         {"confidence_ratio", report->confidence_ratio},
                                         {"chirps_found", report->found},
                                         {"chirps_sent", report->sent}};
    if (arguments.json) {
        auto all = metrics;
        all["input"] = status.input.id;
        all["output"] = status.output.id;
        printJson(all);
        return {};
    }
    print(status.input.message);
    print(status.output.message);
    print(metricsText(metrics));
    return {};
}

Result<void> devicesCommand(const DevicesArguments& arguments) {
    // Qt's devices need an application object; nothing else of the command line does.
    int argc = 1;
    char name[] = "doubletalk-cli";
    char* argv[] = {name, nullptr};
    const QCoreApplication application(argc, argv);
    return arguments.measure ? measure(arguments) : list(arguments);
}

}  // namespace

Action declareDevices(CLI::App& command) {
    auto arguments = std::make_shared<DevicesArguments>();
    auto* measuring = command.add_flag("--measure-latency", arguments->measure,
                                       "Play chirps and measure the round trip");
    command
        .add_option("--input", arguments->device.input.device,
                    "Microphone by id or name (default: the first one listed)")
        ->type_name("ID")
        ->needs(measuring);
    command
        .add_option("--output", arguments->device.output.device,
                    "Loudspeaker by id or name (default: the default one)")
        ->type_name("ID")
        ->needs(measuring);
    command
        .add_option("--chirps", arguments->latency.chirps, "Chirps to play, one each 500 ms")
        ->type_name("N")
        ->check(CLI::Range(3, 100))
        ->capture_default_str()
        ->needs(measuring);
    command.add_flag("--json", arguments->json, "Print one JSON object");
    return [arguments] { return devicesCommand(*arguments); };
}

}  // namespace doubletalk::cli
