// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <vector>

#include "engine/remote/plain_tts_protocol.h"
#include "tests/fuzz/fuzz_input.h"

using namespace doubletalk::remote;

/// A conversation with a text-to-speech service: lines are messages; one that begins with a zero
/// byte is binary, one with 1 is our cancel, the others are texts. The server reads them all too.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto rest = textOf(data, size);
    PlainTtsClient client;
    PlainTtsServer server;
    std::vector<Message> out;
    client.open(out);
    (void)client.speak("a", "one", "", out);
    (void)client.speak("b", "two", "en", out);
    bool cancelled = false;
    int ends = 0;
    while (!rest.empty()) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        const bool binary = !line.empty() && line.front() == '\0';
        if (!line.empty() && line.front() == '\1') {
            client.cancel("a", out);
            cancelled = true;
            continue;
        }
        const MessageView message{binary, binary ? line.substr(1) : line};
        std::vector<TtsEvent> events;
        client.receive(message, events);
        for (const auto& event : events) {
            if (const auto* audio = std::get_if<SpeechAudio>(&event)) {
                require(!(cancelled && audio->id == "a"));
                require(audio->rate_hz >= 4000 && audio->rate_hz <= 192000);
                for (const float x : audio->samples) require(x >= -1.0F && x <= 1.0F);
            }
            ends += std::holds_alternative<SpeechDone>(event) ||
                    std::holds_alternative<SpeechCancelled>(event) ||
                    std::holds_alternative<SpeechFailed>(event);
        }
        require(ends <= 2);
        std::vector<TtsRequest> requests;
        server.receive(message, requests);
        for (const auto& request : requests) {
            if (const auto* speak = std::get_if<SpeakRequest>(&request)) {
                require(!speak->text.empty() && !speak->id.empty());
            }
        }
    }
    return 0;
}
