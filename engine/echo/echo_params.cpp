// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/echo/echo_params.h"

#include <array>

#include "engine/echo/canceller_registry.h"

namespace doubletalk::echo {

std::span<const params::ParamRow> echoParamTable() {
    using params::param;
    using params::ParamApply;
    // A changed canceller or tail is built elsewhere and taken over at a block edge: all live.
    static constexpr std::array rows = {
        param<&EchoParams::enabled>(
            {"enabled", "Echo cancellation", "",
             "Removes the loudspeaker's sound from the microphone. Off: the microphone passes "
             "through."}),
        param<&EchoParams::canceller>({"canceller", "Canceller", "",
                                       "Which engine removes the echo. speexdsp keeps the talker "
                                       "and leaves some echo; webrtc "
                                       "removes more and damages the talker in double talk; nlms "
                                       "is the textbook filter; none "
                                       "passes through."},
                                      {}, ParamApply::live, &cancellerNames),
        param<&EchoParams::tail_ms>(
            {"tail_ms", "Tail length", "ms",
             "How long an echo the filter can model (speexdsp). Longer fits reverberant rooms, "
             "converges more slowly and costs more time; 128 to 256 suits most rooms. nlms always "
             "has 1024 taps, webrtc sets its own."},
            {32.0, 512.0, 32.0}),
        param<&EchoParams::residual_suppression>(
            {"residual_suppression", "Residual suppression", "",
             "Turns down what the filter leaves (speexdsp, adds 10 ms). On: less echo; off: the "
             "talker is untouched."}),
        param<&EchoParams::delay_search>({"delay_search", "Delay search", "",
                                          "Estimates the delay between loudspeaker and microphone "
                                          "and moves the reference by it. "
                                          "Off: the echo must come within the tail."}),
    };
    return rows;
}

}  // namespace doubletalk::echo
