// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/theme/tokens.h"

namespace doubletalk::ui {

/// Level of one signal: RMS solid, peak behind it, peak held 1.5 s, "clip" until clicked.
/// Thread: gui.
class LevelMeter : public QWidget {
    Q_OBJECT
public:
    LevelMeter(const QString& name, Token token, QWidget* parent = nullptr);

    /// [dBFS]; now_s: time of the signal, for the hold. clipped sticks until clicked.
    void setLevel(double rms_dbfs, double peak_dbfs, bool clipped, double now_s);
    /// Number beside the name, bar below them: for a column of 132 px.
    void setNarrow(bool narrow);
    void clear();
    [[nodiscard]] bool clipped() const { return clipped_; }
    [[nodiscard]] double heldPeak() const { return hold_dbfs_; }
    [[nodiscard]] QSize sizeHint() const override;

public slots:
    void forgetClip();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    QString name_;
    Token token_;
    double rms_dbfs_, peak_dbfs_, hold_dbfs_;
    double hold_until_s_ = 0.0;
    bool clipped_ = false, narrow_ = false;
};

}  // namespace doubletalk::ui
