// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/speech/vad_registry.h"

#include <array>

#include "engine/speech/energy_vad.h"
#include "engine/speech/webrtc_vad.h"

namespace doubletalk::speech {
namespace {

using Entry = params::RegistryEntry<VoiceActivityDetector>;

template <class T>
std::unique_ptr<VoiceActivityDetector> make() {
    return std::make_unique<T>();
}

constexpr std::array kEntries{
#ifdef DT_HAVE_APM
    Entry{"webrtc", "WebRTC", make<WebrtcVad>},
#else
    Entry{"webrtc", "WebRTC", nullptr},
#endif
    Entry{"energy", "Level threshold", make<EnergyVad>},
};
constexpr auto kNames = params::namesOf(kEntries);

}  // namespace

std::span<const Entry> voiceActivityDetectors() { return kEntries; }
params::ChoiceList voiceActivityDetectorNames() { return kNames; }

Result<std::unique_ptr<VoiceActivityDetector>> createVoiceActivityDetector(std::string_view name) {
    return params::createFrom(voiceActivityDetectors(), "voice detector", name);
}

}  // namespace doubletalk::speech
