// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/remote/float_stt_protocol.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/dsp/pcm16.h"
#include "engine/remote/json_fields.h"
#include "engine/remote/little_endian.h"

namespace doubletalk::remote {
namespace {

constexpr double kMaxTimeS = 1e7;  // a third of a year: beyond it no call goes

double roundedMs(double seconds) { return std::round(seconds * 1000.0) / 1000.0; }

bool plausible(const std::optional<double>& seconds) {
    return !seconds || std::abs(*seconds) <= kMaxTimeS;
}

}  // namespace

void FloatSttClient::open(std::vector<Message>& /*out*/) {
    clock_.reset();
    have_ = 0;
    messages_ = 0;
}

void FloatSttClient::put(float sample, std::vector<Message>& out) {
    part_[have_++] = sample;
    if (have_ < part_.size()) return;
    have_ = 0;
    ++messages_;
    Message message{true, {}};
    appendFloat32(part_, message.payload);
    out.push_back(std::move(message));
}

void FloatSttClient::audio(std::span<const float> samples, std::int64_t call_frame,
                           std::vector<Message>& out) {
    if (samples.empty()) return;
    clock_.sent(std::int64_t(samples.size()), call_frame);
    for (const float sample : samples) put(sample, out);
}

void FloatSttClient::finish(std::vector<Message>& out) {
    if (have_ == 0) return;
    const auto missing = std::int64_t(part_.size() - have_);
    clock_.sent(missing, std::int64_t(clock_.callFrame(double(clock_.sentFrames()))));
    while (have_ != 0) put(0.0F, out);
}

double FloatSttClient::bufferStart(double end_s) const {
    const std::int64_t whole =
        messages_ * kFloatSttMessageFrames / kFloatSttBufferFrames * kFloatSttBufferFrames;
    const double buffers = std::ceil(end_s * kFloatSttRateHz / kFloatSttBufferFrames);
    return std::max(0.0, double(whole) - std::max(1.0, buffers) * kFloatSttBufferFrames);
}

void FloatSttClient::receive(const MessageView& message, std::vector<SttEvent>& out) {
    if (message.binary) {
        out.emplace_back(Fault{"a binary message of " + std::to_string(message.payload.size()) +
                               " bytes came where a transcript was expected"});
        return;
    }
    const auto object = parseObject(message.payload);
    if (!object) {
        out.emplace_back(Fault{object.error().what});
        return;
    }
    auto text = textField(*object, "text");
    if (!text) {
        const auto error = textField(*object, "error");
        out.emplace_back(
            Fault{error ? "the service says: " + *error : "an answer has no field \"text\""});
        return;
    }
    const auto start_s = numberField(*object, "start");
    const auto end_s = numberField(*object, "end");
    const auto buffer_s = numberField(*object, "buffer_start");
    if (!plausible(start_s) || !plausible(end_s) || !plausible(buffer_s)) {
        out.emplace_back(Fault{"an answer has a time of more than a hundred days"});
        return;
    }
    Transcript transcript{.text = std::move(*text), .exact = buffer_s.has_value()};
    const double buffer =
        buffer_s ? *buffer_s * kFloatSttRateHz : bufferStart(end_s.value_or(start_s.value_or(0.0)));
    const auto inCall = [&](double relative_s) {
        return clock_.callFrame(buffer + relative_s * kFloatSttRateHz) / kFloatSttRateHz;
    };
    if (start_s) transcript.start_s = inCall(*start_s);
    if (end_s) transcript.end_s = inCall(*end_s);
    out.emplace_back(std::move(transcript));
}

void FloatSttServer::receive(const MessageView& message, std::vector<SttRequest>& out) {
    if (!message.binary) {
        out.emplace_back(Fault{"a text message came where float32 audio was expected"});
        return;
    }
    if (message.payload.size() % sizeof(float) != 0) {
        out.emplace_back(Fault{"a message of " + std::to_string(message.payload.size()) +
                               " bytes holds no whole number of float32 samples"});
        return;
    }
    ClientAudio audio;
    appendFromFloat32(message.payload, audio.samples);
    if (!audio.samples.empty()) out.emplace_back(std::move(audio));
}

Message FloatSttServer::answer(const Transcript& transcript) {
    const nlohmann::json object{{"text", transcript.text},
                                {"start", roundedMs(transcript.start_s - buffer_start_s_)},
                                {"end", roundedMs(transcript.end_s - buffer_start_s_)},
                                {"buffer_start", roundedMs(buffer_start_s_)}};
    if (std::isfinite(transcript.end_s)) buffer_start_s_ = roundedMs(transcript.end_s);
    return {false, lineOf(object)};
}

}  // namespace doubletalk::remote
