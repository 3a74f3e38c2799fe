// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/device/riff_header.h"

#include <array>
#include <cstring>
#include <fstream>

namespace doubletalk::device {
namespace {

constexpr std::uint32_t kUnknown = 0xffffffffU;
constexpr int kMaxChunks = 1000;  // a damaged file must not keep us here

std::uint64_t little(const unsigned char* at, int bytes) {
    std::uint64_t value = 0;
    for (int i = bytes - 1; i >= 0; --i) value = value << 8 | at[i];
    return value;
}

bool readBytes(std::ifstream& in, unsigned char* to, std::streamsize n) {
    return bool(in.read(reinterpret_cast<char*>(to), n));
}

}  // namespace

std::optional<RiffHeader> readRiffHeader(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::array<unsigned char, 12> head{};
    if (!readBytes(in, head.data(), 12) || std::memcmp(head.data() + 8, "WAVE", 4) != 0) {
        return std::nullopt;
    }
    const bool rf64 = std::memcmp(head.data(), "RF64", 4) == 0;
    if (!rf64 && std::memcmp(head.data(), "RIFF", 4) != 0) return std::nullopt;

    RiffHeader header;
    std::uint64_t long_data_bytes = 0;
    for (int chunk = 0; chunk < kMaxChunks; ++chunk) {
        std::array<unsigned char, 8> id{};
        if (!readBytes(in, id.data(), 8)) return std::nullopt;
        const std::uint64_t bytes = little(id.data() + 4, 4);
        if (std::memcmp(id.data(), "data", 4) == 0) {
            if (bytes != kUnknown) {
                header.data_bytes = bytes;
            } else if (rf64) {
                header.data_bytes = long_data_bytes;
            }
            return header;
        }
        const std::streamoff start = in.tellg();
        std::array<unsigned char, 16> body{};
        if (bytes >= 16 && readBytes(in, body.data(), 16)) {
            if (std::memcmp(id.data(), "fmt ", 4) == 0) {
                header.frame_bytes = int(little(body.data() + 12, 2));
            } else if (std::memcmp(id.data(), "ds64", 4) == 0) {
                long_data_bytes = little(body.data() + 8, 8);
            }
        }
        in.clear();
        in.seekg(start + std::streamoff(bytes + bytes % 2));
    }
    return std::nullopt;
}

}  // namespace doubletalk::device
