// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "ui/models/guide_steps.h"

namespace doubletalk::ui {

/// The guided steps of the Echo workspace with what each measured. Thread: gui.
class GuideStrip : public QWidget {
    Q_OBJECT
public:
    /// history outlives it.
    explicit GuideStrip(const History& history, QWidget* parent = nullptr);
    void setRateHz(int rate_hz) { rate_hz_ = rate_hz; }
    /// Judges anew twice a second at most.
    void refresh();
    [[nodiscard]] const std::vector<GuideStep>& steps() const { return steps_; }
    [[nodiscard]] QSize sizeHint() const override;

signals:
    /// 0 Levels, 1 Delay, 2 Converge, 3 Path change, 4 Double talk, 5 Report.
    void stepActivated(int step);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    [[nodiscard]] QRect stepRect(int step) const;
    [[nodiscard]] int stepAt(const QPoint& at) const;
    void paintStep(QPainter& painter, int step) const;

    const History& history_;
    int rate_hz_ = 16000;
    std::vector<GuideStep> steps_;
    int ticks_ = 0;
    int hovered_ = -1;
    int focused_ = 0;
    std::uint64_t version_ = 0;
};

}  // namespace doubletalk::ui
