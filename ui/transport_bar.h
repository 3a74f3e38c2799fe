// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QToolBar>

class QAction;
class QToolButton;

namespace doubletalk::bench {
class Bench;
enum class BenchState;
}  // namespace doubletalk::bench

namespace doubletalk::ui {

class ParameterEdits;
class SpeechServices;
class WindowActions;

/// The tool bar: run, record, interrupt, the engine's switches, services, what is heard, the view;
/// its first buttons show what goes on. Thread: gui.
class TransportBar : public QToolBar {
    Q_OBJECT
public:
    /// All outlive it.
    TransportBar(WindowActions& actions, bench::Bench& bench, ParameterEdits& edits,
                 QWidget* parent);

    /// Comes before the buttons of the view.
    void addAtRight(QWidget* widget);
    [[nodiscard]] SpeechServices& speech() { return *speech_; }
    void showState(bench::BenchState state);
    /// Below 0: not recording.
    void showRecording(double seconds);
    /// Something plays that can be interrupted.
    void showSounding(bool sounds);
    /// For narrow windows: less space between the buttons, an icon for files.
    void setCompact(bool compact);

signals:
    void failed(const QString& what);

private:
    QToolButton* addButton(QAction* action, bool words);

    WindowActions& actions_;
    SpeechServices* speech_;
    QToolButton *run_, *record_, *speak_file_, *interrupt_;
    QAction* first_of_view_;
};

}  // namespace doubletalk::ui
