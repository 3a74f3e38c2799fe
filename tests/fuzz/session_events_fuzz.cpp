// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/session/event_log.h"
#include "tests/fuzz/fuzz_input.h"

using namespace doubletalk::session;

/// events.jsonl; what was read is written and must read back as the same text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto log = parseEvents(textOf(data, size), "fuzz", (size & 1) != 0);
    if (!log) {
        require(!log.error().what.empty());
        return 0;
    }
    std::string text;
    for (const auto& record : log->exchanges) appendLine(text, record);
    for (const auto& record : log->commands) appendLine(text, record);
    for (const auto& record : log->answers) appendLine(text, record);
    for (const auto& record : log->events) appendLine(text, record);
    for (const auto& record : log->packets) appendLine(text, record);
    const auto again = parseEvents(text, "again", false);
    require(again.has_value());
    std::string twice;
    for (const auto& record : again->exchanges) appendLine(twice, record);
    for (const auto& record : again->commands) appendLine(twice, record);
    for (const auto& record : again->answers) appendLine(twice, record);
    for (const auto& record : again->events) appendLine(twice, record);
    for (const auto& record : again->packets) appendLine(twice, record);
    require(text == twice);
    return 0;
}
