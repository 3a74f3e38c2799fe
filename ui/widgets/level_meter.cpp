// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/level_meter.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/models/setting_text.h"
#include "ui/theme/theme.h"

namespace doubletalk::ui {
namespace {

constexpr double kLeastDbfs = -60.0;
constexpr double kShownLeastDbfs = -90.0;
constexpr double kHoldS = 1.5;
constexpr double kGapsDbfs[] = {-40.0, -20.0, -6.0};

double ratioOf(double dbfs) {
    return std::isfinite(dbfs) ? std::clamp((dbfs - kLeastDbfs) / -kLeastDbfs, 0.0, 1.0) : 0.0;
}

}  // namespace

LevelMeter::LevelMeter(const QString& name, Token token, QWidget* parent)
    : QWidget(parent), name_(name), token_(token) {
    setFocusPolicy(Qt::TabFocus);
    setAccessibleName(tr("Level %1").arg(name));
    setToolTip(
        tr("%1: RMS solid, peak behind it, highest peak of the last 1.5 s as a bar; marks at "
           "−40, −20 and −6 dBFS. Good: speech peaks between −20 and −6 dBFS. \"clip\" stays "
           "until clicked: lower the gain.")
            .arg(name));
    connect(&Theme::current(), &Theme::changed, this, qOverload<>(&QWidget::update));
    clear();
}

QSize LevelMeter::sizeHint() const {
    return {narrow_ ? 100 : 200, Theme::current().scaled(narrow_ ? 31 : 21)};
}

void LevelMeter::setNarrow(bool narrow) {
    if (narrow == narrow_) return;
    narrow_ = narrow;
    updateGeometry();
    update();
}

void LevelMeter::clear() {
    rms_dbfs_ = peak_dbfs_ = hold_dbfs_ = -200.0;
    hold_until_s_ = 0.0;
    clipped_ = false;
    update();
}

void LevelMeter::setLevel(double rms_dbfs, double peak_dbfs, bool clipped, double now_s) {
    if (peak_dbfs >= hold_dbfs_ || now_s >= hold_until_s_) {
        hold_dbfs_ = peak_dbfs;
        hold_until_s_ = now_s + kHoldS;
    }
    if (rms_dbfs == rms_dbfs_ && peak_dbfs == peak_dbfs_ && !(clipped && !clipped_)) return;
    rms_dbfs_ = rms_dbfs;
    peak_dbfs_ = peak_dbfs;
    clipped_ |= clipped;
    update();
}

void LevelMeter::forgetClip() {
    clipped_ = false;
    update();
}

void LevelMeter::mousePressEvent(QMouseEvent*) { forgetClip(); }

void LevelMeter::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Delete) return forgetClip();
    QWidget::keyPressEvent(event);
}

void LevelMeter::paintEvent(QPaintEvent*) {
    const auto& theme = Theme::current();
    QPainter painter(this);
    const auto colour = theme.colour(token_);
    painter.setFont(theme.font(Type::row));
    painter.setPen(colour);
    const int name_width = theme.scaled(40);
    const int value_width = theme.scaled(60);
    const int words = narrow_ ? theme.scaled(20) : height();  // height of their line
    painter.drawText(QRect(0, 0, name_width, words), Qt::AlignVCenter, name_);
    const QRect bar =
        narrow_ ? QRect(0, words + theme.scaled(2), width(), 6)
                : QRect(name_width, (height() - 6) / 2, width() - name_width - value_width, 6);
    painter.fillRect(bar, theme.colour(Token::plot));
    const auto upTo = [&](double ratio) { return int(std::lround(ratio * bar.width())); };
    painter.fillRect(bar.left(), bar.top(), upTo(ratioOf(peak_dbfs_)), 6,
                     theme.colour(token_, 0.28));
    painter.fillRect(bar.left(), bar.top(), upTo(ratioOf(rms_dbfs_)), 6, colour);
    for (const double gap : kGapsDbfs) {
        painter.fillRect(bar.left() + upTo(ratioOf(gap)), bar.top(), 1, 6,
                         theme.colour(Token::panel));
    }
    const int hold = std::min(bar.left() + upTo(ratioOf(hold_dbfs_)), bar.right() - 1);
    painter.fillRect(hold, bar.top() - 3, 2, 12, colour);
    if (clipped_)
        painter.fillRect(bar.right() - 3, bar.top() - 3, 4, 12, theme.colour(Token::problem));
    if (hasFocus()) {
        painter.setPen(theme.colour(Token::accent));
        painter.drawRect(rect().adjusted(0, 0, -1, -1));
    }
    painter.setFont(theme.number());
    painter.setPen(theme.colour(clipped_ ? Token::problem : Token::text));
    const auto text = clipped_                       ? tr("clip")
                      : hold_dbfs_ < kShownLeastDbfs ? QStringLiteral("< −90")
                                                     : numberText(hold_dbfs_, 1);
    painter.drawText(QRect(width() - value_width, 0, value_width, words),
                     Qt::AlignVCenter | Qt::AlignRight, text);
}

}  // namespace doubletalk::ui
