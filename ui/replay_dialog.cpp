// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/replay_dialog.h"

#include <QHeaderView>
#include <QLabel>
#include <QRegularExpression>
#include <QTableWidget>
#include <QVBoxLayout>

#include "engine/core/event.h"
#include "engine/duplex/replay.h"
#include "ui/models/event_text.h"
#include "ui/models/setting_text.h"

namespace doubletalk::ui {
namespace {

enum Column { kTime, kWhat, kBefore, kAfter, kColumns };

double timeS(BlockIndex block) { return double(block) * kBlockMs / 1000.0; }

QString titleOf(const std::string& event_id) {
    for (int kind = 0; kind <= int(EventKind::talker_ended); ++kind) {
        if (eventId(EventKind(kind)) == event_id) return eventKindTitle(EventKind(kind));
    }
    return QString::fromStdString(event_id);
}

/// "block 512 nlms user" as "00:05.12 nlms user".
QString placeText(const std::string& place) {
    static const QRegularExpression kPlace(QStringLiteral("^block (\\d+)(.*)$"));
    const auto found = kPlace.match(QString::fromStdString(place));
    if (!found.hasMatch()) return ReplayDialog::tr("not made");
    return timeText(timeS(found.captured(1).toLongLong()), 2) + found.captured(2);
}

}  // namespace

ReplayDialog::ReplayDialog(QWidget* parent)
    : QDialog(parent), table_(new QTableWidget(0, kColumns, this)) {
    setWindowTitle(tr("Decisions the replay changed"));
    auto* note = new QLabel(tr("A chosen row is shown on the plots. What follows the first change "
                               "may be its consequence."),
                            this);
    note->setProperty("kind", "note");
    note->setWordWrap(true);
    table_->setHorizontalHeaderLabels({tr("Time"), tr("Decision"), tr("Before"), tr("After")});
    table_->setAccessibleName(windowTitle());
    table_->setShowGrid(false);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table_->setTabKeyNavigation(false);
    table_->verticalHeader()->hide();
    table_->horizontalHeader()->setHighlightSections(false);
    table_->horizontalHeader()->setStretchLastSection(true);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(note);
    layout->addWidget(table_, 1);
    resize(680, 420);
    connect(table_, &QTableWidget::itemSelectionChanged, this, [this] {
        const auto rows = table_->selectionModel()->selectedRows();
        if (!rows.isEmpty()) emit timeChosen(rows.front().data(Qt::UserRole).toDouble());
    });
}

void ReplayDialog::setDecisions(const std::vector<duplex::DecisionChange>& decisions) {
    const QSignalBlocker blocker(table_);
    table_->clearContents();
    table_->setRowCount(int(decisions.size()));
    for (int row = 0; row < table_->rowCount(); ++row) {
        const auto& change = decisions[std::size_t(row)];
        const double time_s = timeS(change.block);
        const QString texts[kColumns] = {timeText(time_s, 2), titleOf(change.what),
                                         placeText(change.before), placeText(change.after)};
        for (int column = 0; column < kColumns; ++column) {
            auto* cell = new QTableWidgetItem(texts[column]);
            cell->setData(Qt::UserRole, time_s);
            table_->setItem(row, column, cell);
        }
    }
    for (const int column : {kTime, kWhat, kBefore}) table_->resizeColumnToContents(column);
}

}  // namespace doubletalk::ui
