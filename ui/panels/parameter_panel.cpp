// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/parameter_panel.h"

#include <QAction>
#include <QInputDialog>
#include <QLineEdit>
#include <QMenu>
#include <QSortFilterProxyModel>
#include <QToolButton>
#include <QUndoStack>
#include <QVBoxLayout>

#include "ui/models/parameter_edits.h"
#include "ui/models/parameter_model.h"
#include "ui/models/preset_store.h"
#include "ui/models/setting_text.h"
#include "ui/panels/parameter_view.h"
#include "ui/theme/theme.h"
#include "ui/widgets/choice_box.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/panel_header.h"

namespace doubletalk::ui {
namespace {

/// All words must occur somewhere in a row's name, unit or help.
class ParameterFilter : public QSortFilterProxyModel {
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    void setWords(const QStringList& words, bool only_changed) {
        words_ = words;
        only_changed_ = only_changed;
        invalidateFilter();
    }

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override {
        if (!parent.isValid()) return words_.isEmpty() && !only_changed_;
        const auto index = sourceModel()->index(row, 0, parent);
        if (only_changed_ && !index.data(ParameterModel::kChangedRole).toBool()) return false;
        const auto text = index.data(ParameterModel::kSearchRole).toString();
        return std::all_of(words_.begin(), words_.end(), [&](const QString& word) {
            return text.contains(word, Qt::CaseInsensitive);
        });
    }

private:
    QStringList words_;
    bool only_changed_ = false;
};

}  // namespace

ParameterPanel::ParameterPanel(ParameterEdits& edits, PresetStore& presets, QWidget* parent)
    : QWidget(parent),
      edits_(edits),
      presets_(presets),
      model_(new ParameterModel(edits, this)),
      filter_(new ParameterFilter(this)),
      view_(new ParameterView(this)),
      errors_(new ErrorBar(this)),
      preset_box_(new ChoiceBox(this)),
      search_(new QLineEdit(this)) {
    makePanel(*this);
    setAccessibleName(tr("Parameters"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    addHeader();
    layout->addWidget(errors_);
    addPresetRow();
    filter_->setRecursiveFilteringEnabled(true);
    filter_->setSourceModel(model_);
    view_->setModel(filter_);
    view_->setAccessibleName(tr("Settings"));
    layout->addWidget(view_, 1);
    connect(view_, &ParameterView::resetWanted, this,
            [this](const QModelIndex& index) { model_->reset(filter_->mapToSource(index)); });
    connect(&edits_, &ParameterEdits::changed, this, &ParameterPanel::markPreset);
    connect(&presets_, &PresetStore::changed, this, &ParameterPanel::fillPresets);
    setMinimumWidth(240);
    fillPresets();
    showGroups({"echo", "noise", "vad", "barge_in", "jitter", "loss", "network", "room"},
               {"echo", "barge_in"});
    if (!presets_.problems().isEmpty()) {
        tell(tr("A preset cannot be used: %1").arg(presets_.problems().front()));
    }
}

ParameterPanel::~ParameterPanel() = default;

void ParameterPanel::addHeader() {
    auto* header = new PanelHeader(tr("Parameters"), this);
    layout()->addWidget(header);
    auto* undo = header->addButton(Icon::undo, tr("Undo the last change (Ctrl+Z)"));
    auto* redo = header->addButton(Icon::redo, tr("Redo (Ctrl+Y)"));
    auto& stack = edits_.undoStack();
    undo->setEnabled(stack.canUndo());
    redo->setEnabled(stack.canRedo());
    connect(&stack, &QUndoStack::canUndoChanged, undo, &QWidget::setEnabled);
    connect(&stack, &QUndoStack::canRedoChanged, redo, &QWidget::setEnabled);
    connect(&stack, &QUndoStack::undoTextChanged, undo, [undo](const QString& text) {
        undo->setToolTip(text.isEmpty() ? tr("Undo the last change (Ctrl+Z)")
                                        : tr("Undo: %1 (Ctrl+Z)").arg(text));
    });
    connect(undo, &QToolButton::clicked, &stack, &QUndoStack::undo);
    connect(redo, &QToolButton::clicked, &stack, &QUndoStack::redo);
    search_button_ = header->addButton(Icon::search, tr("Search settings by name, unit or help"));
    search_button_->setCheckable(true);
    connect(search_button_, &QToolButton::toggled, this, [this](bool on) {
        search_->setVisible(on);
        if (on) search_->setFocus();
        if (!on) search_->clear();
    });
    auto* more = header->addButton(Icon::more, tr("Presets and view"));
    auto* menu = new QMenu(more);
    menu->addAction(tr("Save as preset…"), this, &ParameterPanel::savePreset);
    auto* rename = menu->addAction(tr("Rename preset…"), this, &ParameterPanel::renamePreset);
    auto* remove = menu->addAction(tr("Delete preset"), this, &ParameterPanel::removePreset);
    menu->addSeparator();
    auto* only = menu->addAction(tr("Show only changed settings"));
    only->setCheckable(true);
    connect(only, &QAction::toggled, this, &ParameterPanel::showOnlyChanged);
    menu->addAction(tr("Open all groups"), view_, &QTreeView::expandAll);
    menu->addAction(tr("Close all groups"), view_, &QTreeView::collapseAll);
    connect(menu, &QMenu::aboutToShow, this, [this, rename, remove] {
        const bool own = std::any_of(presets_.presets().begin(), presets_.presets().end(),
                                     [&](const auto& p) { return p.own && p.title == preset_; });
        rename->setEnabled(own);
        remove->setEnabled(own);
    });
    more->setMenu(menu);
    more->setPopupMode(QToolButton::InstantPopup);
    more->setStyleSheet(QStringLiteral("QToolButton::menu-indicator{image:none;}"));
}

void ParameterPanel::addPresetRow() {
    auto* box = new QVBoxLayout;
    box->setContentsMargins(12, 2, 12, 8);
    box->setSpacing(6);
    box->addWidget(preset_box_);
    box->addWidget(search_);
    static_cast<QVBoxLayout*>(layout())->addLayout(box);
    preset_box_->setAccessibleName(tr("Preset"));
    preset_box_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    search_->hide();
    search_->setPlaceholderText(tr("Search settings"));
    search_->setAccessibleName(tr("Search settings"));
    search_->setClearButtonEnabled(true);
    connect(search_, &QLineEdit::textChanged, this, [this] { applyFilter(); });
    connect(preset_box_, &QComboBox::activated, this,
            [this](int row) { choosePreset(preset_box_->itemData(row).toString()); });
}

void ParameterPanel::fillPresets() {
    preset_box_->clear();
    bool own_begun = false;
    for (const auto& preset : presets_.presets()) {
        if (preset.own && !own_begun) {
            preset_box_->insertSeparator(preset_box_->count());
            own_begun = true;
        }
        preset_box_->addItem(preset.title, preset.title);
        preset_box_->setItemData(preset_box_->count() - 1, preset.description, Qt::ToolTipRole);
    }
    if (preset_.isEmpty() && !presets_.presets().empty()) {
        preset_ = presets_.presets().front().title;
    }
    markPreset();
}

void ParameterPanel::showPreset(const QString& title) {
    if (preset_box_->findData(title) < 0) return;
    preset_ = title;
    markPreset();
}

void ParameterPanel::markPreset() {
    const Preset* chosen = nullptr;
    for (const auto& preset : presets_.presets()) {
        const int row = preset_box_->findData(preset.title);
        if (row < 0) continue;
        preset_box_->setItemText(row, preset.title);
        if (preset.title == preset_) chosen = &preset;
    }
    if (chosen == nullptr) return;
    const int row = preset_box_->findData(preset_);
    preset_box_->setCurrentIndex(row);
    const bool same = presets_.matches(*chosen, edits_);
    if (!same) preset_box_->setItemText(row, preset_ + QStringLiteral(" *"));
    preset_box_->setToolTip(
        chosen->description +
        (same ? QString() : QLatin1Char('\n') + tr("Changed since it was chosen")));
}

void ParameterPanel::choosePreset(const QString& title) {
    for (const auto& preset : presets_.presets()) {
        if (preset.title != title) continue;
        preset_ = title;
        model_->clearProblems();  // of what was typed before
        errors_->clear();
        const auto done = presets_.apply(preset, edits_);
        if (!done) tell(errorText(done.error()));
        markPreset();
        return;
    }
}

void ParameterPanel::askName(const QString& title, const QString& label, const QString& text,
                             void (ParameterPanel::*done)(const QString&)) {
    auto* dialog = new QInputDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    dialog->setLabelText(label);
    dialog->setTextValue(text);
    connect(dialog, &QInputDialog::textValueSelected, this, done);
    dialog->open();
}

void ParameterPanel::savePreset() {
    askName(tr("Save as preset"), tr("Name of the preset"), QString(), &ParameterPanel::saveAs);
}

void ParameterPanel::saveAs(const QString& title) {
    if (const auto done = presets_.save(title, edits_); !done) return tell(errorText(done.error()));
    preset_ = title.trimmed();
    fillPresets();
}

void ParameterPanel::renamePreset() {
    askName(tr("Rename preset"), tr("New name of the preset"), preset_, &ParameterPanel::renameTo);
}

void ParameterPanel::renameTo(const QString& title) {
    const auto old = preset_;
    preset_ = title.trimmed();
    if (const auto done = presets_.rename(old, title); !done) {
        preset_ = old;
        tell(errorText(done.error()));
    }
    fillPresets();
}

void ParameterPanel::removePreset() {
    const auto old = preset_;
    preset_.clear();
    if (const auto done = presets_.remove(old); !done) {
        preset_ = old;
        tell(errorText(done.error()));
    }
    fillPresets();
}

void ParameterPanel::tell(const QString& problem) { errors_->showError(problem); }

void ParameterPanel::showGroups(const QStringList& first, const QStringList& open) {
    model_->setGroupOrder(first);
    for (int row = 0; row < filter_->rowCount(); ++row) {
        const auto index = filter_->index(row, 0);
        view_->setExpanded(index,
                           open.contains(index.data(ParameterModel::kFullNameRole).toString()));
    }
}

void ParameterPanel::showSetting(const QString& full_name) {
    search_button_->setChecked(false);
    const auto index =
        filter_->mapFromSource(model_->rowIndex(full_name, ParameterModel::kRequested));
    if (!index.isValid()) return;
    view_->expand(index.parent());
    view_->setCurrentIndex(index);
    view_->scrollTo(index, QAbstractItemView::PositionAtCenter);
    view_->setFocus();
}

void ParameterPanel::startSearch() {
    search_button_->setChecked(true);
    search_->setFocus();
    search_->selectAll();
}

void ParameterPanel::setSearch(const QString& text) {
    search_button_->setChecked(true);
    search_->setText(text);
}

void ParameterPanel::showOnlyChanged(bool only) {
    only_changed_ = only;
    applyFilter();
}

void ParameterPanel::applyFilter() {
    const auto words = search_->text().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    const bool filtering = !words.isEmpty() || only_changed_;
    if (filtering && !searching_) {
        open_before_search_.clear();
        for (int row = 0; row < filter_->rowCount(); ++row) {
            const auto index = filter_->index(row, 0);
            open_before_search_[index.data(ParameterModel::kFullNameRole).toString()] =
                view_->isExpanded(index);
        }
    }
    static_cast<ParameterFilter*>(filter_)->setWords(words, only_changed_);
    if (filtering) {
        view_->expandAll();
    } else if (searching_) {
        for (int row = 0; row < filter_->rowCount(); ++row) {
            const auto index = filter_->index(row, 0);
            view_->setExpanded(index, open_before_search_.value(
                                          index.data(ParameterModel::kFullNameRole).toString()));
        }
    }
    searching_ = filtering;
}

void ParameterPanel::refresh() { model_->refresh(); }

}  // namespace doubletalk::ui
