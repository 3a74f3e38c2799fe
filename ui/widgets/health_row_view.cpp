// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/health_row_view.h"

#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <cmath>

#include "ui/theme/theme.h"

namespace doubletalk::ui {
namespace {

constexpr double kNoteAfterS = 1.0;
constexpr double kNoteGoneAfterS = 2.0;
constexpr int kRowHeight = 43;
constexpr int kNarrowRowHeight = 50;
constexpr int kInset = 14;
constexpr int kNarrowInset = 8;

bool isBad(Verdict verdict) { return verdict == Verdict::watch || verdict == Verdict::failing; }

}  // namespace

HealthRowView::HealthRowView(QWidget* parent) : QWidget(parent), note_(new QLabel(this)) {
    setFocusPolicy(Qt::TabFocus);
    note_->setWordWrap(true);
    note_->setTextFormat(Qt::RichText);
    note_->setTextInteractionFlags(Qt::LinksAccessibleByMouse);
    note_->setMargin(8);
    note_->setAutoFillBackground(true);
    note_->hide();
    connect(note_, &QLabel::linkActivated, this, &HealthRowView::toggleWhy);
    connect(&Theme::current(), &Theme::changed, this, [this] {
        fillNote();
        layOut();
    });
    layOut();
}

bool HealthRowView::noteShown() const { return !note_->isHidden(); }

void HealthRowView::setNarrow(bool narrow) {
    if (narrow == narrow_) return;
    narrow_ = narrow;
    layOut();
}

void HealthRowView::setRow(const HealthRow& row, double now_s) {
    const bool same = row.value == row_.value && row.word == row_.word &&
                      row.verdict == row_.verdict && row.numbers == row_.numbers &&
                      std::abs(row.marker - row_.marker) < 0.003;
    row_ = row;
    if (isBad(row.verdict)) {
        if (not_good_since_s_ < 0.0) not_good_since_s_ = now_s;
        good_since_s_ = -1.0;
    } else {
        if (good_since_s_ < 0.0) good_since_s_ = now_s;
        not_good_since_s_ = -1.0;
    }
    const bool was_due = note_due_;
    if (not_good_since_s_ >= 0.0 && now_s - not_good_since_s_ >= kNoteAfterS) note_due_ = true;
    if (good_since_s_ >= 0.0 &&
        (now_s - good_since_s_ >= kNoteGoneAfterS || now_s < good_since_s_)) {
        note_due_ = false;
    }
    if (row.verdict == Verdict::no_data) note_due_ = false;  // its time stands still
    if (same && was_due == note_due_) return;
    setToolTip(QStringLiteral("<p><b>%1</b></p><p>%2</p>").arg(row.name, row.tip) +
               (isBad(row.verdict) ? QStringLiteral("<p>%1<br>%2</p>").arg(row.numbers, row.rule)
                                   : QString()));
    setAccessibleName(QStringLiteral("%1: %2 %3, %4").arg(row.name, row.value, row.unit, row.word));
    setAccessibleDescription(row.tip);
    fillNote();
    if (was_due != note_due_) layOut();
    update();
}

void HealthRowView::toggleWhy() {
    why_ = !why_;
    fillNote();
    layOut();
}

void HealthRowView::fillNote() {
    if (!note_due_ && !why_) return;
    const auto& theme = Theme::current();
    auto palette = note_->palette();
    palette.setColor(QPalette::Window, theme.colour(Token::field));
    palette.setColor(QPalette::WindowText, theme.colour(Token::text2));
    palette.setColor(QPalette::Link, theme.colour(Token::text));
    note_->setPalette(palette);
    note_->setFont(theme.note());
    auto text = row_.numbers.toHtmlEscaped();
    if (why_)
        text += QStringLiteral("<br><br>") + row_.rule.toHtmlEscaped() +
                QStringLiteral("<br><br>") + row_.tip.toHtmlEscaped();
    text += QStringLiteral(" <a style=\"color:%1\" href=\"why\">%2</a>")
                .arg(theme.colour(Token::text).name(), why_ ? tr("Less") : tr("Why?"));
    if (note_->text() != text) {
        note_->setText(text);
        if (!note_->isHidden()) layOut();
    }
}

void HealthRowView::layOut() {
    const auto& theme = Theme::current();
    const int row_height = theme.scaled(narrow_ ? kNarrowRowHeight : kRowHeight);
    const bool shown = (note_due_ || why_) && !narrow_;
    int height = row_height;
    if (shown) {
        const int width = std::max(this->width() - 2 * kInset, 80);
        const int note_height = note_->heightForWidth(width);
        note_->setGeometry(kInset, row_height, width, note_height);
        height += note_height + 6;
    }
    note_->setVisible(shown);
    if (height != minimumHeight()) setFixedHeight(height);
    update();
}

void HealthRowView::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Space) return toggleWhy();
    QWidget::keyPressEvent(event);
}

void HealthRowView::mouseDoubleClickEvent(QMouseEvent*) { toggleWhy(); }

