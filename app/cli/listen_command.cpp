// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/listen_command.h"

#include <CLI/CLI.hpp>
#include <QCoreApplication>
#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>

#include "app/cli/audio_conversion.h"
#include "app/cli/output.h"
#include "app/cli/real_range.h"
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
  doubletalk-cli serve listen --sine-hz 440
  doubletalk-cli serve listen --wav music.mp3

Open the printed address in a browser that plays MP3 or AAC through Media Source Extensions (Chromium,
Chrome, Edge); the page shows the latency from coming in to being played. Mode server hears what
'doubletalk-cli send', or any program that speaks the protocol of engine/remote/ingest_protocol.h, sends
to the ingest port; one sender at a time. Mode demo feeds itself. --wav, --sine-hz, --scene and --tap choose
the source, too; a file above 48 kHz or of more than two channels is converted. A listener that does not keep up is
sent away (1013) and slows nobody.)";

namespace {

constexpr int kMaxListeners = 128;
constexpr std::int64_t kMostFrames = std::int64_t(48000) * 3600;
constexpr int kMinRateHz = 8000, kMaxRateHz = 48000, kMaxChannels = 2;  // of every browser codec
constexpr std::array kTaps{"far", "microphone", "output", "mix"};

/// An option that only these sources have; a single one is chosen by it.
struct SourceOption {
    const CLI::Option* option = nullptr;
    std::vector<std::string> sources;
};

struct ListenArguments {
    ServeArguments service;
    std::string mode = "server";
    std::string source;
    std::string codec = "mp3";
    int bitrate_bps = 128'000;
    int chunk_samples = 0;
    int ingest_port = 23457;
    const CLI::Option* ingest_option = nullptr;
    std::string scene = "barge_in";
    std::string tap = "mix";
    std::string file;
    double sine_hz = 440.0;
    int rate_hz = 0;   // 0: the file's own, 48000 for a sine
    int channels = 0;  // 0: the file's own, 1 for a sine
    std::vector<SourceOption> source_options;
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
    const int rate_hz = arguments.rate_hz > 0 ? arguments.rate_hz
                                              : std::clamp(audio->rate_hz, kMinRateHz, kMaxRateHz);
    const int own_channels = audio->channels <= kMaxChannels ? audio->channels : 1;
    const int channels = arguments.channels > 0 ? arguments.channels : own_channels;
    if (rate_hz != audio->rate_hz || channels != audio->channels) {
        note(arguments.file + ": " + formatText(audio->rate_hz, audio->channels) +
             ", converted to " + formatText(rate_hz, channels));
    }
    audio = converted(std::move(*audio), rate_hz, channels);
    if (!audio) return tl::unexpected(audio.error());
    if (audio->frames() == 0) {
        return fail(ErrorKind::format, "there is no audio in it", arguments.file,
                    "give a file with some");
    }
    studio.title = QString::fromStdString(arguments.file).section('/', -1);
    studio.source = std::make_unique<net::ClipSource>(std::move(audio->samples), audio->rate_hz,
                                                      audio->channels);
    return {};
}

Result<void> openSine(const ListenArguments& arguments, Studio& studio) {
    const int rate_hz = arguments.rate_hz > 0 ? arguments.rate_hz : kMaxRateHz;
    const int channels = arguments.channels > 0 ? arguments.channels : 1;
    if (arguments.sine_hz >= rate_hz / 2.0) {
        return fail(ErrorKind::usage, "a sine has to be below half of the sample rate", "--sine-hz",
                    "give less than " + std::to_string(rate_hz / 2));
    }
    studio.title =
        QCoreApplication::translate("ListenCommand", "Sine of %1 Hz").arg(arguments.sine_hz);
    studio.source = std::make_unique<net::SineSource>(arguments.sine_hz, rate_hz, channels);
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

/// What is given has to agree: nothing is ignored.
Result<std::string> sourceOf(const ListenArguments& arguments) {
    auto source = arguments.source;
    for (const auto& [option, sources] : arguments.source_options) {
        if (source.empty() && option->count() > 0 && sources.size() == 1) source = sources[0];
    }
    if (source.empty()) source = arguments.mode == "demo" ? "scene" : "ingest";
    for (const auto& [option, sources] : arguments.source_options) {
        const bool has = std::find(sources.begin(), sources.end(), source) != sources.end();
        if (has || option->count() == 0) continue;
        return fail(ErrorKind::usage, "the source is " + source + ", which has no such option",
                    option->get_name(), "leave it out, or choose --source " + sources[0]);
    }
    return source;
}

Result<void> openSource(const ListenArguments& arguments, const net::ServiceOptions& service,
                        Studio& studio) {
    const auto chosen = sourceOf(arguments);
    if (!chosen) return tl::unexpected(chosen.error());
    const auto& source = *chosen;
    if (source != "ingest" && arguments.ingest_option->count() > 0) {
        note("--ingest-port is not used: the source is " + source);
    }
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

void addSourceOptions(CLI::App& command, ListenArguments& arguments) {
    auto& all = arguments.source_options;
    const std::vector<std::string> made{"sine", "file"};
    all.push_back(
        {command.add_option("--scene", arguments.scene, "Source scene: a shipped one, or a file")
             ->type_name("FILE|NAME")
             ->capture_default_str(),
         {"scene"}});
    all.push_back({command
                       .add_option("--tap", arguments.tap,
                                   "Source scene: which signal; mix: far end and output")
                       ->check(CLI::IsMember(std::vector<std::string>(kTaps.begin(), kTaps.end())))
                       ->capture_default_str(),
                   {"scene"}});
    all.push_back({command
                       .add_option("--wav", arguments.file,
                                   std::string("Source file: ") + kAudioFiles + ", again and again")
                       ->type_name("FILE"),
                   {"file"}});
    all.push_back({command.add_option("--sine-hz", arguments.sine_hz, "Source sine: its frequency")
                       ->type_name("HZ")
                       ->check(realRange(1.0, 24000.0))
                       ->capture_default_str(),
                   {"sine"}});
    all.push_back({command
                       .add_option("--sample-rate", arguments.rate_hz,
                                   "[Hz] Sources sine (48000) and file (its own, 48000 at most)")
                       ->type_name("N")
                       ->check(CLI::Range(kMinRateHz, kMaxRateHz)),
                   made});
    all.push_back({command
                       .add_option("--channels", arguments.channels,
                                   "Sources sine (1) and file (its own; of more than two the mean)")
                       ->type_name("N")
                       ->check(CLI::Range(1, kMaxChannels)),
                   made});
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
                    "What is heard; by default what the other options say, else ingest in mode "
                    "server, scene in mode demo")
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
    arguments->ingest_option =
        command
            .add_option("--ingest-port", arguments->ingest_port,
                        "TCP port for 'doubletalk-cli send'; 0 takes a free one")
            ->type_name("N")
            ->check(CLI::Range(0, 65535))
            ->capture_default_str();
    addSourceOptions(command, *arguments);
    return [arguments] { return listen(*arguments); };
}

}  // namespace doubletalk::cli
