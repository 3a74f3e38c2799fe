// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/event_panel.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QSaveFile>
#include <QScrollBar>
#include <QShortcut>
#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "engine/core/write_target.h"
#include "ui/models/event_model.h"
#include "ui/models/event_text.h"
#include "ui/models/history.h"
#include "ui/theme/theme.h"
#include "ui/widgets/choice_box.h"
#include "ui/widgets/panel_header.h"

namespace doubletalk::ui {
namespace {

/// Kinds in groups for the filter box; the first word of each is its title.
struct KindGroup {
    const char* title;
    std::vector<EventKind> kinds;
};
const std::vector<KindGroup>& kindGroups() {
    using K = EventKind;
    static const std::vector<KindGroup> kGroups{
        {QT_TRANSLATE_NOOP("doubletalk::ui::EventPanel", "Barge-in"),
         {K::barge_in_held, K::barge_in_decided, K::interrupt_issued, K::item_interrupted,
          K::playback_flushed, K::playback_silent, K::canceller_ready}},
        {QT_TRANSLATE_NOOP("doubletalk::ui::EventPanel", "Speech"),
         {K::item_queued, K::item_started, K::item_ended, K::voice_on, K::voice_off,
          K::segment_started, K::segment_ended, K::talker_started, K::talker_ended}},
        {QT_TRANSLATE_NOOP("doubletalk::ui::EventPanel", "Echo"),
         {K::delay_moved, K::delay_state, K::drift_changed, K::reference_late, K::echo_path_changed,
          K::clipping}},
        {QT_TRANSLATE_NOOP("doubletalk::ui::EventPanel", "Network"),
         {K::packet_late, K::packet_duplicate, K::packet_discarded, K::frame_concealed,
          K::network_spike}},
        {QT_TRANSLATE_NOOP("doubletalk::ui::EventPanel", "Settings"),
         {K::parameter_changed, K::setting_notice, K::engine_changed, K::engine_fallback,
          K::engine_failed, K::reset}},
        {QT_TRANSLATE_NOOP("doubletalk::ui::EventPanel", "Device"),
         {K::underrun, K::overrun, K::gap, K::silence_inserted, K::health_changed}},
    };
    return kGroups;
}

class EventFilter : public QSortFilterProxyModel {
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    void setFilter(int group, bool problems, const QString& text) {
        group_ = group;
        problems_ = problems;
        text_ = text;
        invalidateFilter();
    }
    [[nodiscard]] bool active() const { return group_ >= 0 || problems_ || !text_.isEmpty(); }

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override {
        const auto index = sourceModel()->index(row, 0, parent);
        if (problems_ && !index.data(EventModel::kProblemRole).toBool()) return false;
        if (group_ >= 0) {
            const auto& kinds = kindGroups()[std::size_t(group_)].kinds;
            const auto kind = EventKind(index.data(EventModel::kKindRole).toInt());
            if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) return false;
        }
        return text_.isEmpty() ||
               index.data(EventModel::kSearchRole).toString().contains(text_, Qt::CaseInsensitive);
    }

private:
    int group_ = -1;
    bool problems_ = false;
    QString text_;
};

/// Colours and fonts of the cells; the mark of a problem.
class EventDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const auto& theme = Theme::current();
        const bool problem = index.data(EventModel::kProblemRole).toBool();
        const bool decision = index.data(EventModel::kDecisionRole).toBool();
        if (option.state & QStyle::State_Selected) {
            painter->fillRect(option.rect, theme.colour(Token::selected));
        } else if (option.state & QStyle::State_MouseOver) {
            painter->fillRect(option.rect, theme.colour(Token::hover));
        }
        Token token = Token::text2;
        auto font = theme.font(Type::row);
        auto text = index.data(Qt::DisplayRole).toString();
        if (index.column() == EventModel::kTime) font = theme.number();
        if (index.column() == EventModel::kValue) {
            font = theme.number();
            token = Token::text;
        }
        if (index.column() == EventModel::kKind) {
            token = problem ? Token::problem : decision ? Token::decision : Token::text;
            if (problem) text.prepend(QStringLiteral("◆ "));
        }
        painter->setFont(font);
        painter->setPen(theme.colour(token));
        auto rect = option.rect.adjusted(kPad, 0, 0, 0);
        if (index.column() == EventModel::kValue) {  // what has no room goes on in the next cell
            painter->drawText(rect, Qt::AlignVCenter | Qt::AlignLeft, text);
            return;
        }
        rect.setRight(rect.right() - 4);
        if (index.column() == EventModel::kCause) {
            rect.setLeft(rect.left() + drawRestOfValue(*painter, option.rect, index));
            painter->setFont(font);
            painter->setPen(theme.colour(token));
        }
        painter->drawText(rect, Qt::AlignVCenter | Qt::AlignLeft,
                          QFontMetrics(font).elidedText(text, Qt::ElideRight, rect.width()));
    }

