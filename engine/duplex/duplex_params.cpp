// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/duplex_params.h"

#include <array>

namespace doubletalk::duplex {
namespace {

using params::param;
using params::ParamApply;

params::ChoiceList uplinkChoices() {
    static constexpr std::array<std::string_view, 2> kChoices{"device", "packets"};
    return kChoices;
}

}  // namespace

std::span<const params::ParamRow> engineParamTable() {
    static const std::array kRows{
        param<&EngineParams::rate_hz>(
            {"rate_hz", "Engine rate", "Hz",
             "Rate of every block inside the engine: 8000, 16000, 32000 or 48000."},
            {8000, 48000, 0}, ParamApply::restart),
        param<&EngineParams::uplink>(
            {"uplink", "Uplink source", "",
             "Where captured audio comes from: blocks of a device, or packets through a jitter "
             "buffer."},
            {}, ParamApply::restart, uplinkChoices),
        param<&EngineParams::playout_lead_ms>(
            {"playout_lead_ms", "Playout lead", "ms",
             "Audio kept ready for the loudspeaker. More survives a busy machine, less answers "
             "sooner; an interruption does not wait for it."},
            {10, 200, 1}, ParamApply::restart),
    };
    return kRows;
}

std::span<const params::ParamRow> streamParamTable() {
    static const std::array kRows{
        param<&StreamParams::rate_hz>(
            {"rate_hz", "Stream rate", "Hz",
             "Sampling rate of the packet streams: 8000, 16000, 24000, 32000 or 48000."},
            {8000, 48000, 0}, ParamApply::restart),
        param<&StreamParams::frame_ms>(
            {"frame_ms", "Packet length", "ms", "Audio in one packet; 20 ms is usual."},
            {10, 60, 10}, ParamApply::restart),
    };
    return kRows;
}

std::span<const params::ParamRow> healthParamTable() {
    static const std::array kRows{
        param<&HealthParams::max_latency_ms>(
            {"max_latency_ms", "Latency limit", "ms",
             "Latency above this for two seconds makes the chain degraded."},
            {10, 5000, 1}),
    };
    return kRows;
}

}  // namespace doubletalk::duplex
