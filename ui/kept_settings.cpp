// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kept_settings.h"

#include <QCoreApplication>
#include <QSettings>

#include "app/bench/bench.h"
#include "ui/models/setting_text.h"

namespace doubletalk::ui {
namespace {

constexpr const char* kSettingsGroup = "settings";

}  // namespace

void keepSettings(const bench::Bench& bench) {
    QSettings settings;
    settings.remove(kSettingsGroup);
    settings.beginGroup(kSettingsGroup);
    for (const auto& [name, text] : bench.edits()) {
        settings.setValue(QString::fromStdString(name), QString::fromStdString(text));
    }
}

QStringList restoreKeptSettings(bench::Bench& bench) {
    QStringList refused;
    QSettings settings;
    settings.beginGroup(kSettingsGroup);
    for (const auto& key : settings.childKeys()) {
        const auto name = key.toStdString();
        // What a file or the environment says today counts more than what was set yesterday.
        if (bench.sourceOf(name) > duplex::SettingSource::scene) continue;
        if (const auto ok = bench.set(name, settings.value(key).toString().toStdString()); !ok) {
            refused << QCoreApplication::translate("KeptSettings", "%1 is at its default again: %2")
                           .arg(key, errorText(ok.error()));
        }
    }
    return refused;
}

}  // namespace doubletalk::ui
