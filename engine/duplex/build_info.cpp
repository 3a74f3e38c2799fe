// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/build_info.h"

#include "engine/echo/canceller_registry.h"
#include "engine/jitter/concealer_registry.h"
#include "engine/jitter/jitter_buffer_registry.h"
#include "engine/noise/reducer_registry.h"
#include "engine/speech/vad_registry.h"

#ifndef DT_VERSION
#error "the build must say its version"
#endif

namespace doubletalk::duplex {
namespace {

template <class Entries>
void list(std::vector<std::string>& features, const std::string& what, const Entries& entries) {
    for (const auto& entry : entries) {
        if (entry.create != nullptr) features.push_back(what + " " + std::string(entry.name));
    }
}

}  // namespace

std::string buildVersion() { return DT_VERSION; }

std::vector<std::string> buildFeatures() {
    std::vector<std::string> features;
    list(features, "canceller", echo::cancellers());
    list(features, "reducer", noise::noiseReducers());
    list(features, "jitter buffer", jitter::jitterBuffers());
    list(features, "concealer", jitter::concealers());
    list(features, "detector", speech::voiceActivityDetectors());
    return features;
}

}  // namespace doubletalk::duplex
