// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/core/result.h"
#include "engine/remote/message.h"

namespace doubletalk::remote {

/// The service begins to send an utterance.
struct SpeechStarted {
    std::string id;
    int rate_hz = 0;
};
/// The next samples of an utterance, ±1.0.
struct SpeechAudio {
    std::string id;
    int rate_hz = 0;
    std::vector<float> samples;
};
struct SpeechWord {
    std::string id;
    std::string word;
    double at_ms = 0.0;  ///< [ms] from the first sample of the utterance
};
struct SpeechDone {
    std::string id;
};
struct SpeechCancelled {
    std::string id;
};
/// The service cannot speak it.
struct SpeechFailed {
    std::string id;
    std::string what;
};
using TtsEvent = std::variant<SpeechStarted, SpeechAudio, SpeechWord, SpeechDone, SpeechCancelled,
                              SpeechFailed, Fault>;

/// Client side of a text-to-speech protocol. Thread: net.
class TtsClientProtocol {
public:
    virtual ~TtsClientProtocol() = default;
    /// A new connection: what was under way is forgotten.
    virtual void open(std::vector<Message>& out) = 0;
    /// Errors: usage (no text, an id that is still in use).
    [[nodiscard]] virtual Result<void> speak(const std::string& id, const std::string& text,
                                             const std::string& voice,
                                             std::vector<Message>& out) = 0;
    /// From now on no event of this utterance but its end. Nothing when it is not under way.
    virtual void cancel(const std::string& id, std::vector<Message>& out) = 0;
    virtual void receive(const MessageView& message, std::vector<TtsEvent>& out) = 0;
};

struct SpeakRequest {
    std::string id;
    std::string text;
    std::string voice;  ///< empty: the service's own choice
};
struct CancelRequest {
    std::string id;
};
using TtsRequest = std::variant<SpeakRequest, CancelRequest, Fault>;

/// Server side. One utterance at a time: started, audio and words, then done, cancelled or failed.
/// Thread: net.
class TtsServerProtocol {
public:
    virtual ~TtsServerProtocol() = default;
    virtual void receive(const MessageView& message, std::vector<TtsRequest>& out) = 0;
    [[nodiscard]] virtual Message started(const std::string& id, int rate_hz) = 0;
    [[nodiscard]] virtual Message audio(std::span<const float> samples) = 0;
    [[nodiscard]] virtual Message word(const SpeechWord& word) = 0;
    [[nodiscard]] virtual Message done(const std::string& id) = 0;
    [[nodiscard]] virtual Message cancelled(const std::string& id) = 0;
    /// id may be empty: a request that could not be read.
    [[nodiscard]] virtual Message failed(const std::string& id, const std::string& what) = 0;
};

}  // namespace doubletalk::remote
