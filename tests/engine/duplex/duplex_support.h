// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/event.h"
#include "engine/duplex/scene_run.h"
#include "engine/room/scene.h"

namespace doubletalk::test {

/// True in builds that are several times slower than a release: tests cut their scenes there.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSlowBuild = true;
#else
inline constexpr bool kSlowBuild = false;
#endif

/// A shipped scene as if its file said so: cut after so many seconds (0: whole) and with further
/// settings. What begins after the cut is left out.
[[nodiscard]] inline Result<room::Scene> sceneCut(
    const std::string& id, double duration_s = 0.0,
    const nlohmann::json& settings = nlohmann::json::object()) {
    auto scene = room::loadScene(id);
    if (!scene) return scene;
    auto json = scene->source;
    if (duration_s > 0.0 && duration_s < scene->duration_s) {
        json["duration_s"] = duration_s;
        for (const char* list : {"assistant", "talkers", "commands"}) {
            if (!json.contains(list)) continue;
            nlohmann::json kept = nlohmann::json::array();
            for (const auto& entry : json[list]) {
                if (entry["at_s"].get<double>() < duration_s) kept.push_back(entry);
            }
            json[list] = kept;
        }
    }
    for (const auto& [name, value] : settings.items()) json["settings"][name] = value;
    return room::parseScene(json, id);
}

/// Settings as runScene() comes to them.
[[nodiscard]] inline Result<duplex::Settings> settingsOf(const room::Scene& scene) {
    duplex::SettingsStore store;
    if (auto ok = store.setJson(scene.settings, duplex::SettingSource::scene, scene.id); !ok) {
        return tl::unexpected(ok.error());
    }
    return store.values();
}

[[nodiscard]] inline std::vector<Event> eventsOf(const std::vector<Event>& events, EventKind kind) {
    std::vector<Event> found;
    std::copy_if(events.begin(), events.end(), std::back_inserter(found),
                 [&](const Event& event) { return event.kind == kind; });
    return found;
}
[[nodiscard]] inline int countOf(const std::vector<Event>& events, EventKind kind) {
    return int(eventsOf(events, kind).size());
}

template <class T>
[[nodiscard]] QByteArray messageOf(const Result<T>& result) {
    return result ? QByteArray("no error") : QByteArray::fromStdString(result.error().message());
}

}  // namespace doubletalk::test

/// Fails the test with the error's own words.
#define DT_VERIFY_OK(result)                                                     \
    do {                                                                         \
        const auto& dt_result = (result);                                        \
        QVERIFY2(dt_result.has_value(), doubletalk::test::messageOf(dt_result)); \
    } while (false)
