// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jitter/concealer_registry.h"

#include <array>

#include "engine/jitter/repeat_concealer.h"
#include "engine/jitter/silence_concealer.h"

namespace doubletalk::jitter {
namespace {

using Entry = params::RegistryEntry<Concealer>;

template <class C>
std::unique_ptr<Concealer> make() {
    return std::make_unique<C>();
}

constexpr std::array kEntries = {
    Entry{"silence", "Silence", &make<SilenceConcealer>},
    Entry{"repeat", "Repeat and fade", &make<RepeatConcealer>},
};
constexpr auto kNames = params::namesOf(kEntries);

}  // namespace

std::span<const Entry> concealers() { return kEntries; }

params::ChoiceList concealerNames() { return kNames; }

Result<std::unique_ptr<Concealer>> createConcealer(std::string_view name) {
    return params::createFrom(concealers(), "concealer", name);
}

}  // namespace doubletalk::jitter
