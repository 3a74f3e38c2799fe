// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include "engine/echo/echo_params.h"
#include "engine/jitter/jitter_params.h"
#include "engine/session/session_params.h"
#include "tests/fuzz/fuzz_input.h"

using namespace doubletalk;

namespace {

/// What is accepted lies in the range and its text is read back to the same value.
void check(const params::ParamRow& row, std::string_view text) {
    const auto value = params::parseParam(row, "fuzz", text);
    if (!value) {
        require(!value.error().what.empty());
        return;
    }
    double number = row.range.min;
    if (const auto* i = std::get_if<int>(&*value)) number = *i;
    if (const auto* d = std::get_if<double>(&*value)) number = *d;
    require(number >= row.range.min && number <= row.range.max);
    const auto again = params::parseParam(row, "again", params::formatParam(*value));
    require(again && *again == *value);
}

}  // namespace

/// Text of a setting, for every row of some tables
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = textOf(data, size);
    for (const auto table :
         {echo::echoParamTable(), jitter::jitterParamTable(), session::sessionParamTable()}) {
        for (const auto& row : table) check(row, text);
    }
    return 0;
}
