// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "engine/params/param_table.h"

namespace doubletalk::room {

/// Settings of the virtual room (`room.*`). A restart row takes effect with the next run, except
/// where a scene's path change sets it.
struct RoomParams {
    double length_m = 5.0;   ///< [m] x
    double width_m = 4.0;    ///< [m] y
    double height_m = 2.7;   ///< [m] z
    double rt60_ms = 250.0;  ///< [ms] reverberation time; 0: direct sound only
    double loudspeaker_x_m = 2.0, loudspeaker_y_m = 2.0, loudspeaker_z_m = 1.2;
    double microphone_x_m = 2.5, microphone_y_m = 2.0, microphone_z_m = 1.2;
    double talker_x_m = 3.0, talker_y_m = 2.5, talker_z_m = 1.3;
    double echo_gain_db = -12.0;     ///< [dB] loudspeaker and microphone gain together
    double bulk_delay_ms = 40.0;     ///< [ms] device buffers between hand-over and sound
    double reference_late_ms = 0.0;  ///< [ms] fault: the echo comes this much before its reference
    double noise_dbfs = -75.0;       ///< [dBFS] white noise at the microphone; -120: none
    double loudspeaker_clip_dbfs = 0.0;  ///< [dBFS peak] soft limit of the loudspeaker; 0: off
    double microphone_clip_dbfs = 0.0;   ///< [dBFS peak] hard limit of the microphone
    double loudspeaker_ppm = 0.0;        ///< [ppm] loudspeaker clock against true time
    double microphone_ppm = 0.0;         ///< [ppm] microphone clock against true time
};

[[nodiscard]] std::span<const params::ParamRow> roomParamTable();

}  // namespace doubletalk::room
