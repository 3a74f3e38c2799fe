// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/models/health_rows.h"

class QLabel;

namespace doubletalk::ui {

/// One value of the health panel: name, value, band with marker and word; below one that is not
/// good a note with "Why?". Thread: gui.
class HealthRowView : public QWidget {
    Q_OBJECT
public:
    explicit HealthRowView(QWidget* parent = nullptr);
    /// now_s: a note comes after 1 s that is not good and goes after 2 s that are.
    void setRow(const HealthRow& row, double now_s);
    [[nodiscard]] const HealthRow& row() const { return row_; }
    [[nodiscard]] bool noteShown() const;
    /// Value below name, notes only as tool tips: for a column of 132 px.
    void setNarrow(bool narrow);

public slots:
    /// Opens and closes numbers and rule.
    void toggleWhy();

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;

private:
    void layOut();
    void fillNote();
    void paintBand(QPainter& painter, const QRect& band) const;

    HealthRow row_;
    QLabel* note_;
    double not_good_since_s_ = -1.0, good_since_s_ = -1.0;
    bool note_due_ = false, why_ = false, narrow_ = false;
};

}  // namespace doubletalk::ui
