// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>

class QHBoxLayout;
class QLabel;
class QProgressBar;
class QToolButton;

namespace doubletalk::bench {
struct MachineState;
}

namespace doubletalk::ui {

/// What the status bar shows: device, rate, load, frames a second, overruns, recording time, round
/// trip, long work with its percentage and Cancel, and between them what was last said, for a
/// while. Thread: gui.
class StatusContent : public QWidget {
    Q_OBJECT
public:
    explicit StatusContent(QWidget* parent = nullptr);

    void setMachine(const bench::MachineState& machine, bool running);
    void setFramesPerSecond(double frames);
    /// Below 0: not recording.
    void setRecording(double seconds);
    /// NaN: not measured.
    void setRoundTrip(double ms);
    /// 0..1; 1 ends it. Cancel is offered while somebody listens.
    void setProgress(const QString& what, double done_ratio, bool can_cancel);
    /// Replaces the message before; gone after for_ms.
    void showMessage(const QString& text, int for_ms);
    /// Empty: none is shown.
    [[nodiscard]] QString message() const;

signals:
    void cancelled();

private:
    QLabel* addCell(QHBoxLayout& layout, const QString& tip);
    void put(QLabel* cell, const QString& name, const QString& value, bool bad = false);

    QLabel *device_, *load_, *frames_, *overruns_, *recording_, *round_trip_, *work_, *message_;
    QTimer message_over_;
    QProgressBar* bar_;
    QToolButton* cancel_;
};

}  // namespace doubletalk::ui
