// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/listen_command.h"

#include <CLI/CLI.hpp>
#include <QCoreApplication>
#include <array>
#include <cstdio>
#include <memory>

#include "app/cli/output.h"
#include "app/cli/scene_player.h"
#include "app/cli/serve_options.h"
#include "app/net/ingest_server.h"
#include "app/net/listen_server.h"
#include "engine/device/audio_file.h"
#include "engine/duplex/settings_store.h"

namespace doubletalk::cli {

const char* const kListenFooter = R"(
Examples:
  doubletalk-cli serve listen                       then: doubletalk-cli send --wav speech.wav
  doubletalk-cli serve listen --mode demo           the scene barge_in, again and again
  doubletalk-cli serve listen --mode demo --scene double_talk --tap output --codec aac
  doubletalk-cli serve listen --source sine --sine-hz 440

Open the printed address in a browser that plays MP3 or AAC through Media Source Extensions (Chromium,
Chrome, Edge); the page shows the latency from coming in to being played. Mode server hears what
'doubletalk-cli send', or any program that speaks the protocol of engine/remote/ingest_protocol.h, sends
to the ingest port; one sender at a time. Mode demo feeds itself. A listener that does not keep up is
sent away (1013) and slows nobody.)";

namespace {

constexpr int kMaxListeners = 128;
constexpr std::int64_t kMostFrames = std::int64_t(48000) * 3600;
constexpr std::array kTaps{"far", "microphone", "output", "mix"};

struct ListenArguments {
    ServeArguments service;
    std::string mode = "server";
    std::string source;
    std::string codec = "mp3";
    int bitrate_bps = 128'000;
    int chunk_samples = 0;
    int ingest_port = 23457;
    std::string scene = "barge_in";
    std::string tap = "mix";
    std::string file;
    double sine_hz = 440.0;
    int rate_hz = 48000;
    int channels = 1;
};

/// What is heard, and what has to live as long as it is.
struct Studio {
    net::PcmFeed ingest_feed;
    std::unique_ptr<net::IngestServer> ingest;
    ScenePlayer scene;
    std::unique_ptr<net::ListenSource> source;
    QString title;
};

bench::ListenChoice choiceNamed(const std::string& name) {
    if (name == "far") return bench::ListenChoice::far;
    if (name == "microphone") return bench::ListenChoice::microphone;
    if (name == "output") return bench::ListenChoice::output;
    return bench::ListenChoice::mix;
}

Result<void> openScene(const ListenArguments& arguments, Studio& studio) {
    auto scene = room::loadScene(arguments.scene);
    if (!scene) return tl::unexpected(scene.error());
    duplex::SettingsStore settings;
    if (auto ok = settings.loadEnvironment(duplex::processEnvironment()); !ok) return ok;
    auto ok = settings.setJson(scene->settings, duplex::SettingSource::scene, scene->id);
    if (!ok) return ok;
    if (ok = settings.check(); !ok) return ok;
    studio.title =
        QCoreApplication::translate("ListenCommand", "Scene %1, %2")
            .arg(QString::fromStdString(scene->id), QString::fromStdString(arguments.tap));
    studio.source = std::make_unique<net::FeedSource>(studio.scene.feed());
    studio.scene.start(std::move(*scene), settings.values(), choiceNamed(arguments.tap),
                       [](const std::string& why) { note("the scene cannot be played: " + why); });
    return {};
}

Result<void> openFile(const ListenArguments& arguments, Studio& studio) {
    if (arguments.file.empty()) {
        return fail(ErrorKind::usage, "no file", "--source file", "give --wav FILE");
    }
    auto audio = device::readAudio(arguments.file, kMostFrames);
    if (!audio) return tl::unexpected(audio.error());
    if (audio->rate_hz < 8000 || audio->rate_hz > 48000 || audio->channels > 2 ||
        audio->frames() == 0) {
        return fail(ErrorKind::unsupported,
                    std::to_string(audio->rate_hz) + " Hz, " + std::to_string(audio->channels) +
                        " channels cannot be streamed",
                    arguments.file, "convert it to 8000 to 48000 Hz, 1 or 2 channels");
    }
    studio.title = QString::fromStdString(arguments.file).section('/', -1);
    studio.source = std::make_unique<net::ClipSource>(std::move(audio->samples), audio->rate_hz,
                                                      audio->channels);
    return {};
}

Result<void> openSine(const ListenArguments& arguments, Studio& studio) {
    if (arguments.sine_hz >= arguments.rate_hz / 2.0) {
        return fail(ErrorKind::usage, "a sine has to be below half of the sample rate", "--sine-hz",
                    "give less than " + std::to_string(arguments.rate_hz / 2));
    }
    studio.title =
        QCoreApplication::translate("ListenCommand", "Sine of %1 Hz").arg(arguments.sine_hz);
    studio.source =
        std::make_unique<net::SineSource>(arguments.sine_hz, arguments.rate_hz, arguments.channels);
    return {};
}

Result<void> openIngest(const ListenArguments& arguments, const net::ServiceOptions& service,
                        Studio& studio) {
    studio.title = QCoreApplication::translate("ListenCommand", "What is sent to the ingest port");
    studio.source = std::make_unique<net::FeedSource>(studio.ingest_feed);
    studio.ingest = std::make_unique<net::IngestServer>(studio.ingest_feed);
    QObject::connect(studio.ingest.get(), &net::IngestServer::note, studio.ingest.get(),
                     [](const QString& line) { note(line.toStdString()); });
    net::IngestServerOptions options;
    options.bind = service.bind;
    options.port = std::uint16_t(arguments.ingest_port);
    return studio.ingest->listen(options);
}

Result<void> openSource(const ListenArguments& arguments, const net::ServiceOptions& service,
                        Studio& studio) {
    auto source = arguments.source;
    if (source.empty()) source = arguments.mode == "demo" ? "scene" : "ingest";
    if (source == "scene") return openScene(arguments, studio);
    if (source == "file") return openFile(arguments, studio);
    if (source == "sine") return openSine(arguments, studio);
    if (arguments.mode == "demo") {
        return fail(ErrorKind::usage, "the demonstration feeds itself", "--source",
                    "choose scene, file or sine, or --mode server");
    }
    return openIngest(arguments, service, studio);
}

Result<void> listen(const ListenArguments& arguments) {
    int argc = 0;
    QCoreApplication application(argc, nullptr);
    auto service = serviceOptions(arguments.service);
    if (!service) return tl::unexpected(service.error());
    auto codec = codec::codecNamed(arguments.codec);
    if (!codec) return tl::unexpected(codec.error());
    Studio studio;
    if (auto ok = openSource(arguments, *service, studio); !ok) return ok;

    net::ListenServerOptions options;
    options.service = std::move(*service);
    options.coding = {*codec, arguments.bitrate_bps, arguments.chunk_samples};
    options.title = studio.title;
    net::ListenServer server;
    QObject::connect(&server, &net::WsService::note, &server,
                     [](const QString& line) { note(line.toStdString()); });
    if (auto ok = server.start(options, std::move(studio.source)); !ok) return ok;
    if (studio.ingest) print("ingest listening at " + studio.ingest->address().toStdString());
    print("listen page at " + server.webAddress().toStdString() + "/");
    std::fflush(stdout);
    runUntilCancelled([&] {
        if (studio.ingest) studio.ingest->shutDown();
        server.stop();
    });
    return {};
}

}  // namespace

