// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QWidget>

class QComboBox;
class QLineEdit;
class QSortFilterProxyModel;
class QToolButton;

namespace doubletalk::ui {

class ErrorBar;
class ParameterEdits;
class ParameterModel;
class ParameterView;
class PresetStore;

/// All settings: presets, search, undo and redo, and the tree of rows. Thread: gui.
class ParameterPanel : public QWidget {
    Q_OBJECT
public:
    /// edits and presets outlive it.
    ParameterPanel(ParameterEdits& edits, PresetStore& presets, QWidget* parent = nullptr);
    ~ParameterPanel() override;

    /// Groups a workspace is about come first; those in open stand open, the others closed.
    void showGroups(const QStringList& first, const QStringList& open);
    /// Opens the group of a setting and puts the cursor on its row.
    void showSetting(const QString& full_name);
    /// Looks for values the engine changed by itself. Cheap enough for a few times a second.
    void refresh();
    /// Title of the preset chosen last.
    [[nodiscard]] QString preset() const { return preset_; }
    /// Marks it as the one chosen last; its values are not applied. Unknown ones are ignored.
    void showPreset(const QString& title);
    [[nodiscard]] ParameterModel& model() { return *model_; }
    [[nodiscard]] ParameterView& view() { return *view_; }

public slots:
    void startSearch();
    void setSearch(const QString& text);
    void showOnlyChanged(bool only);
    void choosePreset(const QString& title);
    void savePreset();
    void renamePreset();
    void removePreset();

private:
    void addHeader();
    void addPresetRow();
    void fillPresets();
    void markPreset();
    void applyFilter();
    void askName(const QString& title, const QString& label, const QString& text,
                 void (ParameterPanel::*done)(const QString&));
    void saveAs(const QString& title);
    void renameTo(const QString& title);
    void tell(const QString& problem);

    ParameterEdits& edits_;
    PresetStore& presets_;
    ParameterModel* model_;
    QSortFilterProxyModel* filter_;
    ParameterView* view_;
    ErrorBar* errors_;
    QComboBox* preset_box_;
    QLineEdit* search_;
    QToolButton* search_button_ = nullptr;
    QString preset_;  ///< title of the one chosen last
    bool only_changed_ = false;
    QHash<QString, bool> open_before_search_;
    bool searching_ = false;
};

}  // namespace doubletalk::ui
