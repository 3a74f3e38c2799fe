// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QToolButton>

class QTimer;

namespace doubletalk::ui {

enum class Lamp { off, on, connecting, failed };

/// A tool button with an 8 px lamp before its text: filled on, ring off, pulsing ring connecting,
/// problem diamond failed. Thread: gui.
class LampButton : public QToolButton {
    Q_OBJECT
public:
    explicit LampButton(const QString& text, QWidget* parent = nullptr);
    /// reason: for the tool tip and readers of the screen.
    void setLamp(Lamp lamp, const QString& reason = {});
    [[nodiscard]] Lamp lamp() const { return lamp_; }

protected:
    void showEvent(QShowEvent* event) override;

private:
    void draw();

    Lamp lamp_ = Lamp::off;
    QTimer* pulse_;
    bool bright_ = true;
};

}  // namespace doubletalk::ui
