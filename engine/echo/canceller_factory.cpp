// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/echo/canceller_factory.h"

#include <algorithm>
#include <array>
#include <exception>

#include "engine/core/engine_rate.h"
#include "engine/echo/canceller_registry.h"

namespace doubletalk::echo {
namespace {

constexpr std::array<std::string_view, 4> kChain = {"webrtc", "speexdsp", "nlms", "none"};

/// The one to try after name; empty at the end. A name outside the chain goes to its second link.
std::string_view nextAfter(std::string_view name) {
    const auto at = std::ranges::find(kChain, name);
    if (at == kChain.end()) return kChain[1];
    return at + 1 == kChain.end() ? std::string_view() : *(at + 1);
}

/// Creates and prepares one engine; what a library throws becomes an error here.
Result<std::unique_ptr<Canceller>> tryEngine(SampleRate rate, const EchoParams& params,
                                             std::string_view name, const CreateCanceller& create) {
    try {
        auto engine = create(name);
        if (!engine) return engine;
        if (*engine == nullptr) return fail(ErrorKind::internal, "it could not be created");
        if (auto prepared = (*engine)->prepare(rate, params); !prepared) {
            return tl::unexpected(prepared.error());
        }
        return engine;
    } catch (const std::exception& problem) {
        return fail(ErrorKind::internal, problem.what());
    }
}

Result<BuiltCanceller> buildFrom(SampleRate rate, const EchoParams& params, std::string_view name,
                                 BuiltCanceller built, const CreateCanceller& create) {
    if (auto checked = checkEngineRate(rate, "echo cancellation"); !checked) {
        return tl::unexpected(checked.error());
    }
    for (; !name.empty(); name = nextAfter(name)) {
        auto engine = tryEngine(rate, params, name, create);
        if (engine) {
            built.canceller = std::move(*engine);
            built.got = name;
            return built;
        }
        if (engine.error().kind == ErrorKind::usage) return tl::unexpected(engine.error());
        if (!built.reason.empty()) built.reason += "; ";
        built.reason += std::string(name) + ": " + engine.error().message();
    }
    return fail(ErrorKind::internal, "no echo canceller could be started: " + built.reason,
                "echo.canceller");
}

}  // namespace

Result<BuiltCanceller> buildCanceller(SampleRate rate, const EchoParams& params) {
    return buildCanceller(rate, params, createCanceller);
}

Result<BuiltCanceller> buildCanceller(SampleRate rate, const EchoParams& params,
                                      const CreateCanceller& create) {
    BuiltCanceller built;
    built.wanted = params.canceller.view();
    return buildFrom(rate, params, params.canceller.view(), std::move(built), create);
}

Result<BuiltCanceller> buildFallback(SampleRate rate, const EchoParams& params,
                                     std::string_view failed, std::string_view why) {
    return buildFallback(rate, params, failed, why, createCanceller);
}

Result<BuiltCanceller> buildFallback(SampleRate rate, const EchoParams& params,
                                     std::string_view failed, std::string_view why,
                                     const CreateCanceller& create) {
    BuiltCanceller built;
    built.wanted = params.canceller.view();
    built.reason = std::string(failed) + ": " + std::string(why);
    const auto next = nextAfter(failed);
    if (next.empty()) {
        return fail(ErrorKind::internal, "nothing is left to fall back to after " + built.reason,
                    "echo.canceller");
    }
    return buildFrom(rate, params, next, std::move(built), create);
}

}  // namespace doubletalk::echo
