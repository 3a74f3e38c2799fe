// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/core/event.h"
#include "engine/core/packet.h"
#include "engine/core/result.h"
#include "engine/session/records.h"

namespace doubletalk::session {

/// metrics.csv or machine.csv with its first columns block and time_s: missing values are NaN.
struct Table {
    std::vector<std::string> columns;
    std::vector<std::vector<double>> rows;
};

struct ReadPacket {
    PacketRecord record;
    std::vector<std::byte> payload;  ///< empty when lost
};

/// A session folder, read whole. A killed session is cut to its last complete block; what was cut
/// is said in notes. Errors: no session there, newer format version, broken file (which, where).
struct Session {
    std::filesystem::path folder;
    nlohmann::json description;  ///< session.json
    int rate_hz = 16000;
    std::map<std::string, std::vector<float>> taps;
    std::vector<float> playback;
    std::vector<ExchangeRecord> exchanges;
    std::vector<CommandRecord> commands;
    std::vector<AnswerRecord> answers;
    std::vector<ReadPacket> packets;
    std::vector<ItemRecord> items;
    std::vector<Event> events;
    Table metrics, machine;
    bool complete = true;
    std::vector<std::string> notes;

    BlockIndex first_block = 0;  ///< of audio.wav; above 0 when a spool dropped the start
    BlockIndex end_block = 0;    ///< one after the last complete block

    [[nodiscard]] BlockIndex blocks() const { return end_block - first_block; }
};

[[nodiscard]] Result<Session> readSession(const std::filesystem::path& folder);

/// What differs between two sessions of the same input, in block order; empty: bit-equal in audio,
/// packets, events and metrics.csv.
struct Difference {
    BlockIndex block = 0;
    std::string what;  ///< "audio.mic", "event", "packet", "metrics.erle_db", ...
    std::string left, right;
};
[[nodiscard]] std::vector<Difference> compareSessions(const Session& left, const Session& right,
                                                      std::size_t most = 1000);

}  // namespace doubletalk::session
