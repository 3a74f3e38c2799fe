// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <QCoreApplication>
#include <chrono>
#include <cmath>
#include <memory>
#include <numbers>
#include <thread>

#include "app/cli/cancel.h"
#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/progress.h"
#include "app/net/ingest_sender.h"
#include "engine/device/audio_file.h"
#include "engine/dsp/pcm16.h"
#include "engine/dsp/resampler.h"

namespace doubletalk::cli {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int kSineRateHz = 48000;
constexpr double kSinePeak = 0.25;  // -12 dBFS
constexpr double kLeadS = 0.05;     // sent ahead of real time
constexpr auto kPause = 5ms;
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

std::string channelsText(int channels) {
    return std::to_string(channels) + (channels == 1 ? " channel" : " channels");
}

std::string formatText(int rate_hz, int channels) {
    return std::to_string(rate_hz) + " Hz, " + channelsText(channels);
}

/// What is sent: a signal that begins again at its end.
class Signal {
public:
    virtual ~Signal() = default;
    virtual void fill(std::int64_t first_frame, std::span<std::int16_t> interleaved) const = 0;
    remote::IngestFormat format;
    std::int64_t frames = 0;  ///< of one round; 0: it has no end
};

class Sine final : public Signal {
public:
    Sine(double hz, const remote::IngestFormat& wanted) : hz_(hz) { format = wanted; }
    void fill(std::int64_t first_frame, std::span<std::int16_t> interleaved) const override {
        std::vector<float> samples(interleaved.size());
        for (std::size_t i = 0; i < samples.size(); ++i) {
            const auto frame = first_frame + std::int64_t(i) / format.channels;
            const double cycles = std::fmod(double(frame) * (hz_ / format.rate_hz), 1.0);
            samples[i] = float(kSinePeak * std::sin(2.0 * std::numbers::pi * cycles));
        }
        dsp::toPcm16(samples, interleaved);
    }

private:
    double hz_;
};

class Clip final : public Signal {
public:
    explicit Clip(const device::AudioData& audio) : samples_(audio.samples.size()) {
        format = {audio.rate_hz, audio.channels};
        frames = audio.frames();
        dsp::toPcm16(audio.samples, samples_);
    }
    void fill(std::int64_t first_frame, std::span<std::int16_t> interleaved) const override {
        auto at = std::size_t(first_frame * format.channels) % samples_.size();
        for (auto& sample : interleaved) {
            sample = samples_[at];
            if (++at == samples_.size()) at = 0;
        }
    }

private:
    std::vector<std::int16_t> samples_;
};

/// One channel becomes all, several become their mean; then the rate.
Result<device::AudioData> converted(const device::AudioData& audio, int rate_hz, int channels) {
    const auto from_channels = std::size_t(audio.channels);
    const auto to_channels = std::size_t(channels);
    std::vector<std::vector<float>> planes(to_channels,
                                           std::vector<float>(std::size_t(audio.frames())));
    for (std::size_t c = 0; c < to_channels; ++c) {
        for (std::size_t i = 0; i < planes[c].size(); ++i) {
            const auto* frame = &audio.samples[i * from_channels];
            float sum = 0.0F;
            for (std::size_t k = 0; k < from_channels; ++k) sum += frame[k];
            planes[c][i] = from_channels == to_channels ? frame[c] : sum / float(from_channels);
        }
        if (rate_hz == audio.rate_hz) continue;
        auto resampled = dsp::resampleAll(planes[c], audio.rate_hz, rate_hz);
        if (!resampled) return tl::unexpected(resampled.error());
        planes[c] = std::move(*resampled);
    }
    device::AudioData result{rate_hz, channels, {}};
    result.samples.reserve(planes[0].size() * to_channels);
    for (std::size_t i = 0; i < planes[0].size(); ++i) {
        for (const auto& plane : planes) result.samples.push_back(plane[i]);
    }
    return result;
}

Result<std::unique_ptr<Signal>> openFile(const SendArguments& arguments) {
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
    if (rate_hz == audio->rate_hz && channels == audio->channels) {
        return std::make_unique<Clip>(*audio);
    }
    if (!arguments.resample) {
        return fail(ErrorKind::usage,
                    "the file has " + formatText(audio->rate_hz, audio->channels) + ", not " +
                        formatText(rate_hz, channels),
                    arguments.wav, "add --resample to convert it");
    }
    auto fitting = converted(*audio, rate_hz, channels);
    if (!fitting) return tl::unexpected(fitting.error());
    return std::make_unique<Clip>(*fitting);
}

Result<std::unique_ptr<Signal>> openSignal(const SendArguments& arguments) {
    if (!arguments.wav.empty()) return openFile(arguments);
    const remote::IngestFormat format{arguments.rate_hz > 0 ? arguments.rate_hz : kSineRateHz,
                                      arguments.channels > 0 ? arguments.channels : 1};
    if (arguments.sine_hz >= format.rate_hz / 2.0) {
        return fail(ErrorKind::usage,
                    "a sine has to be below half of the sample rate, " +
                        std::to_string(format.rate_hz / 2) + " Hz",
                    "--sine", "give a lower one, or a higher --sample-rate");
    }
    return std::make_unique<Sine>(arguments.sine_hz, format);
}

/// Frames to be sent; 0: until somebody ends it.
std::int64_t wantedFrames(const SendArguments& arguments, const Signal& signal) {
    if (arguments.seconds < 0.0) return signal.frames;
    return std::int64_t(std::llround(arguments.seconds * signal.format.rate_hz));
}

/// At the pace of real time. Returns the frames sent.
Result<std::int64_t> sendAll(net::IngestSender& sender, const Signal& signal, std::int64_t wanted) {
    ProgressLine progress("send");
    const auto start = Clock::now();
    std::vector<std::int16_t> samples;
    std::int64_t sent = 0;
    while (wanted == 0 || sent < wanted) {
        const double real_s = std::chrono::duration<double>(Clock::now() - start).count();
        auto due = std::int64_t((real_s + kLeadS) * signal.format.rate_hz);
        if (wanted > 0) due = std::min(due, wanted);
        // At most a second in one piece, so that a pause of the machine is made up for in steps.
        const auto n = std::min<std::int64_t>(due - sent, signal.format.rate_hz);
        samples.resize(std::size_t(n * signal.format.channels));
        signal.fill(sent, samples);
        if (auto ok = sender.send(samples); !ok) return tl::unexpected(ok.error());
        sent += n;
        const bool go_on = wanted > 0
                               ? progress.update(double(sent) / double(wanted))
                               : progress.updateSeconds(double(sent) / signal.format.rate_hz);
        if (!go_on) break;
        std::this_thread::sleep_for(kPause);
    }
    return sent;
}

Result<void> send(const SendArguments& arguments) {
    int argc = 0;
    QCoreApplication application(argc, nullptr);
    auto signal = openSignal(arguments);
    if (!signal) return tl::unexpected(signal.error());
    const auto& format = (*signal)->format;
    net::IngestSender sender;
    if (auto ok = sender.open(arguments.host, std::uint16_t(arguments.port), format); !ok) {
        return ok;
    }
    const auto sent = sendAll(sender, **signal, wantedFrames(arguments, **signal));
    if (!sent) return tl::unexpected(sent.error());
    if (auto ok = sender.finish(); !ok) return ok;
    char seconds[32];
    std::snprintf(seconds, sizeof seconds, "%.2f", double(*sent) / format.rate_hz);
    print(std::string("sent ") + seconds + " s, " + formatText(format.rate_hz, format.channels));
    return {};
}

}  // namespace

Action declareSend(CLI::App& command) {
    auto arguments = std::make_shared<SendArguments>();
    auto* what = command.add_option_group("source", "What is sent")->require_option(1);
    what->add_option("--wav", arguments->wav, "A WAV or FLAC file, again from its start as needed")
        ->type_name("FILE");
    what->add_option("--sine", arguments->sine_hz, "A sine of -12 dBFS")
        ->type_name("HZ")
        ->check(CLI::Range(1.0, 24000.0));
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
        ->check(CLI::Range(0.0, 1e6));
    command.add_flag("--resample", arguments->resample,
                     "Convert a file of another rate or other channels");
    return [arguments] { return send(*arguments); };
}

}  // namespace doubletalk::cli
