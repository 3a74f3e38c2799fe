// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/echo/canceller_registry.h"

#include <array>

#include "engine/echo/nlms_canceller.h"
#include "engine/echo/none_canceller.h"
#include "engine/echo/speexdsp_canceller.h"
#ifdef DT_HAVE_WEBRTC
#include "engine/echo/webrtc_canceller.h"
#endif

namespace doubletalk::echo {
namespace {

using Entry = params::RegistryEntry<Canceller>;

template <class T>
std::unique_ptr<Canceller> make() {
    return std::make_unique<T>();
}

constexpr std::array kCancellers = {
    Entry{"none", "None (pass through)", &make<NoneCanceller>},
    Entry{"nlms", "NLMS, 1024 taps", &make<NlmsCanceller>},
    Entry{"speexdsp", "SpeexDSP (MDF)", &make<SpeexdspCanceller>},
#ifdef DT_HAVE_WEBRTC
    Entry{"webrtc", "WebRTC " DT_WEBRTC_GENERATION, &make<WebrtcCanceller>},
#else
    Entry{"webrtc", "WebRTC (not in this build)", nullptr},
#endif
};
constexpr auto kNames = params::namesOf(kCancellers);

}  // namespace

std::span<const Entry> cancellers() { return kCancellers; }

params::ChoiceList cancellerNames() { return kNames; }

Result<std::unique_ptr<Canceller>> createCanceller(std::string_view name) {
    return params::createFrom(cancellers(), "echo canceller", name);
}

}  // namespace doubletalk::echo
