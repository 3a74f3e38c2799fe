// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/noise/reducer_registry.h"

#include <array>

#include "engine/noise/none_reducer.h"
#include "engine/noise/speex_reducer.h"
#ifdef DT_HAVE_WEBRTC
#include "engine/noise/webrtc_reducer.h"
#endif

namespace doubletalk::noise {
namespace {

using Entry = params::RegistryEntry<NoiseReducer>;

template <class T>
std::unique_ptr<NoiseReducer> make() {
    return std::make_unique<T>();
}

constexpr std::array kReducers = {
    Entry{"none", "None (pass through)", &make<NoneReducer>},
    Entry{"speex", "SpeexDSP preprocessor", &make<SpeexReducer>},
#ifdef DT_HAVE_WEBRTC
    Entry{"webrtc", "WebRTC noise suppression", &make<WebrtcReducer>},
#else
    Entry{"webrtc", "WebRTC (not in this build)", nullptr},
#endif
};
constexpr auto kNames = params::namesOf(kReducers);

}  // namespace

std::span<const Entry> noiseReducers() { return kReducers; }

params::ChoiceList noiseReducerNames() { return kNames; }

Result<std::unique_ptr<NoiseReducer>> createNoiseReducer(std::string_view name) {
    return params::createFrom(noiseReducers(), "noise reducer", name);
}

}  // namespace doubletalk::noise
