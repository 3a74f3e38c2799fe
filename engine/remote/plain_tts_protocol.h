// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>

#include "engine/remote/tts_protocol.h"

namespace doubletalk::remote {

/// Raw samples for services that have nothing better. Client: {"text", "id", "voice"} and
/// {"cancel": id}. Server: {"id", "sample_rate", "format": "s16le" or "f32le"}, binary messages of
/// any size, {"id", "word", "at_ms"}, then {"id", "done": true}, {"id", "cancelled": true} or
/// {"id", "error": why}. Binary messages belong to the newest header.
class PlainTtsClient final : public TtsClientProtocol {
public:
    void open(std::vector<Message>& out) override;
    [[nodiscard]] Result<void> speak(const std::string& id, const std::string& text,
                                     const std::string& voice, std::vector<Message>& out) override;
    void cancel(const std::string& id, std::vector<Message>& out) override;
    void receive(const MessageView& message, std::vector<TtsEvent>& out) override;

private:
    enum class Format : std::uint8_t { none, s16le, f32le };
    /// wanted → cancelled when we gave it up; removed at its end.
    enum class Use : std::uint8_t { wanted, cancelled };

    void receiveAudio(std::string_view bytes, std::vector<TtsEvent>& out);
    void receiveText(std::string_view text, std::vector<TtsEvent>& out);
    void finish(const std::string& id, TtsEvent end, std::vector<TtsEvent>& out);
    void stopStream();

    std::map<std::string, Use> uses_;
    std::string stream_id_;  ///< whose audio comes
    Format format_ = Format::none;
    int rate_hz_ = 0;
    std::string part_;  ///< bytes of a sample that is not whole yet
};

class PlainTtsServer final : public TtsServerProtocol {
public:
    void receive(const MessageView& message, std::vector<TtsRequest>& out) override;
    [[nodiscard]] Message started(const std::string& id, int rate_hz) override;
    [[nodiscard]] Message audio(std::span<const float> samples) override;
    [[nodiscard]] Message word(const SpeechWord& word) override;
    [[nodiscard]] Message done(const std::string& id) override;
    [[nodiscard]] Message cancelled(const std::string& id) override;
    [[nodiscard]] Message failed(const std::string& id, const std::string& what) override;
};

}  // namespace doubletalk::remote
