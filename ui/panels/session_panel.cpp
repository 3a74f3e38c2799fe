// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/session_panel.h"

#include <QDateTime>
#include <QHeaderView>
#include <QLabel>
#include <QScrollBar>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/models/session_list_model.h"
#include "ui/theme/theme.h"
#include "ui/widgets/panel_header.h"

namespace doubletalk::ui {

SessionPanel::SessionPanel(QWidget* parent)
    : QWidget(parent),
      model_(new SessionListModel(this)),
      table_(new QTableView(this)),
      empty_(new QLabel(table_)) {
    makePanel(*this);
    setAccessibleName(tr("Sessions"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(new PanelHeader(tr("Sessions"), this));
    table_->setModel(model_);
    table_->setShowGrid(false);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setTabKeyNavigation(false);
    table_->setAccessibleName(tr("Recent sessions"));
    table_->verticalHeader()->hide();
    table_->horizontalHeader()->setHighlightSections(false);
    table_->horizontalHeader()->setSectionResizeMode(SessionListModel::kTitle,
                                                     QHeaderView::Stretch);
    const auto restyle = [this] {
        const auto& theme = Theme::current();
        table_->setFont(theme.font(Type::row));
        table_->verticalHeader()->setDefaultSectionSize(theme.scaled(24));
        table_->horizontalHeader()->setFont(theme.note());
        const QFontMetrics words(theme.font(Type::row));
        const auto fit = [&](int column, const QString& longest) {
            table_->setColumnWidth(column, words.horizontalAdvance(longest) + 24);
        };
        const QDateTime now(QDate::currentDate(), QTime(20, 48));
        fit(SessionListModel::kTime, SessionListModel::shortTime(now) + QStringLiteral("0"));
        fit(SessionListModel::kLength, QStringLiteral("00:00.00"));
        fit(SessionListModel::kExact, tr("unfinished"));
    };
    connect(&Theme::current(), &Theme::changed, this, restyle);
    restyle();
    layout->addWidget(table_, 1);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(12, 6, 12, 8);
    foot->setSpacing(6);
    table_->setStyleSheet(QStringLiteral("QTableView::item { padding: 0 8px; border: none; }"));
    note_ = makeNote({}, this);
    note_->setWordWrap(true);
    note_->setContentsMargins(12, 4, 12, 0);
    empty_->setAlignment(Qt::AlignCenter);
    empty_->setProperty("kind", "note");
    empty_->setText(tr("Recordings appear here after Record, Shift+R"));
    empty_->setAttribute(Qt::WA_TransparentForMouseEvents);
    const auto add = [&](const QString& text, const QString& tip,
                         void (SessionPanel::*wanted)(const QString&)) {
        auto* button = new QToolButton(this);
        button->setProperty("kind", "field");
        button->setText(text);
        button->setToolTip(tip);
        button->setFocusPolicy(Qt::TabFocus);
        connect(button, &QToolButton::clicked, this,
                [this, wanted] { emit(this->*wanted)(selected()); });
        foot->addWidget(button);
        return button;
    };
    open_ = add(tr("Open"), tr("Show it on all plots (Enter)"), &SessionPanel::openWanted);
    replay_ =
        add(tr("Replay"), tr("Run its recorded inputs through the engine with the settings of now"),
            &SessionPanel::replayWanted);
    save_track_ =
        add(tr("Save track …"), tr("Write one of its signals as WAV, FLAC, MP3, AAC or Opus"),
            &SessionPanel::saveTrackWanted);
    reveal_ = add(tr("Show folder"), tr("Open its folder in the file manager"),
                  &SessionPanel::revealWanted);
    foot->addStretch(1);
    layout->addWidget(note_);
    layout->addLayout(foot);
    connect(table_, &QTableView::activated, this, [this] {
        if (open_->isEnabled()) emit openWanted(selected());
    });
    connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &SessionPanel::updateButtons);
    updateButtons();
}

void SessionPanel::setFolders(const QString& folder, const QStringList& others) {
    // What is selected stays under the pointer, also in the middle of a double click.
    const auto before = selected();
    const int scrolled = table_->verticalScrollBar()->value();
    model_->scan(folder, others);
    for (int row = 0; row < model_->rowCount() && !before.isEmpty(); ++row) {
        const auto folder_there = model_->index(row, 0).data(SessionListModel::kFolderRole);
        if (folder_there.toString() == before) table_->selectRow(row);
    }
    table_->doItemsLayout();
    table_->verticalScrollBar()->setValue(scrolled);
    updateButtons();
}

QString SessionPanel::selected() const {
    const auto rows = table_->selectionModel()->selectedRows();
    return rows.isEmpty() ? QString() : rows.front().data(SessionListModel::kFolderRole).toString();
}

void SessionPanel::updateButtons() {
    const auto rows = table_->selectionModel()->selectedRows();
    const bool any = !rows.isEmpty();
    const bool readable = any && rows.front().data(SessionListModel::kReadableRole).toBool();
    open_->setEnabled(readable);
    replay_->setEnabled(readable);
    save_track_->setEnabled(readable);
    reveal_->setEnabled(any);
    note_->setText(any ? rows.front().data(SessionListModel::kNoteRole).toString() : QString());
    note_->setVisible(!note_->text().isEmpty());
    empty_->setVisible(model_->rowCount() == 0);
    placeEmpty();
}

void SessionPanel::placeEmpty() {
    empty_->setGeometry(
        table_->viewport()->rect().translated(0, table_->horizontalHeader()->height()));
}

void SessionPanel::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    layout()->activate();  // the table's new size is needed now
    placeEmpty();
}

}  // namespace doubletalk::ui
