// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <vector>

#include "engine/remote/float_stt_protocol.h"
#include "tests/fuzz/fuzz_input.h"

using namespace doubletalk::remote;

/// A message of a speech-to-text service, and of a client of ours; the first byte chooses its kind.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const MessageView message{(data[0] & 1U) != 0, textOf(data + 1, size - 1)};
    FloatSttClient client;
    std::vector<Message> out;
    client.open(out);
    client.audio(std::vector<float>(40000), 16000 * (data[0] >> 1U), out);
    std::vector<SttEvent> events;
    client.receive(message, events);
    require(events.size() == 1);
    if (const auto* heard = std::get_if<Transcript>(&events.front())) {
        require(!std::isinf(heard->start_s) && !std::isinf(heard->end_s));
    } else {
        require(!std::get<Fault>(events.front()).what.empty());
    }
    FloatSttServer server;
    std::vector<SttRequest> requests;
    server.receive(message, requests);
    for (const auto& request : requests) {
        if (const auto* audio = std::get_if<ClientAudio>(&request)) {
            require(audio->samples.size() * sizeof(float) == message.payload.size());
            for (const float x : audio->samples) require(x >= -1.0F && x <= 1.0F);
        }
    }
    return 0;
}
