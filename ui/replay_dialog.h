// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <vector>

class QTableWidget;

namespace doubletalk::duplex {
struct DecisionChange;
}

namespace doubletalk::ui {

/// Which decisions a replay changed: when, what it was before and what it is now. Thread: gui.
class ReplayDialog : public QDialog {
    Q_OBJECT
public:
    explicit ReplayDialog(QWidget* parent = nullptr);

    void setDecisions(const std::vector<duplex::DecisionChange>& decisions);

signals:
    /// [s] on the capture clock: a row was chosen.
    void timeChosen(double time_s);

private:
    QTableWidget* table_;
};

}  // namespace doubletalk::ui
