// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jitter/jitter_buffer_registry.h"

#include <array>

#include "engine/jitter/adaptive_buffer.h"
#include "engine/jitter/fixed_buffer.h"
#include "engine/jitter/speex_buffer.h"

namespace doubletalk::jitter {
namespace {

using Entry = params::RegistryEntry<JitterBuffer>;

template <class B>
std::unique_ptr<JitterBuffer> make() {
    return std::make_unique<B>();
}

constexpr std::array kEntries = {
    Entry{"fixed", "Fixed delay", &make<FixedBuffer>},
    Entry{"speexdsp", "SpeexDSP", &make<SpeexBuffer>},
    Entry{"adaptive", "Adaptive", &make<AdaptiveBuffer>},
};
constexpr auto kNames = params::namesOf(kEntries);

}  // namespace

std::span<const Entry> jitterBuffers() { return kEntries; }

params::ChoiceList jitterBufferNames() { return kNames; }

Result<std::unique_ptr<JitterBuffer>> createJitterBuffer(std::string_view name) {
    return params::createFrom(jitterBuffers(), "jitter buffer", name);
}

}  // namespace doubletalk::jitter
