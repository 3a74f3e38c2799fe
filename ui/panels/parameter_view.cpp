// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/parameter_view.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include "ui/models/parameter_model.h"
#include "ui/panels/parameter_delegate.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

namespace doubletalk::ui {
namespace {

constexpr int kIndent = 24;
constexpr int kNarrowIndent = 12;
constexpr int kInset = 12;
constexpr int kFieldWidth = 62;
constexpr int kNarrowFieldWidth = 60;
constexpr int kInUseWidth = 50;
constexpr int kNarrowInUseWidth = 44;
constexpr int kUnitWidth = 42;
constexpr int kNarrowUnitWidth = 34;
constexpr int kUnitGap = 4;
constexpr int kResetWidth = 16;
constexpr int kResetIconPx = 13;
constexpr int kRowHeight = 26;
constexpr int kSecondLine = 14;    ///< [px] more for a name in two lines
constexpr int kNarrowPanel = 280;  ///< [px] below it the columns get narrower

bool isGroup(const QModelIndex& index) { return index.data(ParameterModel::kGroupRole).toBool(); }

bool isChoice(const QModelIndex& index) {
    return !index.data(ParameterModel::kChoicesRole).toStringList().isEmpty();
}

void drawChevron(QPainter& painter, QPointF centre, bool down, const QColor& colour) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colour, 1.4));
    const QPointF right[] = {{-2, -4}, {2, 0}, {-2, 4}};
    const QPointF below[] = {{-4, -2}, {0, 2}, {4, -2}};
    QPointF points[3];
    for (int i = 0; i < 3; ++i) points[i] = centre + (down ? below[i] : right[i]);
    painter.drawPolyline(points, 3);
    painter.restore();
}

void drawTick(QPainter& painter, const QRect& box, const QColor& colour) {
    painter.setPen(QPen(colour, 1.6));
    const QPointF at = box.topLeft();
    const QPointF points[] = {at + QPointF(3.0, 6.8), at + QPointF(5.6, 9.4),
                              at + QPointF(10.4, 3.8)};
    painter.drawPolyline(points, 3);
}

}  // namespace

ParameterView::ParameterView(QWidget* parent) : QTreeView(parent) {
    setItemDelegate(new ParameterDelegate(this));
    setIndentation(0);
    setRootIsDecorated(false);
    setUniformRowHeights(false);
    setMouseTracking(true);
    setExpandsOnDoubleClick(false);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setEditTriggers(QAbstractItemView::EditKeyPressed | QAbstractItemView::AnyKeyPressed);
    setAllColumnsShowFocus(true);
    header()->setSectionsClickable(false);
    header()->setStretchLastSection(false);
    header()->setMinimumSectionSize(10);
    header()->setSectionResizeMode(QHeaderView::Fixed);
    header()->setStyleSheet(
        QStringLiteral("QHeaderView::section { padding: 2px 0; border: none; }"
                       "QHeaderView::section:first { padding-left: 12px; }"));
    connect(&Theme::current(), &Theme::changed, this, &ParameterView::restyle);
    restyle();
}

void ParameterView::restyle() {
    header()->setFont(Theme::current().note());
    header()->setFixedHeight(Theme::current().scaled(22));
    layOutColumns();
    doItemsLayout();
}

void ParameterView::layOutColumns() {
    if (model() == nullptr || header()->count() < ParameterModel::kColumns) return;
    const auto& theme = Theme::current();
    narrow_ = viewport()->width() < theme.scaled(kNarrowPanel);
    const int field = theme.scaled(narrow_ ? kNarrowFieldWidth : kFieldWidth);
    const int in_use = theme.scaled(narrow_ ? kNarrowInUseWidth : kInUseWidth);
    const int unit = theme.scaled(narrow_ ? kNarrowUnitWidth : kUnitWidth);
    const int rest = field + in_use + unit + kResetWidth;
    header()->resizeSection(ParameterModel::kName, std::max(viewport()->width() - rest, 60));
    header()->resizeSection(ParameterModel::kRequested, field);
    header()->resizeSection(ParameterModel::kInUse, in_use);
    header()->resizeSection(ParameterModel::kUnit, unit);
    header()->resizeSection(ParameterModel::kReset, kResetWidth);
}

