// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <memory>
#include <optional>

#include "app/cli/cancel.h"
#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/progress.h"
#include "engine/codec/codec_nodes.h"
#include "engine/flow/runner.h"

namespace doubletalk::cli {
namespace {

using codec::MediaFileReader;
using codec::MediaFileWriter;
using codec::MediaKind;

constexpr std::string_view kStream = "-";

struct MediaArguments {
    std::string in, out;
    std::string codec;
    int bitrate_bps = 128'000;
    int chunk_samples = 0;
    int rate_hz = 0;
    int channels = 0;
    int bits = 0;  ///< 0: as many as the input has
    bool json = false;
};

codec::MediaSource standardInput() {
    codec::MediaSource source;
    source.read = [](std::span<std::byte> to) -> std::int64_t {
        for (;;) {
            if (cancelRequested()) return -1;
            const auto got = ::read(STDIN_FILENO, to.data(), to.size());
            if (got >= 0 || errno != EINTR) return got;
        }
    };
    return source;
}

codec::MediaSink standardOutput() {
    codec::MediaSink sink;
    sink.write = [](std::span<const std::byte> from) {
        while (!from.empty()) {
            const auto put = ::write(STDOUT_FILENO, from.data(), from.size());
            if (put < 0 && errno == EINTR && !cancelRequested()) continue;
            if (put < 0) return false;
            from = from.subspan(std::size_t(put));
        }
        return true;
    };
    return sink;
}

Result<std::unique_ptr<MediaFileReader>> openInput(const MediaArguments& arguments) {
    const codec::MediaReaderOptions options{arguments.rate_hz, arguments.channels, 0};
    if (arguments.in != kStream) return MediaFileReader::open(arguments.in, options);
    return MediaFileReader::open(standardInput(), "standard input", options);
}

Result<std::unique_ptr<MediaFileWriter>> openOutput(const MediaArguments& arguments,
                                                    const MediaKind& kind,
                                                    const codec::MediaInfo& input) {
    const bool flac = kind.codec == codec::CodecId::flac;
    const int own_bits = flac ? std::min(input.bits, 24) : input.bits;
    const codec::MediaWriterOptions options{.kind = &kind,
                                            .rate_hz = input.rate_hz,
                                            .channels = input.channels,
                                            .bitrate_bps = arguments.bitrate_bps,
                                            .bits = arguments.bits > 0 ? arguments.bits : own_bits,
                                            .chunk_samples = arguments.chunk_samples};
    if (arguments.out != kStream) return MediaFileWriter::open(arguments.out, options);
    return MediaFileWriter::open(standardOutput(), "standard output", options);
}

/// What --codec and the name of the output say together.
Result<const MediaKind*> outputKind(const MediaArguments& arguments, std::string_view name) {
    if (!name.empty()) return codec::mediaKindNamed(name);
    if (arguments.out != kStream) {
        auto kind = codec::mediaKindOf(arguments.out);
        if (!kind) kind.error().hint += ", or say which with --codec";
        return kind;
    }
    return fail(ErrorKind::usage, "standard output has no ending that says what to write",
                "--codec", "add --codec mp3, or another one");
}

Result<void> checkStreams(const MediaArguments& arguments) {
    if (arguments.out != kStream) return {};
    if (arguments.json) {
        return fail(ErrorKind::usage, "the audio and the object cannot both go there",
                    "standard output", "give a file, or leave --json out");
    }
    if (isatty(STDOUT_FILENO) == 1) {
        return fail(ErrorKind::usage, "this is a terminal, not a place for audio",
                    "standard output", "send it somewhere with > or |");
    }
    return {};
}

/// The input is what --codec said it is.
Result<void> checkInput(const MediaArguments& arguments, const codec::MediaInfo& info) {
    if (arguments.codec.empty()) return {};
    const auto kind = codec::mediaKindNamed(arguments.codec);
    if (!kind) return tl::unexpected(kind.error());
    const std::string_view name = (*kind)->name;
    const std::string_view wanted = name == "m4a" ? "mov" : name == "opus" ? "ogg" : name;
    if (std::string_view(info.format).starts_with(wanted)) return {};
    return fail(ErrorKind::format,
                fmt::format("this is {} in {}, not {}", info.codec, info.format, (*kind)->label),
                arguments.in == kStream ? "standard input" : arguments.in,
                "leave --codec out, or give another input");
}

/// Nobody asked for the input's own rate: that it cannot be written is no wrong usage.
Result<void> checkOwnRate(const MediaArguments& arguments, const MediaKind& kind, int rate_hz) {
    const int near_hz = std::clamp(rate_hz, codec::kMinWrittenRateHz, codec::kMaxWrittenRateHz);
    if (arguments.rate_hz > 0 || rate_hz == near_hz) return {};
    return fail(ErrorKind::unsupported,
                fmt::format("the input has {} Hz, {} is written at {} to {} Hz", rate_hz,
                            kind.label, codec::kMinWrittenRateHz, codec::kMaxWrittenRateHz),
                arguments.in == kStream ? "standard input" : arguments.in,
                fmt::format("resample it with --rate {}", near_hz));
}

void report(const MediaArguments& arguments, const codec::MediaInfo& from,
            const codec::MediaWriter& writer, const MediaKind& to, std::int64_t frames,
            double wall_s) {
    const double seconds = double(frames) / from.rate_hz;
    const auto bytes = writer.bytesWritten();
    if (arguments.json) {
        printJson({{"in_codec", from.codec},
                   {"out_codec", to.name},
                   {"rate_hz", from.rate_hz},
                   {"coded_rate_hz", writer.codedRateHz()},
                   {"channels", from.channels},
                   {"frames", frames},
                   {"seconds", seconds},
                   {"bytes", bytes},
                   {"bitrate_bps", 8.0 * double(bytes) / seconds},
                   {"real_time_factor", wall_s / seconds}});
        return;
    }
    const auto text = fmt::format("{} -> {}: {:.3f} s, {} Hz, {} {}, {} bytes ({:.0f} kbit/s)",
                                  from.codec, to.label, seconds, from.rate_hz, from.channels,
                                  from.channels == 1 ? "channel" : "channels", bytes,
                                  8.0 * double(bytes) / seconds / 1000.0);
    arguments.out == kStream ? note(text) : print(text);
}

/// From the reader to the writer, with progress, until the end or a cancel.
Result<std::int64_t> carry(const MediaArguments& arguments, MediaFileReader& reader,
                           MediaFileWriter& writer, const char* verb) {
    ProgressLine progress(verb);
    flow::RunOptions options;
    options.cancel = &cancelFlag();
    options.flush_on_cancel = false;
    options.progress_every_items = 10;
    if (arguments.in != kStream) {
        options.progress = [&](const flow::RunCounts&) {
            (void)progress.update(reader.media().doneRatio());  // the run sees a cancel by itself
        };
    }
    const auto counts = flow::Runner::run(reader, writer, options);
    if (cancelRequested() && (!counts || counts->cancelled)) return cancelled(verb);
    if (!counts) return tl::unexpected(counts.error());
    return counts->frames_out;
}

Result<void> convert(const MediaArguments& arguments, std::string_view out_name, bool check_in,
                     const char* verb) {
    if (auto checked = checkStreams(arguments); !checked) return checked;
    const auto kind = outputKind(arguments, out_name);
    if (!kind) return tl::unexpected(kind.error());
    const auto reader = openInput(arguments);
    if (!reader && cancelRequested()) return cancelled(verb);
    if (!reader) return tl::unexpected(reader.error());
    const codec::MediaInfo& info = (*reader)->media().info();
    if (check_in) {
        if (auto checked = checkInput(arguments, info); !checked) return checked;
    }
    if (auto checked = checkOwnRate(arguments, **kind, info.rate_hz); !checked) return checked;
    const auto writer = openOutput(arguments, **kind, info);
    if (!writer) return tl::unexpected(writer.error());
    const auto start = std::chrono::steady_clock::now();
    const auto frames = carry(arguments, **reader, **writer, verb);
    if (!frames) return tl::unexpected(frames.error());
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    report(arguments, info, (*writer)->media(), **kind, *frames, wall.count());
    return {};
}

void addCommon(CLI::App& command, MediaArguments& arguments, const char* in, const char* out) {
    command.add_option("in", arguments.in, in)->type_name("IN")->required();
    command.add_option("out", arguments.out, out)->type_name("OUT")->required();
    command
        .add_option("--rate", arguments.rate_hz, "Resample to so many Hz (default: the input's)")
        ->type_name("HZ")
        ->check(CLI::Range(codec::kMinWrittenRateHz, codec::kMaxWrittenRateHz));
    command
        .add_option("--channels", arguments.channels,
                    "1: the mean of all; 2: both sides, one twice, more by the downmix of ITU-R "
                    "BS.775 (default: the input's)")
        ->type_name("N")
        ->check(CLI::Range(1, 2));
    command.add_flag("--json", arguments.json, "Print the result as one JSON object");
}

}  // namespace

Action declareEncode(CLI::App& command) {
    auto arguments = std::make_shared<MediaArguments>();
    addCommon(command, *arguments, "Audio file of any kind, or - for standard input",
              "Where the result goes; its ending says what is written; - for standard output");
    command
        .add_option("--codec", arguments->codec,
                    "wav, flac, mp3, aac, m4a, opus (default: what OUT ends in)")
        ->type_name("NAME");
    command
        .add_option("--bitrate", arguments->bitrate_bps,
                    "Bits a second of mp3, aac, m4a, opus (default: 128000)")
        ->type_name("BPS");
    command
        .add_option("--chunk-samples", arguments->chunk_samples,
                    "Samples of a coded frame: opus 2.5 to 60 ms, flac 16 to 65535, aac 1024, mp3 "
                    "1152 (default: the codec's own)")
        ->type_name("N")
        ->check(CLI::Range(1, 65'535));
    return [arguments] { return convert(*arguments, arguments->codec, false, "encode"); };
}

Action declareDecode(CLI::App& command) {
    auto arguments = std::make_shared<MediaArguments>();
    addCommon(command, *arguments, "Audio file of any kind, or - for standard input",
              "Where the PCM goes: .wav or .flac; - for WAV on standard output");
    command
        .add_option("--codec", arguments->codec,
                    "What IN has to be: wav, flac, mp3, aac, m4a, opus (default: found out)")
        ->type_name("NAME");
    command
        .add_option("--bits", arguments->bits,
                    "16, 24, for WAV also 32 (float) (default: the input's)")
        ->type_name("N")
        ->check(CLI::IsMember({16, 24, 32}));
    return [arguments]() -> Result<void> {
        const std::string_view name = arguments->out == kStream ? "wav" : "";
        return convert(*arguments, name, true, "decode");
    };
}

}  // namespace doubletalk::cli
