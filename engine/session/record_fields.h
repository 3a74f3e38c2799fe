// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>

#include "engine/core/event.h"
#include "engine/session/records.h"

namespace doubletalk::session {

// The fields of every record, named once for writing and reading. v(key, member) is called for
// each.

template <class V>
void visitFields(V& v, ExchangeRecord* /*type*/) {
    v("block", &ExchangeRecord::block);
    v("time_ns", &ExchangeRecord::time_ns);
    v("captured_frames", &ExchangeRecord::captured_frames);
    v("playback_frames", &ExchangeRecord::playback_frames);
    v("queued_frames", &ExchangeRecord::queued_frames);
    v("ring_frame", &ExchangeRecord::ring_frame);
    v("audible_frames", &ExchangeRecord::audible_frames);
    v("dropped_frames", &ExchangeRecord::dropped_frames);
    v("unheard_frames", &ExchangeRecord::unheard_frames);
    v("lost", &ExchangeRecord::lost);
    v("interrupted", &ExchangeRecord::interrupted);
    v("faded", &ExchangeRecord::faded);
}

template <class V>
void visitFields(V& v, CommandRecord* /*type*/) {
    v("block", &CommandRecord::block);
    v("name", &CommandRecord::name);
    v("key", &CommandRecord::key);
    v("value", &CommandRecord::value);
    v("source", &CommandRecord::source);
}

template <class V>
void visitFields(V& v, AnswerRecord* /*type*/) {
    v("block", &AnswerRecord::block);
    v("name", &AnswerRecord::name);
    v("value", &AnswerRecord::value);
    v("text", &AnswerRecord::text);
}

template <class V>
void visitFields(V& v, Event* /*type*/) {
    v("block", &Event::block);
    v("kind", &Event::kind);
    v("frame", &Event::frame);
    v("item", &Event::item);
    v("value", &Event::value);
    v("value2", &Event::value2);
    v("text", &Event::text);
    v("cause", &Event::cause);
}

template <class V>
void visitFields(V& v, PacketRecord* /*type*/) {
    v("block", &PacketRecord::block);
    v("stream", &PacketRecord::stream);
    v("arrival_ns", &PacketRecord::arrival_ns);
}

template <class V>
void visitFields(V& v, PacketHeader* /*type*/) {
    v("sequence", &PacketHeader::sequence);
    v("timestamp", &PacketHeader::timestamp);
    v("payload_type", &PacketHeader::payload_type);
    v("speech", &PacketHeader::speech);
    v("marker", &PacketHeader::marker);
    v("last", &PacketHeader::last);
    v("frames", &PacketHeader::frames);
    v("item", &PacketHeader::item);
    v("item_sample", &PacketHeader::item_sample);
    v("item_samples_per_frame", &PacketHeader::item_samples_per_frame);
    v("send_ns", &PacketHeader::send_ns);
}

template <class V>
void visitFields(V& v, ItemRecord* /*type*/) {
    v("block", &ItemRecord::block);
    v("item", &ItemRecord::item);
    v("rate_hz", &ItemRecord::rate_hz);
    v("text", &ItemRecord::text);
    v("kind", &ItemRecord::kind);
    v("direct", &ItemRecord::direct);
    v("due_s", &ItemRecord::due_s);
}

/// Text of an enumeration in files; "unknown" for a value that is none.
[[nodiscard]] inline std::string_view enumText(EventKind kind) { return eventId(kind); }
[[nodiscard]] inline std::string_view enumText(PayloadType type) {
    switch (type) {
        case PayloadType::pcm16:
            return "pcm16";
        case PayloadType::pcmu:
            return "pcmu";
        case PayloadType::pcma:
            return "pcma";
    }
    return "unknown";
}

/// The value enumText() gave text for; false when there is none.
template <class E>
[[nodiscard]] bool enumFromText(std::string_view text, E& value) {
    static_assert(std::is_enum_v<E>);
    for (int i = 0; i < 256; ++i) {
        const auto id = enumText(static_cast<E>(i));
        if (id == "unknown") return false;
        if (id == text) {
            value = static_cast<E>(i);
            return true;
        }
    }
    return false;
}

}  // namespace doubletalk::session