private:
    static constexpr int kPad = 8;

    /// The part of a long value that its own cell has no room for; the width it took.
    [[nodiscard]] int drawRestOfValue(QPainter& painter, const QRect& cell,
                                      const QModelIndex& index) const {
        const auto* table = qobject_cast<const QTableView*>(parent());
        const auto text = index.siblingAtColumn(EventModel::kValue).data().toString();
        const auto& theme = Theme::current();
        const int before = table->columnWidth(EventModel::kValue);
        const int width = kPad + QFontMetrics(theme.number()).horizontalAdvance(text);
        if (width <= before) return 0;
        painter.save();
        painter.setClipRect(cell);
        painter.setFont(theme.number());
        painter.setPen(theme.colour(Token::text));
        painter.drawText(cell.adjusted(kPad - before, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft,
                         text);
        painter.restore();
        return width - before + kPad;
    }
};

QString csvField(QString text) {
    if (!text.contains(QLatin1Char('"')) && !text.contains(QLatin1Char(','))) return text;
    return QLatin1Char('"') + text.replace(QLatin1Char('"'), QLatin1String("\"\"")) +
           QLatin1Char('"');
}

}  // namespace

EventPanel::EventPanel(const History& history, QWidget* parent)
    : QWidget(parent),
      model_(new EventModel(history, this)),
      filter_(new EventFilter(this)),
      table_(new QTableView(this)),
      text_(new QLineEdit(this)),
      kind_(new ChoiceBox(this)),
      problems_(new QToolButton(this)),
      empty_(new QLabel(table_)) {
    makePanel(*this);
    setAccessibleName(tr("Events"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto* header = new PanelHeader(tr("Events"), this);
    header->setNote(tr("N / P next, previous problem"));
    auto* export_button = header->addButton(Icon::export_, tr("Export these events as CSV"));
    connect(export_button, &QToolButton::clicked, this, &EventPanel::exportCsv);
    layout->addWidget(header);
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(12, 0, 8, 4);
    bar->setSpacing(6);
    fillKinds();
    text_->setPlaceholderText(tr("Filter"));
    text_->setAccessibleName(tr("Filter events by text"));
    text_->setClearButtonEnabled(true);
    problems_->setText(tr("◆ Problems"));
    problems_->setCheckable(true);
    problems_->setToolTip(tr("Only late, concealed, clipped, missing audio and failed engines"));
    bar->addWidget(kind_);
    bar->addWidget(problems_);
    bar->addWidget(text_, 1);
    layout->addLayout(bar);
    filter_->setSourceModel(model_);
    table_->setModel(filter_);
    table_->setItemDelegate(new EventDelegate(table_));
    table_->setShowGrid(false);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setContextMenuPolicy(Qt::CustomContextMenu);
    table_->setMouseTracking(true);
    table_->setTabKeyNavigation(false);
    table_->setAccessibleName(tr("Events"));
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table_->horizontalHeader()->setStretchLastSection(true);
    table_->horizontalHeader()->setHighlightSections(false);
    table_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    const auto restyle = [this] {
        const auto& theme = Theme::current();
        table_->verticalHeader()->setDefaultSectionSize(theme.scaled(23));
        table_->horizontalHeader()->setFont(theme.note());
        const int widths[] = {84, 114, 72};
        for (int i = 0; i < 3; ++i) table_->setColumnWidth(i, theme.scaled(widths[i]));
    };
    connect(&Theme::current(), &Theme::changed, this, restyle);
    restyle();
    layout->addWidget(table_, 1);
    empty_->setAlignment(Qt::AlignCenter);
    empty_->setProperty("kind", "note");
    empty_->setAttribute(Qt::WA_TransparentForMouseEvents);
    connect(text_, &QLineEdit::textChanged, this, &EventPanel::refilter);
    connect(kind_, &QComboBox::currentIndexChanged, this, &EventPanel::refilter);
    connect(problems_, &QToolButton::toggled, this, &EventPanel::refilter);
    connect(table_, &QTableView::activated, this, [this](const QModelIndex& index) {
        emit timeSelected(index.data(EventModel::kTimeRole).toDouble());
    });
    connect(table_, &QTableView::doubleClicked, this, [this](const QModelIndex& index) {
        emit timeSelected(index.data(EventModel::kTimeRole).toDouble());
    });
    connect(table_, &QWidget::customContextMenuRequested, this, &EventPanel::showMenu);
    auto* copy = new QShortcut(QKeySequence::Copy, table_);
    copy->setContext(Qt::WidgetShortcut);
    connect(copy, &QShortcut::activated, this, &EventPanel::copySelection);
    auto* scroll = table_->verticalScrollBar();
    connect(scroll, &QScrollBar::valueChanged, this,
            [this, scroll](int value) { follow_ = value >= scroll->maximum() - 4; });
    connect(scroll, &QScrollBar::rangeChanged, this, [this, scroll](int, int most) {
        if (follow_) scroll->setValue(most);
    });
    updateNote();
}

EventPanel::~EventPanel() = default;

void EventPanel::fillKinds() {
    kind_->addItem(tr("All kinds"));
    for (const auto& group : kindGroups()) kind_->addItem(tr(group.title));
    kind_->addItem(tr("Everything, voice too"));
    kind_->setAccessibleName(tr("Kinds of events"));
    kind_->setToolTip(
        tr("Voice on and off, duplicates and repeated concealment show only with "
           "\"Everything\""));
}

void EventPanel::setRateHz(int rate_hz) { model_->setRateHz(rate_hz); }

void EventPanel::refilter() {
    const int row = kind_->currentIndex();
    const bool everything = row == kind_->count() - 1;
    model_->setAll(everything);
    static_cast<EventFilter*>(filter_)->setFilter(row == 0 || everything ? -1 : row - 1,
                                                  problems_->isChecked(), text_->text());
    updateNote();
}

void EventPanel::updateNote() {
    const bool none = filter_->rowCount() == 0;
    empty_->setVisible(none);
    if (!none) return;
    empty_->setText(model_->rowCount() > 0 ? tr("No events of this kind")
                                           : tr("Events appear after Run, R"));
    empty_->setGeometry(
        table_->viewport()->rect().translated(0, table_->horizontalHeader()->height()));
}

void EventPanel::refresh() {
    const int before = model_->rowCount();
    model_->refresh();
    if (model_->rowCount() == before) return;
    if (model_->rowCount() < before) problem_s_ = -1.0;
    updateNote();
}

void EventPanel::setProblemsOnly(bool only) { problems_->setChecked(only); }

void EventPanel::setText(const QString& text) { text_->setText(text); }

void EventPanel::selectTime(double time_s) {
    problem_s_ = time_s;
    int best = -1;
    double distance = 0.0;
    for (int row = 0; row < filter_->rowCount(); ++row) {
        const double away =
            std::abs(filter_->index(row, 0).data(EventModel::kTimeRole).toDouble() - time_s);
        if (best >= 0 && away >= distance) continue;
        best = row;
        distance = away;
    }
    if (best < 0) return;
    table_->selectRow(best);
    table_->scrollTo(filter_->index(best, 0));
}

void EventPanel::step(int direction) {
    const int row = model_->problemRow(problem_s_, direction);
    if (row < 0) return;
    problem_s_ = model_->timeOf(row);
    const auto index = filter_->mapFromSource(model_->index(row, 0));
    if (index.isValid()) {
        table_->selectRow(index.row());
        table_->scrollTo(index);
    }
    emit timeSelected(problem_s_);
}

void EventPanel::nextProblem() { step(1); }
void EventPanel::previousProblem() { step(-1); }

QString EventPanel::rowsAsText(const QList<int>& rows, QChar separator) const {
    QStringList lines;
    for (const int row : rows) {
        QStringList fields;
        for (int column = 0; column < EventModel::kColumns; ++column) {
            // The accessible text has the exact time.
            auto text = filter_->index(row, column).data(Qt::AccessibleTextRole).toString();
            if (column == 0 && separator == QLatin1Char(',')) {
                text = QString::number(
                    filter_->index(row, 0).data(EventModel::kTimeRole).toDouble(), 'f', 6);
            }
            fields << (separator == QLatin1Char(',') ? csvField(text) : text);
        }
        lines << fields.join(separator);
    }
    return lines.join(QLatin1Char('\n'));
}

QString EventPanel::csv() const {
    QList<int> rows;
    for (int row = 0; row < filter_->rowCount(); ++row) rows << row;
    return QStringLiteral("time_s,kind,value,cause\n") + rowsAsText(rows, QLatin1Char(',')) +
           QLatin1Char('\n');
}

void EventPanel::copySelection() {
    QList<int> rows;
    for (const auto& index : table_->selectionModel()->selectedRows()) rows << index.row();
    std::sort(rows.begin(), rows.end());
    if (!rows.isEmpty()) QApplication::clipboard()->setText(rowsAsText(rows, QLatin1Char('\t')));
}

void EventPanel::exportCsv() {
    auto* dialog =
        new QFileDialog(this, tr("Export events"), QStringLiteral("events.csv"), tr("CSV (*.csv)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("csv"));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        if (const auto target = writeTarget(path.toStdString()); !target) {
            return failed(tr("%1 could not be written: %2. Choose another name.")
                              .arg(path, QString::fromStdString(target.error().what)));
        }
        QSaveFile file(path);
        const auto text = csv().toUtf8();
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size() || !file.commit()) {
            emit failed(tr("%1 could not be written: %2. Choose another folder.")
                            .arg(path, file.errorString()));
        }
    });
    dialog->open();
}

void EventPanel::showMenu(const QPoint& at) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Go there in the plots"), this, [this] {
        const auto index = table_->currentIndex();
        if (index.isValid()) emit timeSelected(index.data(EventModel::kTimeRole).toDouble());
    });
    menu->addAction(tr("Copy"), this, &EventPanel::copySelection);
    menu->addAction(tr("Export CSV…"), this, &EventPanel::exportCsv);
    menu->popup(table_->viewport()->mapToGlobal(at));
}

}  // namespace doubletalk::ui
