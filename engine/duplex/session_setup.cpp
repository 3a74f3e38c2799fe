// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/session_setup.h"

#include <array>

#include "engine/duplex/build_info.h"

namespace doubletalk::duplex {

std::span<const std::string_view> machineColumns() {
    static constexpr std::array<std::string_view, 3> kColumns{"block_ms", "block_max_ms",
                                                              "load_ratio"};
    return kColumns;
}

session::SessionHeader sessionHeader(const BlockLoop& loop, const RunDescription& run) {
    session::SessionHeader header;
    const auto& settings = loop.settings();
    header.rate_hz = settings.engine.rate_hz;
    header.taps = loop.tapNames();
    for (const auto column : ChainMeter::columns()) header.metrics.emplace_back(column);
    for (const auto column : machineColumns()) header.machine.emplace_back(column);
    const StreamFormat format{SampleRate{settings.stream.rate_hz}, settings.stream.frame_ms};
    header.max_payload_bytes = format.maxPayloadBytes();
    header.description = {
        {"build", buildVersion()},
        {"features", buildFeatures()},
        {"kind", run.scene != nullptr ? "scene" : "device"},
        {"clock", run.realtime ? "real time" : "virtual"},
        {"seed", run.seed},
        {"settings", settingsToJson(settings)},
        {"options",
         {{"truth", run.options.truth},
          {"direct", run.options.direct},
          {"output_latency_ms", run.options.output_latency_ms},
          {"input_latency_ms", run.options.input_latency_ms}}},
    };
    if (run.scene != nullptr) header.description["scene"] = run.scene->source;
    if (run.live) header.description["live"] = true;
    return header;
}

Result<std::unique_ptr<session::SessionWriter>> openSession(const std::filesystem::path& folder,
                                                            const BlockLoop& loop,
                                                            const RunDescription& run) {
    return session::SessionWriter::create(folder, sessionHeader(loop, run));
}

}  // namespace doubletalk::duplex
