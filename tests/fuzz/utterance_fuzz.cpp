// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/voice/utterance_file.h"
#include "tests/fuzz/fuzz_input.h"

using namespace doubletalk;

namespace {

/// Ref: Fowler, Noll & Vo, FNV-1a.
std::string checksum(std::string_view bytes) {
    std::uint64_t h = 0xcbf29ce484222325ULL;
    for (const char c : bytes) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    std::string text;
    for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[h >> shift & 15];
    return text;
}

void check(const std::string& bytes, const voice::UtteranceKey& key) {
    const MemoryFile file({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
    const auto utterance = voice::readUtterance(file.path(), key);
    if (!utterance) {
        require(utterance.error().kind >= ErrorKind::usage &&
                utterance.error().kind <= ErrorKind::internal);
        return;
    }
    require(utterance->rate_hz > 0);
    for (const auto& word : utterance->words) require(std::isfinite(word.at_ms));
    for (const float x : utterance->samples) require(x >= -1.0F && x < 1.0F);
}

}  // namespace

/// A rendered utterance: as it is, and with the checksum of whatever body it has
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(textOf(data, size));
    voice::UtteranceKey key{"hi", "en", "1"};
    check(bytes, key);
    const auto end = bytes.find('\n');
    if (end == std::string::npos) return 0;
    auto head = nlohmann::json::parse(bytes.substr(0, end), nullptr, false);
    if (!head.is_object()) return 0;
    const auto text = [&](const char* name, std::string& into) {
        if (head.contains(name) && head[name].is_string()) into = head[name].get<std::string>();
    };
    text("text", key.text);
    text("voice", key.voice);
    text("version", key.version);
    const auto body = bytes.substr(end + 1);
    head["checksum"] = checksum(body);
    using Handler = nlohmann::json::error_handler_t;
    check(head.dump(-1, ' ', true, Handler::replace) + "\n" + body, key);
    return 0;
}
