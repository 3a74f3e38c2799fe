// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/core/frames.h"
#include "engine/core/name.h"

namespace doubletalk {

/// Everything the engine says happened. eventId() gives the text used in events.jsonl.
enum class EventKind : std::uint8_t {
    run_started, run_stopped,
    item_queued, item_started, item_ended, item_interrupted,
    voice_on, voice_off, segment_started, segment_ended,
    barge_in_held,     ///< voice above the trigger, but the canceller is not ready
    barge_in_decided,  ///< t_dec
    interrupt_issued,  ///< t_cmd; cause: barge_in, command, api
    playback_flushed,  ///< t_flush
    playback_silent,   ///< t_sil; value: heard_ms
    canceller_ready,
    engine_changed, engine_fallback, engine_failed,
    delay_moved, delay_state, drift_changed, reference_late,
    packet_late, packet_duplicate, packet_discarded, frame_concealed,
    parameter_changed,  ///< text: the setting; value and value2: now and before, a choice by its place
    setting_notice, network_spike, echo_path_changed,
    clipping, underrun, overrun, gap, silence_inserted, reset,
    health_changed, talker_started, talker_ended,
};
[[nodiscard]] std::string_view eventId(EventKind kind) noexcept;

/// One stamped event; copied without allocating.
struct Event {
    BlockIndex block = 0;
    EventKind kind = EventKind::run_started;
    std::int64_t frame = -1;  ///< capture clock; -1: the start of the block
    ItemId item = 0;
    double value = 0.0;
    double value2 = 0.0;
    Name text;   ///< what it is about: a setting, an engine, a state
    Name cause;  ///< why
};

}  // namespace doubletalk
