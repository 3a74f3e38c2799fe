// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/voice/utterance_file.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <string_view>

#include "engine/core/random.h"

namespace doubletalk::voice {
namespace {

using Json = nlohmann::json;

constexpr int kFormat = 1;
constexpr int kLeastRateHz = 1000;
constexpr int kMostRateHz = 192'000;

std::string hex(std::uint64_t value) {
    std::string text;
    for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[value >> shift & 15];
    return text;
}

/// Ref: Fowler, Noll & Vo, FNV-1a.
std::uint64_t checksum(std::string_view bytes) {
    std::uint64_t h = 0xcbf29ce484222325ULL;
    for (const char c : bytes) {
        h ^= static_cast<unsigned char>(c);
        h *= 0x100000001b3ULL;
    }
    return h;
}

std::string pack(const std::vector<float>& samples) {
    std::string bytes;
    bytes.reserve(samples.size() * 2);
    for (const float x : samples) {
        const auto value = std::clamp(std::lround(double(x) * 32768.0), -32768L, 32767L);
        const auto word = std::uint16_t(std::int16_t(value));
        bytes += char(word & 0xff);
        bytes += char(word >> 8);
    }
    return bytes;
}

std::vector<float> unpack(std::string_view bytes) {
    std::vector<float> samples(bytes.size() / 2);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const auto low = static_cast<unsigned char>(bytes[2 * i]);
        const auto high = static_cast<unsigned char>(bytes[2 * i + 1]);
        samples[i] = float(std::int16_t(std::uint16_t(low | high << 8))) / 32768.0F;
    }
    return samples;
}

tl::unexpected<Error> damaged(const std::filesystem::path& file) {
    return fail(ErrorKind::format, "the rendered utterance is damaged", file.string(),
                "delete the file; it is rendered again");
}

/// A whole number that fits.
bool isSmall(const Json& value) {
    return value.is_number_integer() && value >= 0 && value <= std::numeric_limits<int>::max();
}

Result<Utterance> fromHeader(const Json& head, std::string_view body, const UtteranceKey& key,
                             const std::filesystem::path& file) {
    const UtteranceKey found{head.at("text"), head.at("voice"), head.at("version")};
    if (head.at("format") != kFormat || found != key) return damaged(file);
    if (head.at("checksum") != hex(checksum(body)) || body.size() % 2 != 0) return damaged(file);
    Utterance utterance;
    const auto& rate = head.at("rate_hz");
    if (!rate.is_number_integer() || rate < kLeastRateHz || rate > kMostRateHz) {
        return damaged(file);
    }
    utterance.rate_hz = rate;
    for (const auto& word : head.at("words")) {
        if (!word.at(0).is_number() || !isSmall(word.at(1)) || !isSmall(word.at(2))) {
            return damaged(file);
        }
        utterance.words.push_back({word.at(0), word.at(1), word.at(2)});
    }
    utterance.samples = unpack(body);
    return utterance;
}

Result<void> writeBytes(const std::filesystem::path& file, const std::string& bytes) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), std::streamsize(bytes.size()));
    out.close();
    if (!out) {
        return fail(ErrorKind::io, "the rendered utterance cannot be written", file.string(),
                    "check the folder and that the disk is not full");
    }
    return {};
}

}  // namespace

std::string UtteranceKey::hash() const {
    const std::string all = version + '\n' + voice + '\n' + text;
    return hex(deriveSeed(1, all.c_str())) + hex(deriveSeed(2, all.c_str()));
}

Result<Utterance> readUtterance(const std::filesystem::path& file, const UtteranceKey& key) {
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        return fail(ErrorKind::not_found, "there is no such rendered utterance", file.string());
    }
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    const auto end = bytes.find('\n');
    if (end == std::string::npos) return damaged(file);
    try {
        const Json head = Json::parse(bytes.substr(0, end));
        if (head.contains("error")) {
            const auto& kind = head.at("kind");
            if (!isSmall(kind) || kind > int(ErrorKind::internal)) return damaged(file);
            return fail(ErrorKind(kind.get<int>()), head.at("error"), head.at("where"),
                        head.at("hint"));
        }
        return fromHeader(head, std::string_view(bytes).substr(end + 1), key, file);
    } catch (const Json::exception&) {
        return damaged(file);
    }
}

Result<void> writeUtterance(const std::filesystem::path& file, const UtteranceKey& key,
                            const Utterance& utterance) {
    const std::string body = pack(utterance.samples);
    Json words = Json::array();
    for (const auto& w : utterance.words) words.push_back({w.at_ms, w.text_position, w.length});
    const Json head = {{"format", kFormat},
                       {"text", key.text},
                       {"voice", key.voice},
                       {"version", key.version},
                       {"rate_hz", utterance.rate_hz},
                       {"words", words},
                       {"checksum", hex(checksum(body))}};
    return writeBytes(file, head.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n" + body);
}

Result<void> writeUtteranceError(const std::filesystem::path& file, const Error& error) {
    const Json head = {{"error", error.what},
                       {"kind", int(error.kind)},
                       {"where", error.where},
                       {"hint", error.hint}};
    return writeBytes(file, head.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n");
}

}  // namespace doubletalk::voice