void ParameterView::resizeEvent(QResizeEvent* event) {
    QTreeView::resizeEvent(event);
    layOutColumns();
    scheduleDelayedItemsLayout();  // notes wrap differently
}

void ParameterView::dataChanged(const QModelIndex& top_left, const QModelIndex& bottom_right,
                                const QList<int>& roles) {
    QTreeView::dataChanged(top_left, bottom_right, roles);
    if (top_left.parent().isValid()) scheduleDelayedItemsLayout();  // a note came or went
    viewport()->update();
}

QString ParameterView::noteText(const QModelIndex& index) const {
    const auto problem = index.data(ParameterModel::kProblemRole).toString();
    if (!problem.isEmpty()) return problem;
    const auto in_use = index.siblingAtColumn(ParameterModel::kInUse);
    if (isChoice(index) && !index.data(ParameterModel::kEqualRole).toBool()) {
        return tr("in use: %1").arg(in_use.data(Qt::DisplayRole).toString());
    }
    return {};
}

int ParameterView::noteHeight(const QModelIndex& index) const {
    const auto text = noteText(index);
    if (text.isEmpty()) return 0;
    const QFontMetrics metrics(Theme::current().note());
    const int width = viewport()->width() - indent() - kInset;
    return metrics.boundingRect(QRect(0, 0, std::max(width, 60), 1000), Qt::TextWordWrap, text)
               .height() +
           6;
}

int ParameterView::indent() const { return narrow_ ? kNarrowIndent : kIndent; }

QRect ParameterView::columnRect(int column, const QRect& row) const {
    return {columnViewportPosition(column), row.top(), columnWidth(column),
            Theme::current().scaled(kRowHeight)};
}

QRect ParameterView::nameRect(const QModelIndex& index, const QRect& row) const {
    auto rect = columnRect(ParameterModel::kName, row);
    rect.setLeft(indent());
    const auto requested = index.siblingAtColumn(ParameterModel::kRequested);
    if (requested.data(Qt::CheckStateRole).isValid()) {  // a box needs no field's width
        const auto field = columnRect(ParameterModel::kRequested, row);
        rect.setRight(field.right() - 20);
    } else {
        rect.setRight(rect.right() - 2);
    }
    return rect;
}

int ParameterView::nameHeight(const QModelIndex& index) const {
    const auto& theme = Theme::current();
    auto font = theme.font(Type::row);
    font.setWeight(QFont::DemiBold);  // as when changed: a change moves no rows
    const auto name = index.siblingAtColumn(ParameterModel::kName).data().toString();
    const int room = nameRect(index, QRect()).width();
    const bool fits = QFontMetrics(font).horizontalAdvance(name) <= room;
    return theme.scaled(fits || !name.contains(QLatin1Char(' ')) ? kRowHeight
                                                                 : kRowHeight + kSecondLine);
}

/// The line of field, value and unit, in the middle of its name's lines.
QRect ParameterView::valueRow(const QModelIndex& index, const QRect& row) const {
    const int below = (nameHeight(index) - Theme::current().scaled(kRowHeight)) / 2;
    return row.translated(0, below);
}

QRect ParameterView::fieldRect(const QModelIndex& index) const {
    const auto row = valueRow(index, visualRect(index.siblingAtColumn(ParameterModel::kName)));
    auto rect = columnRect(ParameterModel::kRequested, row).adjusted(0, 2, 0, -2);
    if (isChoice(index)) {  // it has no unit
        rect.setRight(rect.right() + columnWidth(ParameterModel::kInUse) +
                      columnWidth(ParameterModel::kUnit) - kUnitGap);
    }
    return rect;
}

