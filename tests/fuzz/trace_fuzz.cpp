// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <sstream>

#include "engine/network/trace_file.h"
#include "tests/fuzz/fuzz_input.h"

/// A recorded packet-delay trace
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::istringstream in{std::string(textOf(data, size))};
    const auto trace = doubletalk::network::parseTrace(in, "fuzz");
    if (!trace) {
        require(!trace.error().what.empty());
        return 0;
    }
    require(trace->frame_ms > 0.0 && trace->minDelayMs() >= 0.0);
    require(trace->lostPackets() < static_cast<std::int64_t>(trace->packets.size()));
    return 0;
}
