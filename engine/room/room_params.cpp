// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/room/room_params.h"

#include <array>

namespace doubletalk::room {
namespace {

using P = RoomParams;
using params::param;
using params::ParamApply;
using params::ParamRange;

constexpr auto kRestart = ParamApply::restart;
constexpr auto kLive = ParamApply::live;
constexpr ParamRange kSize{1.0, 30.0, 0.0};
constexpr ParamRange kHeight{1.0, 15.0, 0.0};
constexpr ParamRange kPlace{0.0, 30.0, 0.0};
constexpr ParamRange kClip{-40.0, 0.0, 0.0};
constexpr ParamRange kDrift{-1000.0, 1000.0, 0.0};

const std::array kTable = {
    param<&P::length_m>({"length_m", "Room length", "m", "Inner size along x."}, kSize, kRestart),
    param<&P::width_m>({"width_m", "Room width", "m", "Inner size along y."}, kSize, kRestart),
    param<&P::height_m>({"height_m", "Room height", "m", "Inner size along z."}, kHeight, kRestart),
    param<&P::rt60_ms>({"rt60_ms", "Reverberation time", "ms",
                        "Time for the sound to fall by 60 dB: 150 is a car, 250 to 400 an office, "
                        "800 a bare hall; 0 leaves the direct sound only."},
                       {0.0, 2000.0, 0.0}, kRestart),
    param<&P::loudspeaker_x_m>(
        {"loudspeaker_x_m", "Loudspeaker x", "m", "Place of the loudspeaker inside the room."},
        kPlace, kRestart),
    param<&P::loudspeaker_y_m>(
        {"loudspeaker_y_m", "Loudspeaker y", "m", "Place of the loudspeaker inside the room."},
        kPlace, kRestart),
    param<&P::loudspeaker_z_m>(
        {"loudspeaker_z_m", "Loudspeaker z", "m", "Place of the loudspeaker inside the room."},
        kPlace, kRestart),
    param<&P::microphone_x_m>(
        {"microphone_x_m", "Microphone x", "m", "Place of the microphone inside the room."}, kPlace,
        kRestart),
    param<&P::microphone_y_m>(
        {"microphone_y_m", "Microphone y", "m", "Place of the microphone inside the room."}, kPlace,
        kRestart),
    param<&P::microphone_z_m>(
        {"microphone_z_m", "Microphone z", "m", "Place of the microphone inside the room."}, kPlace,
        kRestart),
    param<&P::talker_x_m>({"talker_x_m", "Talker x", "m", "Place of the talkers inside the room."},
                          kPlace, kRestart),
    param<&P::talker_y_m>({"talker_y_m", "Talker y", "m", "Place of the talkers inside the room."},
                          kPlace, kRestart),
    param<&P::talker_z_m>({"talker_z_m", "Talker z", "m", "Place of the talkers inside the room."},
                          kPlace, kRestart),
    param<&P::echo_gain_db>({"echo_gain_db", "Echo gain", "dB",
                             "Loudspeaker and microphone gain together; at 0 dB the direct sound "
                             "at 1 m is as loud as the reference."},
                            {-60.0, 30.0, 0.0}, kLive),
    param<&P::bulk_delay_ms>({"bulk_delay_ms", "Bulk delay", "ms",
                              "Device buffers between hand-over and sound; 20 to 100 is usual."},
                             {0.0, 1000.0, 0.0}, kRestart),
    param<&P::reference_late_ms>(
        {"reference_late_ms", "Reference late", "ms",
         "Fault to inject: the canceller gets its reference this much too late; 0 is right."},
        {0.0, 500.0, 0.0}, kRestart),
    param<&P::noise_dbfs>({"noise_dbfs", "Microphone noise", "dBFS",
                           "White noise at the microphone, mean square; -120 switches it off."},
                          {-120.0, 0.0, 0.0}, kLive),
    param<&P::loudspeaker_clip_dbfs>({"loudspeaker_clip_dbfs", "Loudspeaker limit", "dBFS peak",
                                      "Soft limit that distorts loud playback; 0 switches it off."},
                                     kClip, kLive),
    param<&P::microphone_clip_dbfs>({"microphone_clip_dbfs", "Microphone limit", "dBFS peak",
                                     "Hard limit of the microphone's converter; 0 is full scale."},
                                    kClip, kLive),
    param<&P::loudspeaker_ppm>({"loudspeaker_ppm", "Loudspeaker clock", "ppm",
                                "Error of the playback clock against true time; good devices stay "
                                "within 50."},
                               kDrift, kRestart),
    param<&P::microphone_ppm>({"microphone_ppm", "Microphone clock", "ppm",
                               "Error of the capture clock against true time; good devices stay "
                               "within 50."},
                              kDrift, kRestart),
};

}  // namespace

std::span<const params::ParamRow> roomParamTable() { return kTable; }

}  // namespace doubletalk::room
