// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/core/result.h"
#include "engine/session/records.h"
#include "engine/session/session_reader.h"

namespace doubletalk::session {

/// "block,time_s,<id>..." and a newline.
[[nodiscard]] std::string csvHeader(std::span<const std::string> ids);
/// One row; NaN gives an empty field.
void appendCsvRow(std::string& out, BlockIndex block, double time_s,
                  std::span<const double> values);

/// Reads metrics.csv or machine.csv out of memory; columns include block and time_s. cut is set
/// when a last row without an end was left out (an error unless may_be_cut). Errors: format, with
/// the line.
[[nodiscard]] Result<Table> parseTable(std::string_view text, const std::string& where,
                                       bool may_be_cut, bool& cut);

}  // namespace doubletalk::session
