// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/session/pcap_file.h"
#include "tests/fuzz/fuzz_input.h"

using namespace doubletalk::session;

/// packets.pcap; payloads lie inside the input.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    for (const bool may_be_cut : {false, true}) {
        const auto file = parsePcap(bytes, "fuzz", may_be_cut);
        if (!file) continue;
        unsigned sum = 0;
        for (const auto& packet : file->packets) {
            for (const auto byte : packet.payload) sum += std::to_integer<unsigned>(byte);
        }
        require(sum <= 255U * size);
    }
    return 0;
}
