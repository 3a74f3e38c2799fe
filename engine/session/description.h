// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/core/result.h"
#include "engine/session/session_writer.h"

namespace doubletalk::session {

inline constexpr std::string_view kDescriptionFile = "session.json";
inline constexpr std::string_view kAudioFile = "audio.wav";
inline constexpr std::string_view kEventsFile = "events.jsonl";
inline constexpr std::string_view kPacketsFile = "packets.pcap";
inline constexpr std::string_view kMetricsFile = "metrics.csv";
inline constexpr std::string_view kMachineFile = "machine.csv";
inline constexpr std::string_view kTracksFolder = "tracks";
inline constexpr std::string_view kPlaybackFile = "playback.wav";  ///< under tracks/

/// How much of each file is the session; session.json of a complete one says it.
struct WrittenCounts {
    std::int64_t audio_frames = 0, playback_frames = 0, packets = 0, event_lines = 0;
    std::int64_t metrics_rows = 0, machine_rows = 0;
    friend bool operator==(const WrittenCounts&, const WrittenCounts&) = default;
};

/// What session.json says besides the description the owner gave.
struct SessionState {
    bool complete = false;
    bool bit_exact = true;
    std::string reason;  ///< why not
    std::string disk_error;
    std::int64_t dropped_records = 0;
    BlockIndex first_block = 0;
    std::int64_t first_playback_frame = 0;
    WrittenCounts written;
    nlohmann::json summary;  ///< null: none
};

[[nodiscard]] nlohmann::json describeSession(const SessionHeader& header,
                                             const SessionState& state);
/// Reads what session.json says out of memory. Errors: no JSON, no session, a newer format version,
/// impossible values.
[[nodiscard]] Result<nlohmann::json> parseDescription(std::string_view text,
                                                      const std::string& where);
/// The header and state of a description parseDescription() let pass.
[[nodiscard]] SessionHeader headerOf(const nlohmann::json& description);
[[nodiscard]] SessionState stateOf(const nlohmann::json& description);
/// Text of session.json.
[[nodiscard]] std::string descriptionText(const nlohmann::json& description);

}  // namespace doubletalk::session
