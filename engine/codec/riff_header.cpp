// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/riff_header.h"

#include <algorithm>
#include <array>
#include <fstream>

#include "engine/codec/framer.h"

namespace doubletalk::codec {
namespace {

constexpr std::uint32_t kUnknown = 0xffffffffU;
constexpr int kMaxChunks = 1000;  // a damaged file must not keep us here
constexpr std::size_t kFormatBytes = 26;
constexpr std::uint64_t kMostFrames = std::uint64_t(1) << 50;  // can be counted at any rate
constexpr unsigned kExtensible = 0xfffe;
constexpr std::array kSampleTags{1U, 3U, 6U, 7U};  // PCM, float, A-law, mu-law

/// How the chunks of a kind of file are laid out.
struct Layout {
    std::size_t name_bytes;  ///< of a chunk
    std::size_t size_bytes;  ///< of the size behind the name
    std::size_t align_bytes;
    bool size_counts_head;
    std::uint64_t first_chunk;
};
constexpr Layout kRiff{4, 4, 2, false, 12};
constexpr Layout kWave64{16, 8, 8, true, 40};
constexpr std::size_t kMostHeadBytes = 24;

std::optional<Layout> layoutOf(const ReadAt& read) {
    std::array<std::byte, kWave64.first_chunk> head{};
    const auto bytes = std::span<const std::byte>(head).first(read(0, head));
    if (bytes.size() < kRiff.first_chunk) return std::nullopt;
    if ((startsWith(bytes, "RIFF") || startsWith(bytes, "RF64")) &&
        startsWith(bytes.subspan(8), "WAVE")) {
        return kRiff;
    }
    if (bytes.size() < head.size()) return std::nullopt;
    const bool wave64 = startsWith(bytes, "riff") && startsWith(bytes.subspan(24), "wave");
    return wave64 ? std::optional(kWave64) : std::nullopt;
}

void takeFormat(std::span<const std::byte> body, RiffHeader& header) {
    auto tag = unsigned(littleEndian(body.first(2)));
    if (tag == kExtensible && body.size() >= kFormatBytes) {
        tag = unsigned(littleEndian(body.subspan(24, 2)));
    }
    header.frame_bytes = int(littleEndian(body.subspan(12, 2)));
    header.compressed = std::find(kSampleTags.begin(), kSampleTags.end(), tag) == kSampleTags.end();
}

}  // namespace

std::optional<std::int64_t> RiffHeader::frames() const {
    if (!data_bytes || frame_bytes < 1 || compressed) return std::nullopt;
    return std::int64_t(std::min(*data_bytes / std::uint64_t(frame_bytes), kMostFrames));
}

std::optional<RiffHeader> readRiffHeader(const ReadAt& read) {
    const auto layout = layoutOf(read);
    if (!layout) return std::nullopt;
    const std::size_t head_bytes = layout->name_bytes + layout->size_bytes;
    RiffHeader header;
    std::optional<std::uint64_t> long_data_bytes;
    std::uint64_t at = layout->first_chunk;
    for (int chunk = 0; chunk < kMaxChunks; ++chunk) {
        std::array<std::byte, kMostHeadBytes> head{};
        if (read(at, std::span(head).first(head_bytes)) < head_bytes) return std::nullopt;
        auto size = littleEndian(std::span(head).subspan(layout->name_bytes, layout->size_bytes));
        if (layout->size_counts_head) size -= std::min<std::uint64_t>(size, head_bytes);
        at += head_bytes;
        if (startsWith(head, "data")) {
            header.data_bytes = size;
            if (layout->size_bytes == 4 && size == kUnknown) header.data_bytes = long_data_bytes;
            return header;
        }
        std::array<std::byte, kFormatBytes> body{};
        const auto there = std::span<const std::byte>(body).first(
            read(at, std::span(body).first(std::min<std::uint64_t>(size, body.size()))));
        if (there.size() >= 16 && startsWith(head, "fmt ")) takeFormat(there, header);
        if (there.size() >= 16 && startsWith(head, "ds64")) {
            long_data_bytes = littleEndian(there.subspan(8, 8));
        }
        const std::uint64_t padding = layout->align_bytes - 1;
        if (size > std::uint64_t(1) << 62) return std::nullopt;
        at += (size + padding) / layout->align_bytes * layout->align_bytes;
    }
    return std::nullopt;
}

std::optional<RiffHeader> readRiffHeader(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return readRiffHeader([&](std::uint64_t position, std::span<std::byte> to) {
        in.clear();
        in.seekg(std::streamoff(position));
        in.read(reinterpret_cast<char*>(to.data()), std::streamsize(to.size()));
        return std::size_t(std::max<std::streamsize>(in.gcount(), 0));
    });
}

}  // namespace doubletalk::codec
