// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jitter/silence_concealer.h"

#include <algorithm>

#include "engine/jitter/stream_check.h"

namespace doubletalk::jitter {

Result<void> SilenceConcealer::prepare(const StreamFormat& format, const LossParams&) {
    return checkStream(format);
}

void SilenceConcealer::process(std::span<const float> in, std::span<float> out) noexcept {
    if (in.empty()) {
        std::fill(out.begin(), out.end(), 0.0F);
    } else if (in.data() != out.data()) {
        std::copy(in.begin(), in.end(), out.begin());
    }
}

}  // namespace doubletalk::jitter