void ParameterView::drawGroup(QPainter& painter, const QRect& row, const QModelIndex& index) const {
    const auto& theme = Theme::current();
    const bool open = isExpanded(index);
    if (index.row() > 0) {
        painter.fillRect(QRect(row.left(), row.top(), row.width(), 1), theme.colour(Token::line));
    }
    drawChevron(painter, QPointF(kInset + 4, row.center().y() + 1), open,
                theme.colour(Token::text2));
    const auto title = index.data(Qt::DisplayRole).toString();
    painter.setFont(theme.title());
    painter.setPen(theme.colour(Token::text));
    const auto text_rect = row.adjusted(kInset + 14, 0, -kInset, 0);
    painter.drawText(text_rect, Qt::AlignVCenter | Qt::AlignLeft, title);
    const int used = QFontMetrics(theme.title()).horizontalAdvance(title) + 10;
    const int changed = index.data(ParameterModel::kChangedRole).toInt();
    const auto right = !open         ? index.data(ParameterModel::kKeyTextRole).toString()
                       : changed > 0 ? tr("%n changed", nullptr, changed)
                                     : QString();
    painter.setFont(theme.note());
    painter.setPen(theme.colour(Token::text2));
    const auto right_rect = text_rect.adjusted(used, 0, 0, 0);
    painter.drawText(
        right_rect, Qt::AlignVCenter | Qt::AlignRight,
        QFontMetrics(theme.note()).elidedText(right, Qt::ElideRight, right_rect.width()));
    if (!open && changed > 0) {
        painter.fillRect(QRect(0, row.top() + 5, 3, row.height() - 8), theme.colour(Token::accent));
    }
}

void ParameterView::drawField(QPainter& painter, const QModelIndex& index) const {
    const auto& theme = Theme::current();
    const auto requested = index.siblingAtColumn(ParameterModel::kRequested);
    const auto rect = fieldRect(requested);
    const bool problem = !index.data(ParameterModel::kProblemRole).toString().isEmpty();
    const bool focused = hasFocus() && currentIndex().row() == index.row() &&
                         currentIndex().parent() == index.parent();
    const auto edge = theme.colour(problem   ? Token::problem
                                   : focused ? Token::accent
                                             : Token::field_edge);
    const auto checked = requested.data(Qt::CheckStateRole);
    painter.setRenderHint(QPainter::Antialiasing);
    const double pen = problem || focused ? 2.0 : 1.0;
    if (checked.isValid()) {
        const QRect box(rect.right() - 13, rect.center().y() - 6, 14, 14);
        const bool on = checked.toInt() == Qt::Checked;
        painter.setPen(QPen(focused || !on ? edge : theme.colour(Token::accent), pen));
        painter.setBrush(theme.colour(on ? Token::accent : Token::field));
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 2, 2);
        if (on) drawTick(painter, box, theme.colour(Token::on_accent));
        if (on && focused) {
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(theme.colour(Token::accent), 1.0));
            painter.drawRoundedRect(QRectF(box).adjusted(-2.5, -2.5, 2.5, 2.5), 3, 3);
        }
        return;
    }
    painter.setPen(QPen(edge, pen));
    painter.setBrush(theme.colour(Token::field));
    const double inset = pen / 2.0;
    painter.drawRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), 2, 2);
    painter.setPen(theme.colour(Token::text));
    if (isChoice(requested)) {
        painter.setFont(theme.font(Type::row));
        const auto text_rect = rect.adjusted(7, 0, -18, 0);
        painter.drawText(text_rect, Qt::AlignVCenter | Qt::AlignLeft,
                         QFontMetrics(theme.font(Type::row))
                             .elidedText(requested.data(Qt::DisplayRole).toString(), Qt::ElideRight,
                                         text_rect.width()));
        drawChevron(painter, QPointF(rect.right() - 9, rect.center().y() + 1), true,
                    theme.colour(Token::text2));
    } else {
        painter.setFont(theme.number());
        painter.drawText(rect.adjusted(4, 0, -7, 0), Qt::AlignVCenter | Qt::AlignRight,
                         requested.data(Qt::DisplayRole).toString());
    }
}

