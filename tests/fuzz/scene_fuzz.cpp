// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/room/scene.h"
#include "tests/fuzz/fuzz_input.h"

/// A scene file
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = textOf(data, size);
    const auto json = nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
    if (json.is_discarded()) return 0;
    const auto scene = doubletalk::room::parseScene(json, "fuzz");
    if (scene) {
        require(scene->duration_s > 0.0);
    } else {
        require(!scene.error().what.empty());
    }
    return 0;
}
