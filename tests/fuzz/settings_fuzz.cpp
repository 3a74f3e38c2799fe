// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/settings_store.h"
#include "tests/fuzz/fuzz_input.h"

using namespace doubletalk::duplex;

/// A settings file, or (first byte '=') lines of NAME=value as in an environment
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    SettingsStore store;
    auto text = textOf(data, size);
    if (text.starts_with('=')) {
        text.remove_prefix(1);
        std::vector<std::string> environment;
        while (!text.empty()) {
            const auto line = text.substr(0, text.find('\n'));
            text.remove_prefix(std::min(line.size() + 1, text.size()));
            environment.emplace_back(line);
        }
        (void)store.loadEnvironment(environment);
    } else {
        const auto json = nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
        if (json.is_discarded()) return 0;
        (void)store.setJson(json, SettingSource::file, "fuzz");
    }
    // Whatever was accepted can be written and set again.
    const auto json = settingsToJson(store.values());
    SettingsStore again;
    require(again.setJson(json, SettingSource::file, "again").has_value());
    require(settingsToJson(again.values()) == json);
    return 0;
}
