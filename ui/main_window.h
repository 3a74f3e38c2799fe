// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QHash>
#include <QMainWindow>
#include <QTimer>
#include <memory>

#include "app/bench/bench.h"

class QStackedWidget;
class QTabBar;
class QToolBar;
class QToolButton;

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
class History;
class KeyCard;
class NetworkPanel;
class ParameterEdits;
class ParameterPanel;
struct OpenedSession;
class PresetStore;
class SpeakPanel;
class SessionWork;
class SessionPanel;
class SpeechServices;
class StatusContent;
class TimeStack;
class TimeView;
class TranscriptPanel;
class WindowActions;

enum class Workspace { echo, network, count_ };

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

protected:
    void closeEvent(QCloseEvent* event) override;

private:
    void buildToolBar();
    void buildCentre();
    void buildDocks();
    void buildStatusBar();
    void connectBench();
    void connectActions();
    void addDock(const char* id, const QString& title, QWidget* content, Qt::DockWidgetArea area);
    void defaultLayout();
    void restoreDocks();
    void fillSceneMenu();
    void fillRecentMenu();
    void remember(const QString& folder);
    void showSession(const QString& folder);
    void showProgress(const QString& what, double done_ratio);
    void saveLayout();
    void restoreLayout();
    void stateChanged(bench::BenchState state);
    void recordingChanged();
    void tell(const QString& problem);
    void stepProblem(int step);
    void toggleRecording();
    void speakFiles();
    void openDialog();
    void replayWithChanges();
    void showAbout();
    void chooseDevices();
    void buildHearMenu(QToolBar& bar);
    void hear(int tap);
    void playTrack(const QString& name);
    void showTime(double at_s);
    void speakText(const QString& text, const QString& voice);
    void refreshPanels();
    void buildPanels();
    void connectPanels();
    void updateStatus();
    [[nodiscard]] TimeStack* stack() const;

    std::unique_ptr<bench::Bench> bench_;
    std::unique_ptr<History> history_;
    std::unique_ptr<TimeView> view_;
    std::unique_ptr<BenchTarget> target_;
    std::unique_ptr<ParameterEdits> edits_;
    std::unique_ptr<PresetStore> presets_;
    std::unique_ptr<WindowActions> actions_;
    std::unique_ptr<SessionWork> sessions_;
    SpeechServices* speech_ = nullptr;
    Workspace workspace_ = Workspace::echo;
    QTabBar* tabs_ = nullptr;
    QStackedWidget* pages_ = nullptr;
    ErrorBar* errors_ = nullptr;
    QHash<QString, QDockWidget*> docks_;
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
    QToolButton* run_button_ = nullptr;
    QToolButton* record_button_ = nullptr;
    QToolBar* tool_bar_ = nullptr;
    QAction* space_ = nullptr;  ///< before the right end of the tool bar
    QTimer frame_timer_;
    QElapsedTimer second_;
    int frames_ = 0;
    double frames_per_s_ = 0.0;
    QString opened_session_, last_kept_;
    std::unique_ptr<OpenedSession> session_;  ///< null: none, or a run came after it
    QToolButton* hear_button_ = nullptr;
    QString monitor_id_;
};

}  // namespace doubletalk::ui
