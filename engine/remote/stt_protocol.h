// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "engine/remote/message.h"

namespace doubletalk::remote {

/// What a recogniser understood of one segment.
struct Transcript {
    std::string text;
    /// [s] call time; NaN where the service gave none.
    double start_s = std::numeric_limits<double>::quiet_NaN();
    double end_s = std::numeric_limits<double>::quiet_NaN();
    /// The service told where its buffer began; else the place is estimated.
    bool exact = false;
};

using SttEvent = std::variant<Transcript, Fault>;

/// Client side of a speech-to-text protocol: audio in, messages out; messages in, events out.
/// Thread: net.
class SttClientProtocol {
public:
    virtual ~SttClientProtocol() = default;
    [[nodiscard]] virtual int rateHz() const = 0;
    /// A new connection: forgets the one before. Adds what has to be said first.
    virtual void open(std::vector<Message>& out) = 0;
    /// Audio at rateHz(), blocks of any size; call_frame is the first sample's place in the call.
    /// A gap between calls is known from call_frame. Adds the messages that became whole.
    virtual void audio(std::span<const float> samples, std::int64_t call_frame,
                       std::vector<Message>& out) = 0;
    /// The end of the audio: the rest as a whole message, filled with silence.
    virtual void finish(std::vector<Message>& out) = 0;
    virtual void receive(const MessageView& message, std::vector<SttEvent>& out) = 0;
};

/// Audio a client sent, ±1.0; what was no number is 0.
struct ClientAudio {
    std::vector<float> samples;
};
using SttRequest = std::variant<ClientAudio, Fault>;

/// Server side. Thread: net.
class SttServerProtocol {
public:
    virtual ~SttServerProtocol() = default;
    [[nodiscard]] virtual int rateHz() const = 0;
    virtual void receive(const MessageView& message, std::vector<SttRequest>& out) = 0;
    /// The answer for a segment; times count from the first sample of the connection, and segments
    /// come in their order.
    [[nodiscard]] virtual Message answer(const Transcript& transcript) = 0;
};

}  // namespace doubletalk::remote
