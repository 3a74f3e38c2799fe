// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/overlay.h"

class QLabel;

namespace doubletalk::ui {

/// All keys of a window on one card, made from its actions each time it opens. Thread: gui.
class KeyCard : public Overlay {
    Q_OBJECT
public:
    explicit KeyCard(QWidget* window);

public slots:
    /// Opens it, or closes it when it is open.
    void toggle();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void fill();

    QLabel* title_;
    QLabel* text_;
};

}  // namespace doubletalk::ui
