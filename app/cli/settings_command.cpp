// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/setting_options.h"

namespace doubletalk::cli {
namespace {

struct SettingsArguments {
    SettingOptions settings;
    bool json = false;
};

bool isNumber(const params::ParamRow& row) {
    return row.kind == params::ParamKind::integer || row.kind == params::ParamKind::real;
}

std::string rangeText(const params::ParamRow& row) {
    if (row.kind == params::ParamKind::toggle) return "true, false";
    if (isNumber(row)) {
        auto text = fmt::format("{:g}..{:g}", row.range.min, row.range.max);
        if (row.range.step > 0.0 && row.range.step != 1.0) {
            text += fmt::format(" step {:g}", row.range.step);
        }
        return text;
    }
    if (row.choices == nullptr) return "any text";
    return fmt::format("{}", fmt::join(row.choices(), ", "));
}

std::string_view applyName(const params::ParamRow& row) {
    return row.apply == params::ParamApply::live ? "live" : "restart";
}

nlohmann::json jsonOf(const duplex::SettingsStore& store) {
    const auto values = duplex::settingsToJson(store.values());
    const auto defaults = duplex::settingsToJson(duplex::Settings{});
    nlohmann::json all = nlohmann::json::object();
    for (const auto& ref : duplex::allSettings()) {
        const auto& row = *ref.row;
        const auto name = ref.fullName();
        auto& entry = all[name];
        entry = {{"value", values[name]},   {"default", defaults[name]},
                 {"unit", row.text.unit},   {"source", duplex::sourceName(store.source(name))},
                 {"label", row.text.label}, {"help", row.text.help},
                 {"apply", applyName(row)}};
        if (isNumber(row)) {
            entry["min"] = row.range.min;
            entry["max"] = row.range.max;
            entry["step"] = row.range.step;
        } else if (row.kind == params::ParamKind::text && row.choices != nullptr) {
            entry["choices"] = nlohmann::json::array();
            for (const auto choice : row.choices()) entry["choices"].push_back(choice);
        }
    }
    return all;
}

std::string textOf(const duplex::SettingsStore& store) {
    const duplex::Settings defaults;
    std::vector<std::vector<std::string>> rows{
        {"setting", "value", "unit", "default", "range", "source", "applies", "what"}};
    for (const auto& ref : duplex::allSettings()) {
        const auto& row = *ref.row;
        const auto name = ref.fullName();
        rows.push_back({name, params::formatParam(ref.get(store.values())),
                        row.text.unit.empty() ? "-" : std::string(row.text.unit),
                        params::formatParam(ref.get(defaults)), rangeText(row),
                        std::string(duplex::sourceName(store.source(name))),
                        std::string(applyName(row)), std::string(row.text.help)});
    }
    return tableText(rows);
}

Result<void> list(const SettingsArguments& arguments) {
    const auto store = loadSettings(arguments.settings);
    if (!store) return tl::unexpected(store.error());
    if (arguments.json) {
        printJson(jsonOf(*store));
    } else {
        print(textOf(*store));
    }
    return {};
}

}  // namespace

Action declareSettings(CLI::App& command) {
    auto arguments = std::make_shared<SettingsArguments>();
    addSettingOptions(command, arguments->settings);
    command.add_flag("--json", arguments->json, "Print the settings as one JSON object");
    return [arguments] { return list(*arguments); };
}

}  // namespace doubletalk::cli
