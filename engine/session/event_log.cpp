// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/session/event_log.h"

#include <bit>
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>

#include "engine/session/json_line.h"
#include "engine/session/record_fields.h"

namespace doubletalk::session {
namespace {

constexpr std::size_t kMaxLineBytes = std::size_t{1} << 20;

/// Adds the fields of a record to a line. compact leaves out what a new record holds anyway.
template <class R>
struct FieldWriter {
    JsonLine& line;
    const R& record;
    bool compact = false;
    R fresh{};

    template <class T>
    void operator()(std::string_view key, T R::*member) {
        const T& value = record.*member;
        if constexpr (std::is_same_v<T, Name> || std::is_same_v<T, std::string>) {
            line.add(key, std::string_view(value));
        } else if constexpr (std::is_enum_v<T>) {
            line.add(key, enumText(value));
        } else {
            if (compact && key != "block" && value == fresh.*member) return;
            if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, double>) {
                line.add(key, value);
            } else {
                line.add(key, static_cast<std::int64_t>(value));
            }
        }
    }
};

template <class R>
void addFields(JsonLine& line, const R& record, bool compact = false) {
    FieldWriter<R> writer{line, record, compact};
    visitFields(writer, static_cast<R*>(nullptr));
}

template <class R>
void appendSimple(std::string& out, std::string_view type, const R& record, bool compact = false) {
    JsonLine line(out, type);
    addFields(line, record, compact);
    line.end();
}

using Json = nlohmann::json;

bool readText(const Json& json, std::string& value) {
    if (json.is_string()) {
        value = json.get_ref<const std::string&>();
        return true;
    }
    if (!json.is_array()) return false;
    value.clear();
    for (const auto& byte : json) {
        if (!byte.is_number_unsigned() || byte.get<std::uint64_t>() > 255) return false;
        value += static_cast<char>(byte.get<unsigned>());
    }
    return true;
}

bool readDouble(const Json& json, double& value) {
    if (json.is_number()) {
        value = json.get<double>();
        return true;
    }
    if (!json.is_string()) return false;
    const auto& text = json.get_ref<const std::string&>();
    if (text == "inf" || text == "-inf") {
        value = text == "inf" ? std::numeric_limits<double>::infinity()
                              : -std::numeric_limits<double>::infinity();
        return true;
    }
    std::uint64_t bits = 0;
    if (text.rfind("nan:", 0) != 0) return false;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data() + 4, end, bits, 16);
    value = std::bit_cast<double>(bits);
    return read.ec == std::errc() && read.ptr == end && value != value;
}

template <class T>
bool readInteger(const Json& json, T& value) {
    if (json.is_number_unsigned()) {
        const auto wide = json.get<std::uint64_t>();
        if (wide > static_cast<std::uint64_t>(std::numeric_limits<T>::max())) return false;
        value = static_cast<T>(wide);
        return true;
    }
    if (!json.is_number_integer()) return false;
    const auto wide = json.get<std::int64_t>();
    if (wide < static_cast<std::int64_t>(std::numeric_limits<T>::min())) return false;
    value = static_cast<T>(wide);
    return true;
}

template <class T>
bool readValue(const Json& json, T& value) {
    if constexpr (std::is_same_v<T, bool>) {
        if (!json.is_boolean()) return false;
        value = json.get<bool>();
        return true;
    } else if constexpr (std::is_same_v<T, double>) {
        return readDouble(json, value);
    } else if constexpr (std::is_same_v<T, std::string>) {
        return readText(json, value);
    } else if constexpr (std::is_same_v<T, Name>) {
        std::string text;
        if (!readText(json, text) || text.size() > Name::kCapacity) return false;
        value = Name(text);
        return true;
    } else if constexpr (std::is_enum_v<T>) {
        return json.is_string() && enumFromText(json.get_ref<const std::string&>(), value);
    } else {
        return readInteger(json, value);
    }
}

/// Takes the fields of a record out of an object; keys that are missing keep their default.
template <class R>
struct FieldReader {
    const Json& object;
    R& record;
    std::string bad;  ///< first key with an impossible value

    template <class T>
    void operator()(std::string_view key, T R::*member) {
        const auto found = object.find(std::string(key));
        if (found == object.end()) return;
        if (!readValue(*found, record.*member) && bad.empty()) bad = key;
    }
};

