// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/plot_header.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QToolButton>
#include <algorithm>

#include "ui/plots/label.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

namespace doubletalk::ui {
namespace {

constexpr int kInset = 12;

void drawMark(QPainter& painter, const QRect& at, const LegendEntry& entry) {
    const QColor colour = Theme::current().colour(entry.colour);
    const QPointF centre = QRectF(at).center();
    painter.setRenderHint(QPainter::Antialiasing);
    switch (entry.mark) {
        case LegendEntry::Mark::line:
        case LegendEntry::Mark::dashed: {
            QPen pen(colour, entry.mark == LegendEntry::Mark::line ? 2.0 : 1.2);
            pen.setCapStyle(Qt::FlatCap);
            if (entry.mark == LegendEntry::Mark::dashed) pen.setDashPattern({4.0, 3.0});
            painter.setPen(pen);
            painter.drawLine(QPointF(at.left(), centre.y()), QPointF(at.right(), centre.y()));
            break;
        }
        case LegendEntry::Mark::dot:
            painter.setPen(Qt::NoPen);
            painter.setBrush(colour);
            painter.drawEllipse(centre, 2.5, 2.5);
            break;
        case LegendEntry::Mark::cross:
            painter.setPen(QPen(colour, 1.4));
            painter.drawLine(centre + QPointF(-3, -3), centre + QPointF(3, 3));
            painter.drawLine(centre + QPointF(-3, 3), centre + QPointF(3, -3));
            break;
        case LegendEntry::Mark::box:
            painter.fillRect(QRectF(centre.x() - 4, centre.y() - 4, 8, 8), colour);
            break;
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
}

QToolButton* makeButton(QWidget* parent, Icon which, const QString& text, const QString& tip) {
    auto* button = new QToolButton(parent);
    button->setIcon(icon(which, Token::text2));
    button->setIconSize(QSize(16, 16));
    button->setProperty("kind", "icon");
    button->setAccessibleName(text);
    button->setToolTip(tip);
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::TabFocus);
    button->setFixedSize(26, 24);
    button->setStyleSheet("min-height: 0; padding: 0;");
    return button;
}

}  // namespace

PlotHeader::PlotHeader(const QString& title, QWidget* parent)
    : QWidget(parent),
      title_(title),
      hold_(makeButton(this, Icon::hold, tr("Hold"),
                       tr("Keeps a copy of the curves, dotted, to compare a later run with. Press "
                          "again to drop it."))),
      export_(makeButton(this, Icon::export_, tr("Export"),
                         tr("Writes this plot as picture, drawing or table (Ctrl+E)."))) {
    hold_->setCheckable(true);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(kInset, 0, kInset - 4, 0);
    row->setSpacing(0);
    row->addStretch(1);
    row->addWidget(hold_);
    row->addWidget(export_);
    connect(hold_, &QToolButton::toggled, this, &PlotHeader::holdToggled);
    connect(export_, &QToolButton::clicked, this, &PlotHeader::exportAsked);
    connect(&Theme::current(), &Theme::changed, this, &PlotHeader::restyle);
    restyle();
}

int PlotHeader::rowHeight() { return Theme::current().scaled(30); }

void PlotHeader::restyle() {
    setFixedHeight(rowHeight());
    update();
}

void PlotHeader::setTitle(const QString& title) {
    title_ = title;
    update();
}

void PlotHeader::setLegend(std::vector<LegendEntry> legend) {
    legend_ = std::move(legend);
    update();
}

void PlotHeader::setNote(const QString& note, bool number) {
    if (note == note_) return;
    note_ = note;
    note_is_number_ = number;
    setAccessibleDescription(note);
    setToolTip(note);
    update();
}

void PlotHeader::setHeld(bool held) { hold_->setChecked(held); }

void PlotHeader::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), Theme::current().colour(Token::panel));
    drawRow(painter, rect().adjusted(0, 0, -(kInset - 4 + 52 + 8), 0));
}

void PlotHeader::drawRow(QPainter& painter, const QRect& row) const {
    const auto& theme = Theme::current();
    painter.setFont(theme.title());
    painter.setPen(theme.colour(Token::text));
    int x = row.left() + kInset;
    drawLabel(painter, QRect(x, row.top(), row.width(), row.height()), Qt::AlignLeft | Qt::AlignVCenter,
                     title_);
    x += labelWidth(painter, title_) + theme.scaled(24);
    int right = row.right();
    if (!note_.isEmpty()) {
        painter.setFont(note_is_number_ ? theme.number() : theme.note());
        painter.setPen(theme.colour(Token::text2));
        // The title comes first: what does not fit beside it is cut.
        const auto note = painter.fontMetrics().elidedText(note_, Qt::ElideRight,
                                                           std::max(right - x, 0));
        drawLabel(painter, row, Qt::AlignRight | Qt::AlignVCenter, note);
        right -= labelWidth(painter, note) + 16;
    }
    painter.setFont(theme.note());
    for (const auto& entry : legend_) {
        const int width = labelWidth(painter, entry.name);
        const bool small = entry.mark != LegendEntry::Mark::line && entry.mark != LegendEntry::Mark::dashed;
        const int mark = small ? 8 : 14;
        if (x + mark + 6 + width > right) break;
        drawMark(painter, QRect(x, row.top(), mark, row.height()), entry);
        x += mark + 6;
        painter.setPen(theme.colour(Token::text2));
        drawLabel(painter, QRect(x, row.top(), width + 2, row.height()),
                         Qt::AlignLeft | Qt::AlignVCenter, entry.name);
        x += width + theme.scaled(16);
    }
}

}  // namespace doubletalk::ui
