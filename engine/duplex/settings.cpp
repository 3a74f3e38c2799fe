// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/settings.h"

#include <algorithm>
#include <array>

namespace doubletalk::duplex {
namespace {

template <auto Member>
void* at(Settings& settings) {
    return &(settings.*Member);
}

std::size_t editDistance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
            diagonal = above;
        }
    }
    return row[b.size()];
}

}  // namespace

std::span<const SettingsModule> settingsModules() {
    static const std::array kModules{
        SettingsModule{"engine", engineParamTable(), at<&Settings::engine>},
        SettingsModule{"stream", streamParamTable(), at<&Settings::stream>},
        SettingsModule{"echo", echo::echoParamTable(), at<&Settings::echo>},
        SettingsModule{"noise", noise::noiseParamTable(), at<&Settings::noise>},
        SettingsModule{"jitter", jitter::jitterParamTable(), at<&Settings::jitter>},
        SettingsModule{"loss", jitter::lossParamTable(), at<&Settings::loss>},
        SettingsModule{"vad", speech::vadParamTable(), at<&Settings::vad>},
        SettingsModule{"segment", speech::segmentParamTable(), at<&Settings::segment>},
        SettingsModule{"barge_in", speech::bargeInParamTable(), at<&Settings::barge_in>},
        SettingsModule{"buffer", flow::bufferParamTable(), at<&Settings::buffer>},
        SettingsModule{"health", healthParamTable(), at<&Settings::health>},
        SettingsModule{"network", network::networkParamTable(), at<&Settings::network>},
        SettingsModule{"room", room::roomParamTable(), at<&Settings::room>},
        SettingsModule{"session", session::sessionParamTable(), at<&Settings::session>},
    };
    return kModules;
}

std::string SettingRef::fullName() const {
    return std::string(module->name) + "." + std::string(row->text.name);
}

params::ParamValue SettingRef::get(const Settings& settings) const {
    return row->get(module->at(const_cast<Settings&>(settings)));
}

void SettingRef::set(Settings& settings, const params::ParamValue& value) const {
    row->set(module->at(settings), value);
}

std::vector<SettingRef> allSettings() {
    std::vector<SettingRef> all;
    for (const auto& module : settingsModules()) {
        for (const auto& row : module.rows) all.push_back({&module, &row});
    }
    return all;
}

Result<SettingRef> findSetting(std::string_view full_name) {
    const auto all = allSettings();
    for (const auto& ref : all) {
        if (ref.fullName() == full_name) return ref;
    }
    // Only now: distances to a hundred names for every setting that is read would take longer than
    // all the rest of reading them.
    std::string nearest;
    std::size_t best = full_name.size() + 1;
    for (const auto& ref : all) {
        const auto name = ref.fullName();
        const auto distance = editDistance(name, full_name);
        if (distance < best) {
            best = distance;
            nearest = name;
        }
    }
    return fail(ErrorKind::usage, "unknown setting '" + std::string(full_name) + "'", {},
                (nearest.empty() ? "" : "nearest: " + nearest + "; ") +
                    "'doubletalk-cli settings' lists all");
}

nlohmann::json settingsToJson(const Settings& settings) {
    nlohmann::json all = nlohmann::json::object();
    for (const auto& ref : allSettings()) {
        auto& slot = all[ref.fullName()];
        std::visit(
            [&](const auto& value) {
                if constexpr (std::is_same_v<std::decay_t<decltype(value)>, Name>) {
                    slot = std::string(value.view());
                } else {
                    slot = value;
                }
            },
            ref.get(settings));
    }
    return all;
}

}  // namespace doubletalk::duplex
