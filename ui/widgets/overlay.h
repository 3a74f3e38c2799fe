// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace doubletalk::ui {

/// A sheet in the middle of a window that closes by Escape, a click beside it or a lost focus.
/// Thread: gui.
class Overlay : public QWidget {
    Q_OBJECT
public:
    /// width and height of the sheet, as far as the window has room.
    Overlay(QWidget* window, QSize sheet_size);
    void open();
    [[nodiscard]] QWidget& sheet() { return *sheet_; }
    /// [px], as far as the window has room.
    void setSheetHeight(int height);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void place();

    QWidget* sheet_;
    QSize sheet_size_;
    int sheet_height_ = 0;  ///< 0: of sheet_size_
};

}  // namespace doubletalk::ui
