// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <vector>

#include "ui/models/parameter_edits.h"

namespace doubletalk::ui {

/// A named set of settings: what it names gets its value, what else its modules have goes back to
/// the default.
struct Preset {
    QString title, description;
    QStringList modules;  ///< empty: all
    std::vector<ParameterValue> values;
    bool own = false;  ///< the user's: can be renamed and removed
    QString file;
};

/// Built-in presets (resources/presets) and the user's own ones, as JSON files. Thread: gui.
class PresetStore : public QObject {
    Q_OBJECT
public:
    /// own_folder need not exist yet.
    PresetStore(const QString& built_in_folder, const QString& own_folder,
                QObject* parent = nullptr);
    /// The shipped folder, and presets/ below QStandardPaths::AppConfigLocation.
    [[nodiscard]] static QString builtInFolder();
    [[nodiscard]] static QString ownFolder();

    [[nodiscard]] const std::vector<Preset>& presets() const { return presets_; }
    /// Files that could not be read, and why.
    [[nodiscard]] const QStringList& problems() const { return problems_; }
    /// Everything that differs from the defaults now; an own one of the same title is replaced.
    /// Errors: no title, a built-in one's title, disk.
    Result<void> save(const QString& title, const ParameterEdits& edits);
    /// Of own ones. Errors: no title, taken, disk.
    Result<void> rename(const QString& title, const QString& new_title);
    Result<void> remove(const QString& title);

    /// Undoable as one step.
    Result<void> apply(const Preset& preset, ParameterEdits& edits) const;
    /// Nothing was changed since.
    [[nodiscard]] bool matches(const Preset& preset, const ParameterEdits& edits) const;

signals:
    void changed();

private:
    void load();
    void loadFolder(const QString& folder, bool own);
    [[nodiscard]] const Preset* find(const QString& title) const;
    [[nodiscard]] std::vector<ParameterValue> allValues(const Preset& preset) const;

    QString built_in_folder_, own_folder_;
    std::vector<Preset> presets_;
    QStringList problems_;
};

}  // namespace doubletalk::ui