void ParameterView::drawValues(QPainter& painter, const QRect& row,
                               const QModelIndex& index) const {
    const auto& theme = Theme::current();
    const auto in_use = index.siblingAtColumn(ParameterModel::kInUse);
    const auto text = in_use.data(Qt::DisplayRole).toString();
    const bool equal = index.data(ParameterModel::kEqualRole).toBool();
    const bool choice = isChoice(index);
    const auto value_rect = columnRect(ParameterModel::kInUse, row);
    const auto unit_rect = columnRect(ParameterModel::kUnit, row);
    const bool toggle =
        index.siblingAtColumn(ParameterModel::kRequested).data(Qt::CheckStateRole).isValid();
    bool ok = false;
    QString digits = text;
    digits.replace(QChar(0x2212), QLatin1Char('-')).toDouble(&ok);
    if (!choice && !ok && !toggle) {  // "after restart" needs both columns
        painter.setFont(theme.note());
        painter.setPen(theme.colour(Token::text));
        painter.drawText(value_rect.united(unit_rect).adjusted(6, 0, 0, 0),
                         Qt::AlignVCenter | Qt::AlignLeft, text);
    } else if (!choice) {
        painter.setFont(theme.number());
        painter.setPen(theme.colour(equal ? Token::text3 : Token::text));
        if (toggle && !ok && text.size() > 4) painter.setFont(theme.note());
        painter.drawText(toggle && text.size() > 4
                             ? value_rect.united(unit_rect).adjusted(6, 0, 0, 0)
                             : value_rect,
                         Qt::AlignVCenter | Qt::AlignRight, text);
        drawUnit(painter, row, index);
    }
    if (index.data(ParameterModel::kChangedRole).toBool()) {
        const auto reset_rect = columnRect(ParameterModel::kReset, row);
        const auto pixmap =
            iconPixmap(Icon::reset, theme.colour(Token::text2), kResetIconPx, devicePixelRatioF());
        painter.drawPixmap(QPoint(reset_rect.right() - kResetIconPx, reset_rect.center().y() - 6),
                           pixmap);
    }
}

void ParameterView::drawUnit(QPainter& painter, const QRect& row, const QModelIndex& index) const {
    const auto& theme = Theme::current();
    const QFontMetrics metrics(theme.note());
    auto unit = index.siblingAtColumn(ParameterModel::kUnit).data(Qt::DisplayRole).toString();
    auto rect = columnRect(ParameterModel::kUnit, row).adjusted(kUnitGap, 0, 0, 0);
    const bool changed = index.data(ParameterModel::kChangedRole).toBool();
    rect.setRight(rect.right() + kResetWidth - (changed ? kResetIconPx + 1 : 0));
    // "dBFS" tells more than "dBFS pe…".
    if (metrics.horizontalAdvance(unit) > rect.width()) unit = unit.section(QLatin1Char(' '), 0, 0);
    painter.setFont(theme.note());
    painter.setPen(theme.colour(Token::text3));
    painter.drawText(rect, Qt::AlignVCenter | Qt::AlignLeft,
                     metrics.elidedText(unit, Qt::ElideRight, rect.width()));
}

