// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "engine/core/frames.h"
#include "engine/core/result.h"
#include "engine/echo/canceller.h"

namespace doubletalk::echo {

/// A prepared canceller and how it came about; reason is empty when got == wanted.
struct BuiltCanceller {
    std::unique_ptr<Canceller> canceller;
    std::string wanted;
    std::string got;
    std::string reason;  ///< why the wanted one is not running, in words for an event
};

/// Makes an engine by its name; tests pass their own to force failures.
using CreateCanceller = std::function<Result<std::unique_ptr<Canceller>>(std::string_view name)>;

/// Creates and prepares params.canceller; when it is not in this build or cannot be prepared, the
/// next of webrtc → speexdsp → nlms → none. params.enabled is not looked at.
/// Errors: usage (unknown name), unsupported (not an engine rate). Thread: any, not in rt.
[[nodiscard]] Result<BuiltCanceller> buildCanceller(SampleRate rate, const EchoParams& params);
[[nodiscard]] Result<BuiltCanceller> buildCanceller(SampleRate rate, const EchoParams& params,
                                                    const CreateCanceller& create);

/// Replacement for an engine that failed while running: the next one after failed in the same
/// chain; reason becomes "<failed>: <why>".
[[nodiscard]] Result<BuiltCanceller> buildFallback(SampleRate rate, const EchoParams& params,
                                                   std::string_view failed, std::string_view why);
[[nodiscard]] Result<BuiltCanceller> buildFallback(SampleRate rate, const EchoParams& params,
                                                   std::string_view failed, std::string_view why,
                                                   const CreateCanceller& create);

}  // namespace doubletalk::echo