void HealthRowView::paintBand(QPainter& painter, const QRect& band) const {
    const auto& theme = Theme::current();
    double from = 0.0;
    for (const auto& part : row_.parts) {
        const bool here = row_.marker >= from && row_.marker <= part.to_ratio;
        const double opacity = part.verdict == Verdict::watch ? 0.30 : 0.55;
        const auto colour = part.verdict == Verdict::good ? theme.colour(Token::band_good)
                            : here && isBad(row_.verdict) ? theme.colour(Token::problem)
                                                          : theme.colour(Token::problem, opacity);
        const int left = band.left() + int(std::lround(from * band.width()));
        const int right = band.left() + int(std::lround(part.to_ratio * band.width()));
        painter.fillRect(left, band.top(), std::max(right - left - 1, 0), band.height(), colour);
        from = part.to_ratio;
    }
    if (row_.marker < 0.0) return;
    const int at = std::clamp(band.left() + int(std::lround(row_.marker * band.width())),
                              band.left(), band.right() - 1);
    painter.fillRect(at, band.top() - 4, 2, 11, theme.colour(Token::text));
}

void HealthRowView::paintEvent(QPaintEvent*) {
    const auto& theme = Theme::current();
    QPainter painter(this);
    const int inset = narrow_ ? kNarrowInset : kInset;
    const int line = theme.scaled(22);
    const QRect first(inset, 0, width() - 2 * inset, line);
    // A word such as "good, gated" is a verdict and what it rests on; the latter goes to the name.
    const auto verdict = row_.word.section(QStringLiteral(", "), 0, 0);
    const auto basis = row_.word.section(QStringLiteral(", "), 1);
    painter.setFont(narrow_ ? theme.note() : theme.font(Type::row));
    painter.setPen(theme.colour(Token::text));
    const int unit_width = QFontMetrics(theme.note()).horizontalAdvance(row_.unit);
    const int value_width =
        QFontMetrics(theme.font(Type::health_number)).horizontalAdvance(row_.value);
    const QRect value_line = narrow_ ? first.translated(0, theme.scaled(16)) : first;
    const int name_width = narrow_ ? first.width() : first.width() - unit_width - value_width - 10;
    painter.drawText(
        QRect(first.left(), 0, name_width, line), Qt::AlignVCenter,
        QFontMetrics(painter.font()).elidedText(row_.name, Qt::ElideRight, name_width));
    const int basis_left = painter.fontMetrics().horizontalAdvance(row_.name) + 6;
    painter.setFont(theme.note());
    painter.setPen(theme.colour(Token::text3));
    if (!basis.isEmpty()) {
        const QRect rest(first.left() + basis_left, 0, name_width - basis_left, line);
        painter.drawText(rest, Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(basis, Qt::ElideRight, rest.width()));
    }
    if (narrow_) {
        painter.drawText(
            QRect(value_line.left() + value_width + 4, value_line.top(), unit_width + 4, line),
            Qt::AlignVCenter, row_.unit);
    } else {
        painter.drawText(first, Qt::AlignVCenter | Qt::AlignRight, row_.unit);
    }
    painter.setFont(theme.font(Type::health_number));
    painter.setPen(theme.colour(row_.verdict == Verdict::no_data ? Token::text3 : Token::text));
    painter.drawText(narrow_ ? value_line : first.adjusted(0, 0, -unit_width - 4, 0),
                     Qt::AlignVCenter | (narrow_ ? Qt::AlignLeft : Qt::AlignRight), row_.value);
    const int second = narrow_ ? theme.scaled(38) : line;
    const QRect band(inset, second + theme.scaled(6),
                     narrow_ ? first.width() : 150 * first.width() / 220, 3);
    paintBand(painter, band);
    if (!narrow_) {
        auto font = theme.note();
        if (isBad(row_.verdict)) font.setWeight(QFont::DemiBold);
        painter.setFont(font);
        painter.setPen(theme.colour(isBad(row_.verdict) ? Token::problem : Token::text2));
        const QString mark = row_.verdict == Verdict::watch     ? QStringLiteral("▲ ")
                             : row_.verdict == Verdict::failing ? QStringLiteral("◆ ")
                                                                : QString();
        painter.drawText(QRect(inset, second - 2, first.width(), theme.scaled(18)),
                         Qt::AlignVCenter | Qt::AlignRight, mark + verdict);
    } else if (isBad(row_.verdict)) {
        painter.setPen(theme.colour(Token::problem));
        painter.setFont(theme.note());
        painter.drawText(
            value_line, Qt::AlignVCenter | Qt::AlignRight,
            row_.verdict == Verdict::watch ? QStringLiteral("▲") : QStringLiteral("◆"));
    }
    if (hasFocus()) {
        painter.setPen(theme.colour(Token::accent));
        painter.drawRect(rect().adjusted(2, 0, -3, -1));
    }
}

}  // namespace doubletalk::ui
