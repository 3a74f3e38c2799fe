// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/core/result.h"

namespace doubletalk::voice {

struct WordMark {
    double at_ms = 0.0;
    int text_position = 0;  ///< character, from 0
    int length = 0;
};

struct Utterance {
    int rate_hz = 22050;
    std::vector<float> samples;
    std::vector<WordMark> words;
};

/// One piece of speech as it is made.
struct SpeechChunk {
    int rate_hz = 22050;
    std::span<const float> samples;   ///< valid during the call
    std::span<const WordMark> words;  ///< words that begin in or before this piece, each once
};

/// Takes pieces in order; false stops the synthesis at once.
using SpeechSink = std::function<bool(const SpeechChunk&)>;

/// Speech synthesis. Thread: speech (one owner).
class Synthesizer {
public:
    virtual ~Synthesizer() = default;
    /// Errors: usage (no text, unknown voice), internal.
    [[nodiscard]] virtual Result<Utterance> speak(const std::string& text,
                                                  const std::string& voice) = 0;
    /// The same, piece by piece (about 50 ms each). Being stopped by the sink is no error.
    [[nodiscard]] virtual Result<void> speakStreaming(const std::string& text,
                                                      const std::string& voice,
                                                      const SpeechSink& sink) = 0;
};

/// libespeak-ng in this process: quick, but its audio varies from call to call. Several may exist;
/// they take turns. Errors: unsupported (this build has no embedded voice), internal.
[[nodiscard]] Result<std::unique_ptr<Synthesizer>> createEspeakSynthesizer();

/// Version of the embedded voice's library; empty when this build has none.
[[nodiscard]] std::string espeakVersion();

/// Same audio for the same text, voice and library version, always: each utterance is rendered by a
/// fresh process of the small program doubletalk-speak (found by DOUBLETALK_SPEAK, beside the
/// running program, in a bin folder beside its folder, in PATH) and cached under the user's cache
/// folder; without one that can be written it is rendered each time. Thread: speech. Errors: usage
/// (no text, unknown voice), unsupported (no embedded voice), not_found (no helper), io.
[[nodiscard]] Result<Utterance> renderRepeatable(const std::string& text, const std::string& voice);

}  // namespace doubletalk::voice
