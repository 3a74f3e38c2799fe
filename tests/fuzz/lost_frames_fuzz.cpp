// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "engine/duplex/offline_conceal.h"
#include "tests/fuzz/fuzz_input.h"

/// The list of lost frames that `conceal --lost` takes
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(textOf(data, size));
    const auto frames = doubletalk::duplex::parseLostFrames(text, "fuzz");
    if (!frames) {
        require(!frames.error().what.empty() && frames.error().where.starts_with("fuzz"));
        return 0;
    }
    // Not more numbers than lines, each one a number of a frame; written again they are the same.
    require(std::int64_t(frames->size()) <= std::count(text.begin(), text.end(), '\n') + 1);
    std::string again;
    for (const auto frame : *frames) {
        require(frame >= 0);
        again += std::to_string(frame) + "\n";
    }
    const auto same = doubletalk::duplex::parseLostFrames(again, "again");
    require(same.has_value() && *same == *frames);
    return 0;
}