void ParameterView::drawSetting(QPainter& painter, const QRect& row,
                                const QModelIndex& index) const {
    const auto& theme = Theme::current();
    const bool changed = index.data(ParameterModel::kChangedRole).toBool();
    const bool problem = !index.data(ParameterModel::kProblemRole).toString().isEmpty();
    if (changed) {
        painter.fillRect(QRect(0, row.top() + 2, 3, nameHeight(index) - 4),
                         theme.colour(Token::accent));
    }
    auto font = theme.font(Type::row);
    if (changed) font.setWeight(QFont::DemiBold);
    painter.setFont(font);
    painter.setPen(theme.colour(Token::text));
    auto name_rect = nameRect(index, row);
    name_rect.setHeight(nameHeight(index));
    const auto name = index.data(Qt::DisplayRole).toString();
    if (name_rect.height() > theme.scaled(kRowHeight)) {
        painter.drawText(name_rect, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextWordWrap, name);
    } else {
        painter.drawText(name_rect, Qt::AlignVCenter | Qt::AlignLeft,
                         QFontMetrics(font).elidedText(name, Qt::ElideRight, name_rect.width()));
    }
    drawField(painter, index);
    drawValues(painter, valueRow(index, row), index);
    const auto note = noteText(index);
    if (note.isEmpty()) return;
    painter.setFont(theme.note());
    painter.setPen(theme.colour(problem ? Token::problem : Token::text2));
    painter.drawText(QRect(indent(), row.top() + name_rect.height(),
                           viewport()->width() - indent() - kInset, row.height()),
                     Qt::TextWordWrap | Qt::AlignLeft | Qt::AlignTop, note);
}

void ParameterView::drawRow(QPainter* painter, const QStyleOptionViewItem& option,
                            const QModelIndex& index) const {
    painter->save();
    const auto row = QRect(0, option.rect.top(), viewport()->width(), option.rect.height());
    const auto mouse = viewport()->mapFromGlobal(QCursor::pos());
    const bool hovered = viewport()->underMouse() && row.contains(mouse);
    const bool current = hasFocus() && isGroup(index) &&
                         currentIndex().siblingAtColumn(0) == index.siblingAtColumn(0);
    if (hovered || current) painter->fillRect(row, Theme::current().colour(Token::hover));
    if (isGroup(index)) {
        drawGroup(*painter, row, index);
    } else {
        drawSetting(*painter, row, index);
    }
    painter->restore();
}

QModelIndex ParameterView::moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers) {
    const auto next = QTreeView::moveCursor(action, modifiers);
    return next.isValid() && !isGroup(next) ? next.siblingAtColumn(ParameterModel::kRequested)
                                            : next;
}

void ParameterView::mousePressEvent(QMouseEvent* event) {
    const auto index = indexAt(event->position().toPoint());
    QTreeView::mousePressEvent(event);
    if (!index.isValid() || event->button() != Qt::LeftButton) return;
    if (isGroup(index)) {
        setExpanded(index.siblingAtColumn(0), !isExpanded(index.siblingAtColumn(0)));
        return;
    }
    const auto requested = index.siblingAtColumn(ParameterModel::kRequested);
    setCurrentIndex(requested);
    if (index.column() == ParameterModel::kReset) {
        emit resetWanted(index);
    } else if (fieldRect(requested).contains(event->position().toPoint()) &&
               (requested.flags() & Qt::ItemIsEditable)) {
        edit(requested);
    }
}

void ParameterView::keyPressEvent(QKeyEvent* event) {
    const auto index = currentIndex();
    const bool setting = index.isValid() && !isGroup(index);
    if (setting && (event->key() == Qt::Key_Delete || event->key() == Qt::Key_Backspace)) {
        emit resetWanted(index);
        return;
    }
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (enter && state() != QAbstractItemView::EditingState && index.isValid()) {
        if (!setting) {
            setExpanded(index.siblingAtColumn(0), !isExpanded(index.siblingAtColumn(0)));
        } else if (index.flags() & Qt::ItemIsEditable) {
            edit(index);
        }
        return;
    }
    if (setting && event->key() == Qt::Key_Left) {
        setCurrentIndex(index.parent());
        return;
    }
    QTreeView::keyPressEvent(event);
}

}  // namespace doubletalk::ui
