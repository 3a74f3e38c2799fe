// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "engine/core/frames.h"
#include "engine/core/result.h"

namespace doubletalk {

/// For the prepare() of a stage; what names it ("echo canceller 'nlms'"). Errors: unsupported.
[[nodiscard]] inline Result<void> checkEngineRate(SampleRate rate, std::string_view what) {
    if (rate.isEngineRate()) return {};
    return fail(ErrorKind::unsupported,
                std::string(what) + " cannot run at " + std::to_string(rate.hz) + " Hz", {},
                "use 8000, 16000, 32000 or 48000 Hz");
}

}  // namespace doubletalk
