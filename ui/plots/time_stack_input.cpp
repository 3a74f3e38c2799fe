// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <qcustomplot.h>

#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QToolTip>
#include <QWheelEvent>
#include <cmath>
#include <utility>

#include "ui/models/history.h"
#include "ui/plots/strip.h"
#include "ui/plots/time_stack.h"

namespace doubletalk::ui {
namespace {

constexpr int kCursorReach = 6;
constexpr int kDragFrom = 3;
constexpr double kWheelZoom = 0.85;
constexpr double kKeyPan = 0.1;  // of the view

}  // namespace

int TimeStack::cursorNear(double x) const {
    if (!view_.cursorsShown() || rects_.empty()) return -1;
    const auto frame = frameOf(0, liveDrawing());
    int nearest = -1;
    double least = kCursorReach;
    for (int i = 0; i < 2; ++i) {
        const double distance = std::abs(frame.xOf(view_.cursor(i)) - x);
        if (distance <= least) {
            least = distance;
            nearest = i;
        }
    }
    return nearest;
}

bool TimeStack::eventFilter(QObject* watched, QEvent* event) {
    if (watched != plot_ || rects_.empty()) return QWidget::eventFilter(watched, event);
    switch (event->type()) {
        case QEvent::MouseButtonPress: return mousePress(*static_cast<QMouseEvent*>(event));
        case QEvent::MouseMove: return mouseMove(*static_cast<QMouseEvent*>(event));
        case QEvent::MouseButtonRelease:
            mouseRelease();
            return false;
        case QEvent::MouseButtonDblClick:
            return doubleClick(*static_cast<QMouseEvent*>(event));
        case QEvent::Wheel: return wheel(*static_cast<QWheelEvent*>(event));
        case QEvent::ToolTip: return toolTip(*static_cast<QHelpEvent*>(event));
        default: return QWidget::eventFilter(watched, event);
    }
}

bool TimeStack::inRuler(QPointF at) const {
    const auto area = dataArea();
    return at.y() > area.bottom() && at.x() >= area.left() && at.x() <= area.right();
}

bool TimeStack::scrubsAt(const QMouseEvent& event) const {
    return view_.playhead() &&
           (inRuler(event.position()) || (event.modifiers() & Qt::AltModifier) != 0);
}

void TimeStack::mouseRelease() {
    dragged_cursor_ = -1;
    panning_ = false;
    plot_->unsetCursor();
    if (std::exchange(scrubbing_, false)) view_.endScrub();
}

bool TimeStack::doubleClick(const QMouseEvent& event) {
    if (event.button() == Qt::LeftButton && !scrubsAt(event)) view_.fit();
    return true;
}

bool TimeStack::mousePress(QMouseEvent& event) {
    setFocus(Qt::MouseFocusReason);
    if (event.button() != Qt::LeftButton) return false;
    pressed_x_ = event.position().x();
    pressed_from_s_ = view_.range().from_s;
    dragged_cursor_ = cursorNear(pressed_x_);
    panning_ = false;
    scrubbing_ = scrubsAt(event);
    if (scrubbing_) {
        dragged_cursor_ = -1;
        view_.scrub(frameOf(0, liveDrawing()).timeAt(pressed_x_));
    }
    return true;
}

bool TimeStack::mouseMove(QMouseEvent& event) {
    const double x = event.position().x();
    if (!(event.buttons() & Qt::LeftButton)) {
        plot_->setCursor(scrubsAt(event)      ? Qt::PointingHandCursor
                         : cursorNear(x) >= 0 ? Qt::SplitHCursor
                                              : Qt::ArrowCursor);
        return false;
    }
    const auto frame = frameOf(0, liveDrawing());
    if (scrubbing_) {
        view_.scrub(frame.timeAt(x));
        return true;
    }
    if (dragged_cursor_ >= 0) {
        view_.setCursor(dragged_cursor_, frame.timeAt(x));
        return true;
    }
    if (!panning_ && std::abs(x - pressed_x_) < kDragFrom) return true;
    if (!panning_) {
        panning_ = true;
        plot_->setCursor(Qt::ClosedHandCursor);
    }
    const double moved_s = (x - pressed_x_) * frame.ratio / frame.px_per_s;
    view_.pan(pressed_from_s_ - moved_s - view_.range().from_s);
    return true;
}

bool TimeStack::wheel(QWheelEvent& event) {
    const auto delta = event.angleDelta();
    const auto frame = frameOf(0, liveDrawing());
    if (delta.x() != 0 || (event.modifiers() & Qt::ShiftModifier)) {
        const double steps = (delta.x() != 0 ? delta.x() : delta.y()) / 120.0;
        view_.pan(-steps * kKeyPan * view_.range().length());
    } else {
        view_.zoom(std::pow(kWheelZoom, delta.y() / 120.0), frame.timeAt(event.position().x()));
    }
    changed();
    event.accept();
    return true;
}

bool TimeStack::toolTip(QHelpEvent& event) {
    const QPointF at = event.pos();
    QString text;
    for (const auto& [box, tip] : flag_tips_) {
        if (box.contains(at)) text = tip;
    }
    if (inRuler(at)) {
        text =
            tr("Time of the run. While a track plays (Hear), a click or drag here, or with Alt "
               "on the plot, plays on from there");
    }
    const auto drawing = liveDrawing();
    for (std::size_t i = 0; text.isEmpty() && i < strips_.size(); ++i) {
        const auto frame = frameOf(i, drawing);
        if (at.y() < frame.rect.top() || at.y() > frame.rect.bottom()) continue;
        text = strips_[i]->tipAt(at, frame);
        if (text.isEmpty() && at.x() >= frame.rect.left() && at.x() <= frame.rect.right() &&
            cursorNear(at.x()) >= 0) {
            for (const auto& dot : strips_[i]->dotsAt(view_.cursor(cursorNear(at.x())), frame)) {
                text += (text.isEmpty() ? QString() : QStringLiteral("\n")) + dot.text;
            }
        }
        if (text.isEmpty()) text = strips_[i]->tip();
    }
    QToolTip::showText(event.globalPos(), text.isEmpty() ? text : "<qt>" + text.toHtmlEscaped().replace('\n', "<br>") + "</qt>", plot_);
    return true;
}

void TimeStack::keyPressEvent(QKeyEvent* event) {
    const double step = kKeyPan * view_.range().length();
    switch (event->key()) {
        case Qt::Key_C: view_.toggleCursors(); break;
        case Qt::Key_N: nextProblem(); break;
        case Qt::Key_P: previousProblem(); break;
        case Qt::Key_F: view_.setFollow(!view_.follows()); break;
        case Qt::Key_Home: view_.fit(); break;
        case Qt::Key_Left: view_.pan(-step); break;
        case Qt::Key_Right: view_.pan(step); break;
        case Qt::Key_Plus:
        case Qt::Key_Equal: view_.zoom(kWheelZoom, view_.range().from_s + 5 * step); break;
        case Qt::Key_Minus: view_.zoom(1.0 / kWheelZoom, view_.range().from_s + 5 * step); break;
        default: QWidget::keyPressEvent(event); return;
    }
    changed();
}

void TimeStack::contextMenuEvent(QContextMenuEvent* event) {
    QMenu menu(this);
    auto* follow = menu.addAction(tr("Follow"), &view_, [this] { view_.setFollow(!view_.follows()); });
    follow->setCheckable(true);
    follow->setChecked(view_.follows());
    auto* cursors = menu.addAction(tr("Cursors"), &view_, &TimeView::toggleCursors);
    cursors->setCheckable(true);
    cursors->setChecked(view_.cursorsShown());
    auto* hold = menu.addAction(tr("Hold"), this, [this] { setHeld(!held_); });
    hold->setCheckable(true);
    hold->setChecked(held_);
    menu.addSeparator();
    menu.addAction(tr("Show all"), &view_, &TimeView::fit);
    for (const int seconds : {10, 30, 60, 300}) {
        menu.addAction(tr("Last %1 s").arg(seconds), &view_, [this, seconds] {
            view_.setSpan(seconds);
            view_.setFollow(true);
        });
    }
    menu.addSeparator();
    menu.addAction(tr("Export..."), this, &TimeStack::askExport);
    menu.exec(event->globalPos());
}

}  // namespace doubletalk::ui
