// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/speech/speech_params.h"

#include <array>

#include "engine/speech/vad_registry.h"

namespace doubletalk::speech {

using params::param;
using params::ParamApply;

std::span<const params::ParamRow> vadParamTable() {
    static constexpr std::array rows{
        param<&VadParams::detector>(
            {"detector", "Voice detector", "",
             "What decides whether somebody speaks; webrtc knows speech from noise, energy only "
             "levels."},
            {}, ParamApply::live, voiceActivityDetectorNames),
        param<&VadParams::aggressiveness>(
            {"aggressiveness", "Aggressiveness", "",
             "webrtc only: 0 lets most through, 3 is the surest not to take noise for speech."},
            {0, 3, 1}),
        param<&VadParams::frame_ms>({"frame_ms", "Decision interval", "ms",
                                     "Audio a decision rests on; longer is steadier and later."},
                                    {10, 30, 10}),
        param<&VadParams::threshold_dbfs>(
            {"threshold_dbfs", "Voice level", "dBFS",
             "energy only: the level that counts as voice; set it 10 dB above the noise."},
            {-90.0, 0.0, 0.5}),
    };
    return rows;
}

std::span<const params::ParamRow> segmentParamTable() {
    static constexpr std::array rows{
        param<&SegmentParams::end_ms>(
            {"end_ms", "End of turn", "ms",
             "Silence that ends a segment; short answers sooner, long does not cut pauses."},
            {50, 5000, 10}),
        param<&SegmentParams::pre_roll_ms>(
            {"pre_roll_ms", "Pre-roll", "ms",
             "Audio kept from before the detected start, so that the first sound is not lost."},
            {0, 2000, 10}, ParamApply::restart),
    };
    return rows;
}

std::span<const params::ParamRow> bargeInParamTable() {
    static constexpr std::array rows{
        param<&BargeInParams::enabled>(
            {"enabled", "Barge-in", "", "Speech of the user stops the assistant."}),
        param<&BargeInParams::trigger_dbfs>({"trigger_dbfs", "Trigger level", "dBFS",
                                             "Level of the cleaned microphone that counts; above "
                                             "the residual echo, below a voice."},
                                            {-90.0, 0.0, 0.5}),
        param<&BargeInParams::min_speech_ms>(
            {"min_speech_ms", "Least speech", "ms",
             "Voice above the trigger before it fires; longer stops fewer coughs, and later."},
            {10, 2000, 10}),
        param<&BargeInParams::ready_margin_db>(
            {"ready_margin_db", "Ready margin", "dB",
             "Headroom the canceller must reach before an interruption is believed."},
            {0.0, 40.0, 0.5}),
        param<&BargeInParams::fade_ms>(
            {"fade_ms", "Fade", "ms",
             "Ramp to silence of an interrupted utterance; 0 clicks, 5 is not noticed. The audio at "
             "the loudspeaker limits it: more than engine.playout_lead_ms needs a longer lead."},
            {0, 50, 1}),
        param<&BargeInParams::hard_cut>(
            {"hard_cut", "Hard cut", "",
             "An interruption drops what the sound device has queued as well: silent some 10 ms "
             "sooner, without a fade, so it may click. Devices that cannot do it fade."}),
    };
    return rows;
}

}  // namespace doubletalk::speech
