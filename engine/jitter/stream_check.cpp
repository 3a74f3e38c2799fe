// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jitter/stream_check.h"

#include <algorithm>
#include <array>

namespace doubletalk::jitter {

Result<void> checkStream(const StreamFormat& format) {
    constexpr std::array kRates = {8000, 16000, 24000, 32000, 48000};
    if (std::find(kRates.begin(), kRates.end(), format.rate.hz) == kRates.end()) {
        return fail(ErrorKind::unsupported,
                    "a packet stream of " + std::to_string(format.rate.hz) + " Hz is not supported",
                    {}, "use 8000, 16000, 24000, 32000 or 48000 Hz");
    }
    if (format.frame_ms < 5 || format.frame_ms > 120) {
        return fail(ErrorKind::unsupported,
                    "packets of " + std::to_string(format.frame_ms) + " ms are not supported", {},
                    "use 5 to 120 ms; 20 ms is usual");
    }
    return {};
}

}  // namespace doubletalk::jitter
