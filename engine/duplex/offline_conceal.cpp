// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/offline_conceal.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <new>
#include <sstream>

#include "engine/core/packet.h"
#include "engine/flow/adapters.h"
#include "engine/flow/memory_nodes.h"
#include "engine/jitter/concealer_registry.h"

namespace doubletalk::duplex {
namespace {

constexpr std::array kStreamRatesHz{16000, 8000, 24000, 32000, 48000};
constexpr std::uintmax_t kMostListBytes = 64U << 20U;
constexpr std::size_t kReadBytes = 1U << 16U;

/// The concealer as a stage that forgets the lost frames.
struct LossStage {
    std::unique_ptr<jitter::Concealer> concealer;
    std::vector<char> lost;  ///< a value a frame
    std::size_t frame = 0;

    void process(flow::PcmBlock& block, std::span<float> out) noexcept {
        const bool missing = lost[frame++] != 0;
        concealer->process(missing ? std::span<const float>() : block.samples, out);
        block.concealed = missing;
    }
};

tl::unexpected<Error> listTooLong(const std::filesystem::path& file) {
    return fail(ErrorKind::format, "a list of lost frames has 64 MiB at most", file.string(),
                "give a text file with a frame number a line");
}

Result<std::vector<std::int64_t>> readLostFrames(const std::filesystem::path& file) try {
    std::error_code code;
    if (std::filesystem::is_directory(file, code)) {
        return fail(ErrorKind::format, "is a folder, not a list of lost frames", file.string(),
                    "give a text file with a frame number a line");
    }
    const auto bytes = std::filesystem::file_size(file, code);
    if (!code && bytes > kMostListBytes) return listTooLong(file);
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        return fail(ErrorKind::not_found, "cannot open the list of lost frames", file.string(),
                    "check the path and the permissions");
    }
    // A pipe has no size that is known before.
    std::string text;
    std::array<char, kReadBytes> piece{};
    while (in.read(piece.data(), piece.size()), in.gcount() > 0) {
        text.append(piece.data(), std::size_t(in.gcount()));
        if (text.size() > kMostListBytes) return listTooLong(file);
    }
    return parseLostFrames(text, file.string());
} catch (const std::bad_alloc&) {
    return fail(ErrorKind::io, "not enough memory for a list of lost frames as long as this",
                file.string(), "give a shorter list, or free some memory");
}

}  // namespace

Result<std::vector<std::int64_t>> parseLostFrames(const std::string& text,
                                                  const std::string& where) {
    std::vector<std::int64_t> frames;
    std::istringstream lines(text);
    std::string line;
    for (std::int64_t number = 1; std::getline(lines, line); ++number) {
        const auto from = line.find_first_not_of(" \t\r");
        if (from == std::string::npos || line[from] == '#') continue;
        const auto to = line.find_last_not_of(" \t\r") + 1;
        std::int64_t frame = -1;
        const auto [end, error] = std::from_chars(line.data() + from, line.data() + to, frame);
        if (error != std::errc() || end != line.data() + to || frame < 0) {
            return fail(ErrorKind::format, "is no frame number: '" + line.substr(0, 40) + "'",
                        where + " line " + std::to_string(number),
                        "write one whole number from 0 a line");
        }
        frames.push_back(frame);
    }
    return frames;
}

Result<OfflineConcealReport> concealFile(const OfflineConcealOptions& options) try {
    OfflineConcealReport report;
    if (auto ok = checkWritable(options.out); !ok) return tl::unexpected(ok.error());
    LossStage stage;
    auto concealer = jitter::createConcealer(options.settings.loss.concealer);
    if (!concealer) return tl::unexpected(concealer.error());
    stage.concealer = std::move(*concealer);
    const auto lost = readLostFrames(options.lost);
    if (!lost) return tl::unexpected(lost.error());
    auto input = readForEngine(options.in, kStreamRatesHz, report.notes);
    if (!input) return tl::unexpected(input.error());
    const StreamFormat format{input->rate, options.frame_ms};
    if (auto ok = stage.concealer->prepare(format, options.settings.loss); !ok) {
        return tl::unexpected(ok.error());
    }

    const auto length = std::int64_t(input->samples.size());
    const std::int64_t frame = format.frameFrames();
    report.frames = (length + frame - 1) / frame;
    stage.lost.assign(std::size_t(report.frames), 0);
    std::int64_t beyond = 0;
    for (const auto number : *lost) {
        if (number < report.frames) stage.lost[std::size_t(number)] = 1;
        beyond += number >= report.frames ? 1 : 0;
    }
    if (beyond > 0) {
        report.notes.push_back(options.lost.string() + ": " + std::to_string(beyond) +
                               " frame numbers lie beyond the end of the file (" +
                               std::to_string(report.frames) + " frames)");
    }
    auto padded = input->samples;
    padded.resize(std::size_t(report.frames * frame), 0.0F);
    const auto padded_frames = std::int64_t(padded.size());
    flow::VectorReader reader(std::move(padded), input->rate, int(frame));
    flow::VectorWriter writer{std::size_t(padded_frames)};
    const auto node = flow::makeStageNode(
        "conceal", stage,
        [](LossStage& self, flow::PcmBlock& pcm, std::span<float> out) noexcept {
            self.process(pcm, out);
        },
        int(frame));
    const auto time = runOffline(reader, *node, writer, padded_frames, options.progress);
    if (!time) return tl::unexpected(time.error());

    if (auto ok = writeLike(options.out, withoutLag(writer.samples(), 0, length), *input); !ok) {
        return tl::unexpected(ok.error());
    }
    report.concealer = std::string(stage.concealer->name());
    for (std::size_t i = 0; i < stage.lost.size(); ++i) {
        report.lost += stage.lost[i];
        report.concealment_events += stage.lost[i] != 0 && (i == 0 || stage.lost[i - 1] == 0);
    }
    report.concealed_ratio = double(report.lost) / double(report.frames);
    report.seconds = double(length) / input->rate.hz;
    report.real_time_factor = *time / report.seconds;
    return report;
} catch (const std::bad_alloc&) {
    return outOfMemory(options.in);
}

}  // namespace doubletalk::duplex
