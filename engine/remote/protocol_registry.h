// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "engine/core/result.h"
#include "engine/remote/stt_protocol.h"
#include "engine/remote/tts_protocol.h"

namespace doubletalk::remote {

/// One row per wire protocol; adding one is a file pair and a row. A null side does not exist.
struct ProtocolRow {
    std::string_view name;
    std::string_view label;
    std::string_view default_url;
    std::unique_ptr<SttClientProtocol> (*stt_client)() = nullptr;
    std::unique_ptr<SttServerProtocol> (*stt_server)() = nullptr;
    std::unique_ptr<TtsClientProtocol> (*tts_client)() = nullptr;
    std::unique_ptr<TtsServerProtocol> (*tts_server)() = nullptr;
};

[[nodiscard]] std::span<const ProtocolRow> protocols();
/// Null when there is none of that name.
[[nodiscard]] const ProtocolRow* findProtocol(std::string_view name);
/// Errors: usage (unknown, or it has no such side; the possible ones are listed).
[[nodiscard]] Result<std::unique_ptr<SttClientProtocol>> createSttClient(std::string_view name);
[[nodiscard]] Result<std::unique_ptr<TtsClientProtocol>> createTtsClient(std::string_view name);

}  // namespace doubletalk::remote
