// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <set>
#include <string>

#include "engine/duplex/settings_store.h"
#include "ui/models/parameter_target.h"

namespace doubletalk::ui {

/// A target without an engine: a settings store, and values "in use" a test may bend.
class StoreTarget : public ParameterTarget {
public:
    duplex::SettingsStore store;
    duplex::Settings in_use;
    bool bent = false;  ///< in_use stands for itself
    std::set<std::string> waiting;

    const duplex::Settings& requested() const override { return store.values(); }
    const duplex::Settings& inUse() const override { return bent ? in_use : store.values(); }
    Result<void> set(const std::string& name, const std::string& text) override {
        auto done = store.set(name, text, duplex::SettingSource::form);
        if (done) emit changed();
        return done;
    }
    Result<void> unset(const std::string& name) override {
        const auto ref = duplex::findSetting(name);
        if (!ref) return tl::unexpected(ref.error());
        auto kept = store;
        duplex::SettingsStore fresh;
        for (const auto& other : duplex::allSettings()) {
            const auto other_name = other.fullName();
            const auto source = kept.source(other_name);
            if (other_name == name || source == duplex::SettingSource::defaults) continue;
            (void)fresh.set(other_name, params::formatParam(other.get(kept.values())), source);
        }
        store = fresh;
        emit changed();
        return {};
    }
    duplex::SettingSource sourceOf(const std::string& name) const override {
        return store.source(name);
    }
    bool waitsForRestart(const std::string& name) const override { return waiting.count(name) > 0; }
};

}  // namespace doubletalk::ui
