// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/event.h"
#include "engine/core/result.h"
#include "engine/session/records.h"

namespace doubletalk::session {

// One line of events.jsonl for each record, a newline at its end. Thread: disk.
void appendLine(std::string& out, const ExchangeRecord& record);
void appendLine(std::string& out, const CommandRecord& record);
void appendLine(std::string& out, const AnswerRecord& record);
void appendLine(std::string& out, const Event& event);
void appendLine(std::string& out, const PacketRecord& record);
/// file is the name under tracks/.
void appendLine(std::string& out, const ItemRecord& record, std::string_view file);

/// An item line: its samples lie in tracks/<file>.
struct ItemLine {
    ItemRecord record;
    std::string file;
    std::int64_t samples = 0;
};

/// events.jsonl, sorted by kind of record.
struct EventLog {
    std::vector<ExchangeRecord> exchanges;
    std::vector<CommandRecord> commands;
    std::vector<AnswerRecord> answers;
    std::vector<Event> events;
    std::vector<PacketRecord> packets;
    std::vector<ItemLine> items;
    std::int64_t lines = 0;
    BlockIndex last_block = -1;  ///< largest stamp
    bool cut = false;            ///< the last line had no end and was left out
};

/// Reads events.jsonl out of memory. may_be_cut: a last line without an end is left out instead of
/// being an error. Unknown types of lines and unknown keys are passed over. Errors: format, with
/// the number of the line.
[[nodiscard]] Result<EventLog> parseEvents(std::string_view text, const std::string& where,
                                           bool may_be_cut);
/// Block stamp of one line, -1 when there is none: for copies that need no more.
[[nodiscard]] Result<void> parseEventLine(std::string_view line, const std::string& where,
                                          EventLog& log);

}  // namespace doubletalk::session
