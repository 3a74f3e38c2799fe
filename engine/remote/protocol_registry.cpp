// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/remote/protocol_registry.h"

#include <algorithm>
#include <array>
#include <string>

#include "engine/remote/float_stt_protocol.h"
#include "engine/remote/plain_tts_protocol.h"

namespace doubletalk::remote {
namespace {

template <class Base, class P>
std::unique_ptr<Base> make() {
    return std::make_unique<P>();
}

constexpr std::array kProtocols = {
    ProtocolRow{.name = "float_stt",
                .label = "Speech to text, float32 16 kHz",
                .default_url = "ws://localhost:8765",
                .stt_client = &make<SttClientProtocol, FloatSttClient>,
                .stt_server = &make<SttServerProtocol, FloatSttServer>},
    ProtocolRow{.name = "plain_tts",
                .label = "Text to speech, plain PCM",
                .default_url = "ws://localhost:8766",
                .tts_client = &make<TtsClientProtocol, PlainTtsClient>,
                .tts_server = &make<TtsServerProtocol, PlainTtsServer>},
};

template <class Base>
Result<std::unique_ptr<Base>> create(std::string_view name, std::string_view what,
                                     std::unique_ptr<Base> (*ProtocolRow::*side)()) {
    std::string known;
    for (const auto& row : kProtocols) {
        if (row.*side == nullptr) continue;
        if (row.name == name) return (row.*side)();
        known += (known.empty() ? "" : ", ") + std::string(row.name);
    }
    return fail(ErrorKind::usage,
                "unknown " + std::string(what) + " protocol '" + std::string(name) + "'", {},
                "known: " + known);
}

}  // namespace

std::span<const ProtocolRow> protocols() { return kProtocols; }

const ProtocolRow* findProtocol(std::string_view name) {
    const auto* at = std::find_if(kProtocols.begin(), kProtocols.end(),
                                  [&](const ProtocolRow& row) { return row.name == name; });
    return at == kProtocols.end() ? nullptr : at;
}

Result<std::unique_ptr<SttClientProtocol>> createSttClient(std::string_view name) {
    return create(name, "speech-to-text", &ProtocolRow::stt_client);
}

Result<std::unique_ptr<TtsClientProtocol>> createTtsClient(std::string_view name) {
    return create(name, "text-to-speech", &ProtocolRow::tts_client);
}

}  // namespace doubletalk::remote
