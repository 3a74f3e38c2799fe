// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <QCoreApplication>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <thread>

#include "app/cli/audio_conversion.h"
#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/progress.h"
#include "app/cli/real_range.h"
#include "app/net/source_reader.h"
#include "app/net/tcp_packet_ends.h"
#include "engine/flow/async_runner.h"
#include "engine/remote/ingest_protocol.h"

namespace doubletalk::cli {
namespace {

using namespace std::chrono_literals;
constexpr int kSineRateHz = 48000;
constexpr std::chrono::milliseconds kPoll{10};
constexpr std::chrono::milliseconds kGoodbye{1000};
constexpr std::int64_t kMostFrames = std::int64_t(48000) * 3600;

struct SendArguments {
    std::string wav;
    double sine_hz = 0.0;
    std::string host = "127.0.0.1";
    int port = 23457;
    int rate_hz = 0;   // 0: the file's own
    int channels = 0;  // 0: the file's own
    double seconds = -1.0;
    bool resample = false;
};

/// What is sent, and how much of it.
struct Signal {
    std::unique_ptr<net::ListenSource> source;
    remote::IngestFormat format;
    std::int64_t frames = 0;  ///< 0: until somebody ends it
};

/// round_frames: of the signal itself; 0: it has no end.
std::int64_t wantedFrames(const SendArguments& arguments, int rate_hz, std::int64_t round_frames) {
    if (arguments.seconds < 0.0) return round_frames;
    if (arguments.seconds == 0.0) return 0;
    return std::max<std::int64_t>(1, std::llround(arguments.seconds * rate_hz));
}

Signal clipOf(device::AudioData audio, const SendArguments& arguments) {
    Signal signal;
    signal.format = {audio.rate_hz, audio.channels};
    signal.frames = wantedFrames(arguments, audio.rate_hz, audio.frames());
    signal.source =
        std::make_unique<net::ClipSource>(std::move(audio.samples), audio.rate_hz, audio.channels);
    return signal;
}

Result<Signal> openFile(const SendArguments& arguments) {
    auto audio = device::readAudio(arguments.wav, kMostFrames);
    if (!audio) return tl::unexpected(audio.error());
    const int rate_hz = arguments.rate_hz > 0 ? arguments.rate_hz : audio->rate_hz;
    const int channels = arguments.channels > 0 ? arguments.channels : audio->channels;
    const bool sendable = rate_hz >= remote::kIngestMinRateHz &&
                          rate_hz <= remote::kIngestMaxRateHz &&
                          channels <= remote::kIngestMaxChannels;
    if (!sendable) {
        return fail(ErrorKind::usage,
                    formatText(rate_hz, channels) +
                        " cannot be sent: 8000 to 48000 Hz, 1 or 2 "
                        "channels can",
                    arguments.wav, "give --sample-rate, --channels and --resample");
    }
    const bool fits = rate_hz == audio->rate_hz && channels == audio->channels;
    if (!fits && !arguments.resample) {
        return fail(ErrorKind::usage,
                    "the file has " + formatText(audio->rate_hz, audio->channels) + ", not " +
                        formatText(rate_hz, channels),
                    arguments.wav, "add --resample to convert it");
    }
    auto fitting = converted(std::move(*audio), rate_hz, channels);
    if (!fitting) return tl::unexpected(fitting.error());
    return clipOf(std::move(*fitting), arguments);
}

Result<Signal> openSignal(const SendArguments& arguments) {
    if (!arguments.wav.empty()) return openFile(arguments);
    const remote::IngestFormat format{arguments.rate_hz > 0 ? arguments.rate_hz : kSineRateHz,
                                      arguments.channels > 0 ? arguments.channels : 1};
    if (arguments.sine_hz >= format.rate_hz / 2.0) {
        return fail(ErrorKind::usage,
                    "a sine has to be below half of the sample rate, " +
                        std::to_string(format.rate_hz / 2) + " Hz",
                    "--sine", "give a lower one, or a higher --sample-rate");
    }
    Signal signal;
    signal.format = format;
    signal.frames = wantedFrames(arguments, format.rate_hz, 0);
    signal.source =
        std::make_unique<net::SineSource>(arguments.sine_hz, format.rate_hz, format.channels);
    return signal;
}

/// Shows how far it is until it ends, or somebody ends it.
Result<flow::RunCounts> follow(flow::AsyncRunner& runner, flow::LaneId lane, const Signal& signal) {
    ProgressLine progress("send");
    while (runner.running(lane)) {
        const auto sent = double(runner.progress(lane).frames_out);
        const bool go_on = signal.frames > 0 ? progress.update(sent / double(signal.frames))
                                             : progress.updateSeconds(sent / signal.format.rate_hz);
        if (!go_on) runner.cancel(lane);
        std::this_thread::sleep_for(kPoll);
    }
    return runner.wait(lane);
}

/// The goodbye of a run that was cancelled; a server that takes nothing is not waited for.
void flush(flow::Node& writer) {
    for (auto left = kGoodbye; left > 0ms; left -= kPoll) {
        if (writer.push(std::monostate{}) != flow::Status::again) return;
        std::this_thread::sleep_for(kPoll);
    }
}

Result<void> send(const SendArguments& arguments) {
    int argc = 0;
    QCoreApplication application(argc, nullptr);
    auto signal = openSignal(arguments);
    if (!signal) return tl::unexpected(signal.error());
    const auto format = signal->format;
    net::TcpSinkOptions options;
    options.host = arguments.host;
    options.port = std::uint16_t(arguments.port);
    options.format.rate = SampleRate{format.rate_hz};
    options.channels = format.channels;
    auto sink = net::TcpPacketSink::connect(options);
    if (!sink) return tl::unexpected(sink.error());

    flow::Lane lane;
    lane.name = "send";
    lane.reader =
        std::make_shared<net::SourceReader>(std::move(signal->source), signal->frames, "signal");
    lane.writer = std::make_shared<flow::PacketSinkWriter>(std::move(*sink));
    lane.options.max_wait_ms = 0;  // the sink knows when a server takes nothing any more
    const auto writer = lane.writer;
    flow::AsyncRunner runner;
    const auto id = runner.start(std::move(lane));
    if (!id) return tl::unexpected(id.error());
    const auto sent = follow(runner, *id, *signal);
    if (!sent) return tl::unexpected(sent.error());
    if (sent->cancelled) flush(*writer);
    char seconds[32];
    std::snprintf(seconds, sizeof seconds, "%.2f", double(sent->frames_out) / format.rate_hz);
    print(std::string("sent ") + seconds + " s, " + formatText(format.rate_hz, format.channels));
    return {};
}

}  // namespace

Action declareSend(CLI::App& command) {
    auto arguments = std::make_shared<SendArguments>();
    auto* what = command.add_option_group("source", "What is sent")->require_option(1);
    what->add_option("--wav", arguments->wav,
                     std::string("A file (") + kAudioFiles + "), again from its start as needed")
        ->type_name("FILE");
    what->add_option("--sine", arguments->sine_hz, "A sine of -12 dBFS")
        ->type_name("HZ")
        ->check(realRange(1.0, 24000.0));
    command.add_option("--host", arguments->host, "Where 'serve listen' runs")
        ->type_name("H")
        ->capture_default_str();
    command.add_option("--ingest-port", arguments->port, "Its ingest port")
        ->type_name("P")
        ->check(CLI::Range(1, 65535))
        ->capture_default_str();
    command
        .add_option("--sample-rate", arguments->rate_hz,
                    "[Hz] sent; the file's own, or 48000 for a sine")
        ->type_name("R")
        ->check(CLI::Range(remote::kIngestMinRateHz, remote::kIngestMaxRateHz));
    command.add_option("--channels", arguments->channels, "Sent; the file's own, or 1 for a sine")
        ->type_name("C")
        ->check(CLI::Range(1, remote::kIngestMaxChannels));
    command
        .add_option(
            "--seconds", arguments->seconds,
            "How long; 0: until Ctrl-C. Without it a file is sent once, a sine until Ctrl-C")
        ->type_name("N")
        ->check(realRange(0.0, 1e6));
    command.add_flag("--resample", arguments->resample,
                     "Convert a file of another rate or other channels");
    return [arguments] { return send(*arguments); };
}

}  // namespace doubletalk::cli
