// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/event.h"

namespace doubletalk {

std::string_view eventId(EventKind kind) noexcept {
    switch (kind) {
        case EventKind::run_started: return "run_started";
        case EventKind::run_stopped: return "run_stopped";
        case EventKind::item_queued: return "item_queued";
        case EventKind::item_started: return "item_started";
        case EventKind::item_ended: return "item_ended";
        case EventKind::item_interrupted: return "item_interrupted";
        case EventKind::voice_on: return "voice_on";
        case EventKind::voice_off: return "voice_off";
        case EventKind::segment_started: return "segment_started";
        case EventKind::segment_ended: return "segment_ended";
        case EventKind::barge_in_held: return "barge_in_held";
        case EventKind::barge_in_decided: return "barge_in_decided";
        case EventKind::interrupt_issued: return "interrupt_issued";
        case EventKind::playback_flushed: return "playback_flushed";
        case EventKind::playback_silent: return "playback_silent";
        case EventKind::canceller_ready: return "canceller_ready";
        case EventKind::engine_changed: return "engine_changed";
        case EventKind::engine_fallback: return "engine_fallback";
        case EventKind::engine_failed: return "engine_failed";
        case EventKind::delay_moved: return "delay_moved";
        case EventKind::delay_state: return "delay_state";
        case EventKind::drift_changed: return "drift_changed";
        case EventKind::reference_late: return "reference_late";
        case EventKind::packet_late: return "packet_late";
        case EventKind::packet_duplicate: return "packet_duplicate";
        case EventKind::packet_discarded: return "packet_discarded";
        case EventKind::frame_concealed: return "frame_concealed";
        case EventKind::parameter_changed: return "parameter_changed";
        case EventKind::setting_notice: return "setting_notice";
        case EventKind::network_spike: return "network_spike";
        case EventKind::echo_path_changed: return "echo_path_changed";
        case EventKind::clipping: return "clipping";
        case EventKind::underrun: return "underrun";
        case EventKind::overrun: return "overrun";
        case EventKind::gap: return "gap";
        case EventKind::silence_inserted: return "silence_inserted";
        case EventKind::reset: return "reset";
        case EventKind::health_changed: return "health_changed";
        case EventKind::talker_started: return "talker_started";
        case EventKind::talker_ended: return "talker_ended";
    }
    return "unknown";
}

}  // namespace doubletalk
