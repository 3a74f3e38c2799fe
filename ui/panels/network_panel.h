// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QToolButton;

namespace doubletalk::ui {

class ErrorBar;
class ParameterEdits;

/// The simulated network as a strip: delay, jitter, spikes, loss, reordering, duplicates, all live,
/// and buttons that do something to it now. Thread: gui.
class NetworkPanel : public QWidget {
    Q_OBJECT
public:
    /// edits outlives it.
    explicit NetworkPanel(ParameterEdits& edits, QWidget* parent = nullptr);
    /// The buttons act on a running network only.
    void setRunning(bool running);
    /// The recorded delays the next run takes in place of the jitter law; empty: none.
    void setTrace(const QString& file);

signals:
    /// Empty: back to the jitter law.
    void traceWanted(const QString& file);
    void spikeWanted(double height_ms);
    void lossWanted(int packets);
    void freezeWanted(double ms);

private:
    void addTrace();
    void chooseTrace();
    void addAction(const QString& text, const QString& tip, void (NetworkPanel::*act)());
    void spike();
    void lose();
    void freeze();

    ErrorBar* errors_;
    QWidget* strip_;
    QToolButton* trace_ = nullptr;
    QList<QWidget*> actions_;
};

}  // namespace doubletalk::ui
