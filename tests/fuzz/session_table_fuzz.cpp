// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/session/csv_table.h"
#include "tests/fuzz/fuzz_input.h"

using namespace doubletalk::session;

/// metrics.csv and machine.csv; rows that were read survive writing.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    bool cut = false;
    const auto table = parseTable(textOf(data, size), "fuzz", (size & 1) != 0, cut);
    if (!table || table->columns.size() < 2) return 0;
    std::string text = csvHeader(std::span(table->columns).subspan(2));
    for (const auto& row : table->rows) {
        require(row.size() == table->columns.size());
        appendCsvRow(text, static_cast<doubletalk::BlockIndex>(row[0]), row[1],
                     std::span(row).subspan(2));
        if (row[1] != row[1]) return 0;  // a time that is missing is written as "nan"
    }
    const auto again = parseTable(text, "again", false, cut);
    require(again && again->rows.size() == table->rows.size());
    for (std::size_t i = 0; i < again->rows.size(); ++i) {
        for (std::size_t c = 0; c < again->rows[i].size(); ++c) {
            const double a = again->rows[i][c], b = table->rows[i][c];
            require((a != a && b != b) || a == b);
        }
    }
    return 0;
}