Action declareListen(CLI::App& command, int port) {
    auto arguments = std::make_shared<ListenArguments>();
    arguments->service.max_clients = kMaxListeners;
    addServeOptions(command, arguments->service, port, "--http-port,--port");
    command
        .add_option("--mode", arguments->mode,
                    "server: what is sent to the ingest port; demo: feeds itself")
        ->check(CLI::IsMember({"server", "demo"}))
        ->capture_default_str();
    command
        .add_option("--source", arguments->source,
                    "What is heard; by default ingest in mode server, scene in mode demo")
        ->check(CLI::IsMember({"ingest", "scene", "file", "sine"}));
    command.add_option("--codec", arguments->codec, "Coding of the stream")
        ->check(CLI::IsMember({"mp3", "aac"}))
        ->capture_default_str();
    command.add_option("--bitrate", arguments->bitrate_bps, "[bit/s] of the stream")
        ->type_name("N")
        ->check(CLI::Range(8000, 320000))
        ->capture_default_str();
    command
        .add_option("--chunk-samples", arguments->chunk_samples,
                    "Frames coded at once; 0: the codec's own, 1152 for MP3, 1024 for AAC")
        ->type_name("N")
        ->check(CLI::Range(0, 48000))
        ->capture_default_str();
    command
        .add_option("--ingest-port", arguments->ingest_port,
                    "TCP port for 'doubletalk-cli send'; 0 takes a free one")
        ->type_name("N")
        ->check(CLI::Range(0, 65535))
        ->capture_default_str();
    command.add_option("--scene", arguments->scene, "Source scene: a shipped one, or a file")
        ->type_name("FILE|NAME")
        ->capture_default_str();
    command
        .add_option("--tap", arguments->tap, "Source scene: which signal; mix: far end and output")
        ->check(CLI::IsMember(std::vector<std::string>(kTaps.begin(), kTaps.end())))
        ->capture_default_str();
    command.add_option("--wav", arguments->file, "Source file: WAV or FLAC, again and again")
        ->type_name("FILE");
    command.add_option("--sine-hz", arguments->sine_hz, "Source sine: its frequency")
        ->type_name("HZ")
        ->check(CLI::Range(1.0, 24000.0))
        ->capture_default_str();
    command.add_option("--sample-rate", arguments->rate_hz, "[Hz] Source sine")
        ->type_name("N")
        ->check(CLI::Range(8000, 48000))
        ->capture_default_str();
    command.add_option("--channels", arguments->channels, "Source sine")
        ->type_name("N")
        ->check(CLI::Range(1, 2))
        ->capture_default_str();
    return [arguments] { return listen(*arguments); };
}

}  // namespace doubletalk::cli
