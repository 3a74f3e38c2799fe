// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/session/json_line.h"

#include <bit>
#include <charconv>
#include <cmath>

namespace doubletalk::session {
namespace {

template <class T, class... Base>
void appendChars(std::string& out, T value, Base... base) {
    char text[40];
    const auto end = std::to_chars(text, text + sizeof text, value, base...).ptr;
    out.append(text, end);
}

/// Bytes of the UTF-8 sequence that starts text, 0 when it is none. Ref: RFC 3629 section 4.
std::size_t sequenceLength(std::string_view text) {
    const auto at = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
    };
    const auto tail = [&](std::size_t i) { return (at(i) & 0xC0u) == 0x80u; };
    const unsigned lead = at(0);
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return tail(1) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        if ((lead == 0xE0 && at(1) < 0xA0) || (lead == 0xED && at(1) > 0x9F)) return 0;
        return tail(1) && tail(2) ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        if ((lead == 0xF0 && at(1) < 0x90) || (lead == 0xF4 && at(1) > 0x8F)) return 0;
        return tail(1) && tail(2) && tail(3) ? 4 : 0;
    }
    return 0;
}

void appendText(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20) {
            constexpr char kHex[] = "0123456789abcdef";
            out += "\\u00";
            out += kHex[byte >> 4];
            out += kHex[byte & 15];
        } else {
            out += c;
        }
    }
    out += '"';
}

}  // namespace

bool isUtf8(std::string_view text) {
    while (!text.empty()) {
        const auto n = sequenceLength(text);
        if (n == 0) return false;
        text.remove_prefix(n);
    }
    return true;
}

void appendNumber(std::string& out, double value) {
    appendChars(out, value);
    // "-0" is read as the integer 0 by many a reader, which loses the sign.
    if (value == 0.0 && std::signbit(value)) out += ".0";
}

JsonLine::JsonLine(std::string& out, std::string_view type) : out_(out) {
    out_ += "{\"type\":";
    appendText(out_, type);
}

void JsonLine::key(std::string_view name) {
    out_ += ",\"";
    out_ += name;
    out_ += "\":";
}

void JsonLine::add(std::string_view name, std::int64_t value) {
    key(name);
    appendChars(out_, value);
}

void JsonLine::add(std::string_view name, double value) {
    key(name);
    if (std::isfinite(value)) {
        appendNumber(out_, value);
    } else if (std::isinf(value)) {
        out_ += value > 0 ? "\"inf\"" : "\"-inf\"";
    } else {
        // A NaN carries bits, too.
        out_ += "\"nan:";
        appendChars(out_, std::bit_cast<std::uint64_t>(value), 16);
        out_ += '"';
    }
}

void JsonLine::add(std::string_view name, bool value) {
    key(name);
    out_ += value ? "true" : "false";
}

void JsonLine::add(std::string_view name, std::string_view value) {
    key(name);
    if (isUtf8(value)) return appendText(out_, value);
    // A text cut to its capacity may end inside a character: keep the bytes.
    out_ += '[';
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (i > 0) out_ += ',';
        appendChars(out_, static_cast<int>(static_cast<unsigned char>(value[i])));
    }
    out_ += ']';
}

void JsonLine::end() { out_ += "}\n"; }

}  // namespace doubletalk::session
