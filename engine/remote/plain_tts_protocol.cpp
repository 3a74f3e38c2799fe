// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/remote/plain_tts_protocol.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/remote/json_fields.h"
#include "engine/remote/little_endian.h"

namespace doubletalk::remote {
namespace {

constexpr double kMinRateHz = 4000.0;
constexpr double kMaxRateHz = 192000.0;
constexpr std::size_t kMaxIdBytes = 256;

Message textMessage(const nlohmann::json& object) { return {false, lineOf(object)}; }

}  // namespace

void PlainTtsClient::open(std::vector<Message>& /*out*/) {
    uses_.clear();
    stopStream();
}

void PlainTtsClient::stopStream() {
    stream_id_.clear();
    format_ = Format::none;
    rate_hz_ = 0;
    part_.clear();
}

Result<void> PlainTtsClient::speak(const std::string& id, const std::string& text,
                                   const std::string& voice, std::vector<Message>& out) {
    if (text.empty()) return fail(ErrorKind::usage, "there is no text to speak", id);
    if (id.empty() || id.size() > kMaxIdBytes) {
        return fail(ErrorKind::usage, "an utterance needs an id of 1 to 256 bytes", "id");
    }
    if (!uses_.emplace(id, Use::wanted).second) {
        return fail(ErrorKind::usage, "the id is in use until its utterance has ended", id,
                    "choose another id");
    }
    nlohmann::json object{{"text", text}, {"id", id}};
    if (!voice.empty()) object["voice"] = voice;
    out.push_back(textMessage(object));
    return {};
}

void PlainTtsClient::cancel(const std::string& id, std::vector<Message>& out) {
    const auto use = uses_.find(id);
    if (use == uses_.end() || use->second == Use::cancelled) return;
    use->second = Use::cancelled;
    out.push_back(textMessage({{"cancel", id}}));
}

void PlainTtsClient::receive(const MessageView& message, std::vector<TtsEvent>& out) {
    if (message.binary) {
        receiveAudio(message.payload, out);
    } else {
        receiveText(message.payload, out);
    }
}

void PlainTtsClient::receiveAudio(std::string_view bytes, std::vector<TtsEvent>& out) {
    if (format_ == Format::none) {
        out.emplace_back(Fault{"audio of " + std::to_string(bytes.size()) +
                               " bytes came without a header that says what it is"});
        return;
    }
    const auto use = uses_.find(stream_id_);
    if (use == uses_.end() || use->second == Use::cancelled) return;
    const std::size_t sample_bytes = format_ == Format::s16le ? 2 : 4;
    SpeechAudio audio{stream_id_, rate_hz_, {}};
    const auto append = [&](std::string_view whole) {
        if (format_ == Format::s16le) {
            appendFromPcm16(whole, audio.samples);
        } else {
            appendFromFloat32(whole, audio.samples);
        }
    };
    if (!part_.empty()) {
        const auto n = std::min(sample_bytes - part_.size(), bytes.size());
        part_.append(bytes.substr(0, n));
        bytes.remove_prefix(n);
        if (part_.size() < sample_bytes) return;
        append(part_);
        part_.clear();
    }
    append(bytes);
    part_ = bytes.substr(bytes.size() - bytes.size() % sample_bytes);
    if (!audio.samples.empty()) out.emplace_back(std::move(audio));
}

void PlainTtsClient::finish(const std::string& id, TtsEvent end, std::vector<TtsEvent>& out) {
    if (stream_id_ == id) {
        // What still comes of a cancelled utterance is dropped; after a regular end it is a fault.
        const bool late_audio_allowed = std::holds_alternative<SpeechCancelled>(end);
        const auto format = format_;
        stopStream();
        if (late_audio_allowed) format_ = format;
    }
    uses_.erase(id);
    out.push_back(std::move(end));
}

void PlainTtsClient::receiveText(std::string_view text, std::vector<TtsEvent>& out) {
    const auto object = parseObject(text);
    if (!object) {
        out.emplace_back(Fault{object.error().what});
        return;
    }
    const auto id = textField(*object, "id").value_or("");
    const auto error = textField(*object, "error");
    const auto use = uses_.find(id);
    if (use == uses_.end()) {
        // Our cancel and the end crossed: both ends are told, the second one is old news.
        if (flagField(*object, "cancelled") || flagField(*object, "done")) return;
        out.emplace_back(Fault{error ? "the service says: " + *error
                                     : "an answer is for no utterance that was asked for"});
        return;
    }
    const bool dropped = use->second == Use::cancelled;
    if (error) {
        finish(id, SpeechFailed{id, *error}, out);
    } else if (flagField(*object, "cancelled")) {
        finish(id, SpeechCancelled{id}, out);
    } else if (flagField(*object, "done")) {
        // It ended before the service read our cancel; for us it is cancelled all the same.
        finish(id, dropped ? TtsEvent{SpeechCancelled{id}} : TtsEvent{SpeechDone{id}}, out);
    } else if (const auto rate_hz = numberField(*object, "sample_rate")) {
        const auto format = textField(*object, "format").value_or("");
        stopStream();
        if (*rate_hz < kMinRateHz || *rate_hz > kMaxRateHz ||
            (format != "s16le" && format != "f32le")) {
            out.emplace_back(
                Fault{"a header has a sample rate outside 4000 to 192000 Hz or a "
                      "format other than s16le and f32le"});
            return;
        }
        stream_id_ = id;
        format_ = format == "s16le" ? Format::s16le : Format::f32le;
        rate_hz_ = int(std::lround(*rate_hz));
        if (!dropped) out.emplace_back(SpeechStarted{id, rate_hz_});
    } else if (const auto word = textField(*object, "word")) {
        const auto at_ms = numberField(*object, "at_ms");
        if (!at_ms || *at_ms < 0.0) {
            out.emplace_back(Fault{"a word mark has no time"});
        } else if (!dropped) {
            out.emplace_back(SpeechWord{id, *word, *at_ms});
        }
    } else {
        out.emplace_back(Fault{"an answer is no header, word mark or end"});
    }
}

void PlainTtsServer::receive(const MessageView& message, std::vector<TtsRequest>& out) {
    if (message.binary) {
        out.emplace_back(Fault{"a binary message came where a request was expected"});
        return;
    }
    const auto object = parseObject(message.payload);
    if (!object) {
        out.emplace_back(Fault{object.error().what});
        return;
    }
    if (auto cancel = textField(*object, "cancel")) {
        out.emplace_back(CancelRequest{std::move(*cancel)});
        return;
    }
    auto text = textField(*object, "text");
    auto id = textField(*object, "id").value_or("");
    if (!text || text->empty()) {
        out.emplace_back(Fault{"a request has neither \"text\" nor \"cancel\""});
    } else if (id.empty() || id.size() > kMaxIdBytes) {
        out.emplace_back(Fault{"a request needs an \"id\" of 1 to 256 bytes"});
    } else {
        out.emplace_back(SpeakRequest{std::move(id), std::move(*text),
                                      textField(*object, "voice").value_or("")});
    }
}

Message PlainTtsServer::started(const std::string& id, int rate_hz) {
    return textMessage({{"id", id}, {"sample_rate", rate_hz}, {"format", "s16le"}});
}

Message PlainTtsServer::audio(std::span<const float> samples) {
    Message message{true, {}};
    appendPcm16(samples, message.payload);
    return message;
}

Message PlainTtsServer::word(const SpeechWord& word) {
    return textMessage({{"id", word.id}, {"word", word.word}, {"at_ms", std::lround(word.at_ms)}});
}

Message PlainTtsServer::done(const std::string& id) {
    return textMessage({{"id", id}, {"done", true}});
}

Message PlainTtsServer::cancelled(const std::string& id) {
    return textMessage({{"id", id}, {"cancelled", true}});
}

Message PlainTtsServer::failed(const std::string& id, const std::string& what) {
    nlohmann::json object{{"error", what}};
    if (!id.empty()) object["id"] = id;
    return textMessage(object);
}

}  // namespace doubletalk::remote
