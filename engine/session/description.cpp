// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/session/description.h"

namespace doubletalk::session {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kMostBlocks = std::int64_t{1} << 48;

bool isTexts(const Json& json, std::size_t most) {
    if (!json.is_array() || json.size() > most) return false;
    for (const auto& text : json) {
        if (!text.is_string()) return false;
    }
    return true;
}

bool isCount(const Json& json, const char* key) {
    const auto found = json.find(key);
    if (found == json.end()) return true;
    return found->is_number_integer() && found->get<std::int64_t>() >= 0 &&
           found->get<std::int64_t>() <= kMostBlocks;
}

/// First key with an impossible value, empty when all are fine.
std::string badKey(const Json& json) {
    const auto rate = json.value("rate_hz", Json());
    if (!rate.is_number_integer()) return "rate_hz";
    const auto hz = rate.get<std::int64_t>();
    if (hz != 8000 && hz != 16000 && hz != 32000 && hz != 48000) return "rate_hz";
    if (!isTexts(json.value("taps", Json()), 1024)) return "taps";
    if (!isTexts(json.value("metrics", Json::array()), 4096)) return "metrics";
    if (!isTexts(json.value("machine", Json::array()), 4096)) return "machine";
    for (const auto* key : {"complete", "bit_exact"}) {
        if (!json.value(key, Json(true)).is_boolean()) return key;
    }
    for (const auto* key : {"bit_exact_reason", "disk_error"}) {
        if (!json.value(key, Json("")).is_string()) return key;
    }
    for (const auto* key : {"dropped_records", "first_block", "first_playback_frame"}) {
        if (!isCount(json, key)) return key;
    }
    const auto written = json.value("written", Json::object());
    if (!written.is_object()) return "written";
    for (const auto* key : {"audio_frames", "playback_frames", "packets", "event_lines",
                            "metrics_rows", "machine_rows"}) {
        // A finished session says how much of it there is.
        const bool needed = json.value("complete", false);
        if (!isCount(written, key) || (needed && !written.contains(key))) return key;
    }
    return {};
}

}  // namespace

Json describeSession(const SessionHeader& header, const SessionState& state) {
    Json json = header.description.is_object() ? header.description : Json::object();
    json["format_version"] = kFormatVersion;
    json["rate_hz"] = header.rate_hz;
    json["taps"] = header.taps;
    json["metrics"] = header.metrics;
    json["machine"] = header.machine;
    json["max_payload_bytes"] = header.max_payload_bytes;
    json["complete"] = state.complete;
    json["bit_exact"] = state.bit_exact;
    if (!state.reason.empty()) json["bit_exact_reason"] = state.reason;
    if (!state.disk_error.empty()) json["disk_error"] = state.disk_error;
    json["dropped_records"] = state.dropped_records;
    json["first_block"] = state.first_block;
    json["first_playback_frame"] = state.first_playback_frame;
    if (state.complete) {
        const auto& w = state.written;
        json["written"] = {{"audio_frames", w.audio_frames}, {"playback_frames", w.playback_frames},
                           {"packets", w.packets},           {"event_lines", w.event_lines},
                           {"metrics_rows", w.metrics_rows}, {"machine_rows", w.machine_rows}};
    }
    if (!state.summary.is_null()) json["summary"] = state.summary;
    return json;
}

Result<Json> parseDescription(std::string_view text, const std::string& where) {
    const auto* hint = "the session is damaged, restore a copy";
    auto json = Json::parse(text.begin(), text.end(), nullptr, false);
    if (json.is_discarded()) {
        return fail(ErrorKind::format, text.empty() ? "is empty" : "is no JSON", where, hint);
    }
    if (!json.is_object() || !json.contains("format_version") ||
        !json["format_version"].is_number_integer()) {
        return fail(ErrorKind::format, "has no format_version: this is no session", where,
                    "give the folder of a recorded session");
    }
    const auto version = json["format_version"].get<std::int64_t>();
    if (version > kFormatVersion) {
        return fail(ErrorKind::unsupported,
                    "has format version " + std::to_string(version) +
                        ", this program reads up to " + std::to_string(kFormatVersion),
                    where, "read it with the newer program that wrote it");
    }
    if (version < 1) {
        return fail(ErrorKind::format, "has format version " + std::to_string(version), where,
                    hint);
    }
    if (const auto bad = badKey(json); !bad.empty()) {
        return fail(ErrorKind::format, "'" + bad + "' is missing or has an impossible value", where,
                    hint);
    }
    return json;
}

SessionHeader headerOf(const Json& json) {
    SessionHeader header;
    header.description = json;
    header.rate_hz = json["rate_hz"].get<int>();
    header.taps = json["taps"].get<std::vector<std::string>>();
    header.metrics = json.value("metrics", std::vector<std::string>());
    header.machine = json.value("machine", std::vector<std::string>());
    return header;
}

SessionState stateOf(const Json& json) {
    SessionState state;
    state.complete = json.value("complete", false);
    state.bit_exact = json.value("bit_exact", true);
    state.reason = json.value("bit_exact_reason", "");
    state.disk_error = json.value("disk_error", "");
    state.dropped_records = json.value("dropped_records", std::int64_t{0});
    state.first_block = json.value("first_block", std::int64_t{0});
    state.first_playback_frame = json.value("first_playback_frame", std::int64_t{0});
    const auto written = json.value("written", Json::object());
    const auto count = [&](const char* key) { return written.value(key, std::int64_t{-1}); };
    state.written = {count("audio_frames"), count("playback_frames"), count("packets"),
                     count("event_lines"),  count("metrics_rows"),    count("machine_rows")};
    state.summary = json.value("summary", Json());
    return state;
}

std::string descriptionText(const Json& json) {
    // Names out of a system may be no UTF-8; a session must be written all the same.
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace doubletalk::session
