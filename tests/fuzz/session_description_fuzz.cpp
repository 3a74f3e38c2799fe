// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/session/description.h"
#include "tests/fuzz/fuzz_input.h"

using namespace doubletalk::session;

/// session.json
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto json = parseDescription(textOf(data, size), "fuzz");
    if (!json) return 0;
    const auto text = descriptionText(describeSession(headerOf(*json), stateOf(*json)));
    require(parseDescription(text, "again").has_value());
    return 0;
}
