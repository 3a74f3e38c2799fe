// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QMainWindow>
#include <QTimer>
#include <memory>

#include "app/bench/bench.h"
#include "ui/window_layout.h"

class QStackedWidget;
class QTabBar;

namespace doubletalk::ui {

class BenchTarget;
class ErrorBar;
class EventPanel;
class CommandPalette;
class DelayVariationPlot;
class EchoPathPlot;
class ExportablePlot;
class GuideStrip;
class HealthPanel;
class IngestSpeech;
class HearButton;
class History;
class KeyCard;
class NetworkPanel;
class ParameterEdits;
class ParameterPanel;
class PresetStore;
class SpeakPanel;
class SessionDesk;
class SourceChoice;
class SessionPanel;
class SpeechServices;
class StatusContent;
class TimeStack;
class TimeView;
class TranscriptPanel;
class TransportBar;
class WindowActions;
class WindowDialogs;

/// The window: bench, history, one time view, and the panels that show them. Pulls what is new
/// once a frame; never waits for the engine. Thread: gui.
class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    explicit MainWindow(QWidget* parent = nullptr);
    ~MainWindow() override;

    [[nodiscard]] bench::Bench& bench() { return *bench_; }
    [[nodiscard]] const History& history() const { return *history_; }
    [[nodiscard]] WindowActions& actions() { return *actions_; }
    void showWorkspace(Workspace workspace);
    [[nodiscard]] Workspace workspace() const { return workspace_; }
    /// Takes in everything new and draws one frame.
    void refresh();
    /// Once a second at most.
    [[nodiscard]] double framesPerSecond() const { return frames_per_s_; }
    void setFrameRate(int hz);
    void openSession(const QString& folder);
    /// Empties the plots and starts.
    void run(bench::RunPace pace = bench::RunPace::real_time);

signals:
    /// The plots show this session now.
    void sessionShown(const QString& folder);
    /// What the error bar says.
    void failed(const QString& what);

protected:
    void closeEvent(QCloseEvent* event) override;

private:
    static constexpr int kFramesPerS = 30, kSmoothFramesPerS = 60;

    void buildToolBar();
    void buildCentre();
    void buildDocks();
    void buildStatusBar();
    // In main_window_wiring.cpp.
    void connectPanels();
    void connectBench();
    void connectSessions();
    void connectActions();

    void showProgress(const QString& what, double done_ratio);
    void saveLook();
    void restoreLook();
    /// Rate of the capture clock of what is shown: the run's or the opened session's.
    void setRateHz(int rate_hz);
    void stateChanged(bench::BenchState state);
    void tell(const QString& problem);
    /// What tell() said is over but for what is left of it.
    void takeBack(const QString& problem, const QString& left);
    void say(const QString& text, int for_ms);
    void stepProblem(int step);
    void speakFiles();
    void showTime(double at_s);
    void speakText(const QString& text, const QString& voice);
    void updateStatus();
    [[nodiscard]] TimeStack* stack() const;
    [[nodiscard]] SpeechServices& speech() const;

    std::unique_ptr<bench::Bench> bench_;
    std::unique_ptr<History> history_;
    std::unique_ptr<TimeView> view_;
    std::unique_ptr<BenchTarget> target_;
    std::unique_ptr<ParameterEdits> edits_;
    std::unique_ptr<PresetStore> presets_;
    std::unique_ptr<WindowActions> actions_;
    std::unique_ptr<WindowLayout> layout_;
    std::unique_ptr<SourceChoice> source_;
    std::unique_ptr<SessionDesk> sessions_;
    std::unique_ptr<WindowDialogs> dialogs_;
    std::unique_ptr<IngestSpeech> ingest_;
    Workspace workspace_ = Workspace::echo;
    QTabBar* tabs_ = nullptr;
    QStackedWidget* pages_ = nullptr;
    ErrorBar* errors_ = nullptr;
    ErrorBar* result_ = nullptr;  ///< of the last replay
    TimeStack* echo_stack_ = nullptr;
    TimeStack* network_stack_ = nullptr;
    TimeStack* latency_stack_ = nullptr;
    EchoPathPlot* echo_path_ = nullptr;
    DelayVariationPlot* delay_variation_ = nullptr;
    GuideStrip* guide_ = nullptr;
    NetworkPanel* network_panel_ = nullptr;
    ParameterPanel* parameters_ = nullptr;
    HealthPanel* health_ = nullptr;
    EventPanel* events_ = nullptr;
    SpeakPanel* speak_ = nullptr;
    TranscriptPanel* transcript_ = nullptr;
    SessionPanel* session_panel_ = nullptr;
    StatusContent* status_ = nullptr;
    KeyCard* keys_ = nullptr;
    CommandPalette* palette_ = nullptr;
    TransportBar* tool_bar_ = nullptr;
    HearButton* hear_ = nullptr;
    QTimer frame_timer_;
    QElapsedTimer second_;
    int frames_ = 0;
    double frames_per_s_ = 0.0;
};

}  // namespace doubletalk::ui