template <class R>
std::string readFields(const Json& object, R& record) {
    FieldReader<R> reader{object, record, {}};
    visitFields(reader, static_cast<R*>(nullptr));
    return reader.bad;
}

template <class R>
std::string take(const Json& object, std::vector<R>& list) {
    return readFields(object, list.emplace_back());
}

std::string takePacket(const Json& object, std::vector<PacketRecord>& list) {
    auto& record = list.emplace_back();
    const auto bad = readFields(object, record);
    return bad.empty() ? readFields(object, record.header) : bad;
}

std::string takeItem(const Json& object, std::vector<ItemLine>& list) {
    auto& item = list.emplace_back();
    auto bad = readFields(object, item.record);
    if (!bad.empty()) return bad;
    const auto file = object.find("file");
    const auto samples = object.find("samples");
    // The name becomes a path: nothing but a plain name may pass.
    if (file == object.end() || !readText(*file, item.file) || item.file.rfind("item-", 0) != 0 ||
        item.file.find_first_of(std::string_view("/\\\0", 3)) != std::string::npos) {
        return "file";
    }
    if (samples == object.end() || !readInteger(*samples, item.samples) || item.samples < 0) {
        return "samples";
    }
    return {};
}

std::string takeByType(const Json& object, const std::string& type, EventLog& log) {
    if (type == "exchange") return take(object, log.exchanges);
    if (type == "command") return take(object, log.commands);
    if (type == "answer") return take(object, log.answers);
    if (type == "event") return take(object, log.events);
    if (type == "packet") return takePacket(object, log.packets);
    if (type == "item") return takeItem(object, log.items);
    return {};
}

}  // namespace

void appendLine(std::string& out, const ExchangeRecord& record) {
    appendSimple(out, "exchange", record, true);  // one a block: short
}
void appendLine(std::string& out, const CommandRecord& record) {
    appendSimple(out, "command", record);
}
void appendLine(std::string& out, const AnswerRecord& record) {
    appendSimple(out, "answer", record);
}
void appendLine(std::string& out, const Event& event) { appendSimple(out, "event", event); }

void appendLine(std::string& out, const PacketRecord& record) {
    JsonLine line(out, "packet");
    addFields(line, record);
    addFields(line, record.header);
    line.end();
}

void appendLine(std::string& out, const ItemRecord& record, std::string_view file) {
    JsonLine line(out, "item");
    addFields(line, record);
    line.add("samples", static_cast<std::int64_t>(record.samples.size()));
    line.add("file", file);
    line.end();
}

Result<void> parseEventLine(std::string_view line, const std::string& where, EventLog& log) {
    const auto here = where + ", line " + std::to_string(log.lines + 1);
    const auto* hint = "the session is damaged, restore a copy";
    if (line.size() > kMaxLineBytes) {
        return fail(ErrorKind::format, "the line is longer than 1 MiB", here, hint);
    }
    const auto object = Json::parse(line.begin(), line.end(), nullptr, false);
    if (!object.is_object()) return fail(ErrorKind::format, "is no JSON object", here, hint);
    const auto type = object.find("type");
    const auto block = object.find("block");
    BlockIndex stamp = 0;
    if (type == object.end() || !type->is_string()) {
        return fail(ErrorKind::format, "has no type", here, hint);
    }
    if (block == object.end() || !readInteger(*block, stamp) || stamp < 0) {
        return fail(ErrorKind::format, "has no block", here, hint);
    }
    const auto bad = takeByType(object, type->get_ref<const std::string&>(), log);
    if (!bad.empty()) {
        return fail(ErrorKind::format, "'" + bad + "' is missing or has an impossible value", here,
                    hint);
    }
    log.last_block = std::max(log.last_block, stamp);
    ++log.lines;
    return {};
}

Result<EventLog> parseEvents(std::string_view text, const std::string& where, bool may_be_cut) {
    EventLog log;
    while (!text.empty()) {
        const auto end = text.find('\n');
        if (end == std::string_view::npos) {
            if (!may_be_cut) {
                return fail(ErrorKind::format, "the last line has no end", where,
                            "the file was cut, restore a copy");
            }
            log.cut = true;
            break;
        }
        if (auto done = parseEventLine(text.substr(0, end), where, log); !done) {
            return tl::unexpected(done.error());
        }
        text.remove_prefix(end + 1);
    }
    return log;
}

}  // namespace doubletalk::session
