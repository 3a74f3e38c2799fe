// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window.h"

#include <QAction>
#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QFileDialog>
#include <QMenuBar>
#include <QSettings>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTabBar>
#include <QVBoxLayout>

#include "ui/hear_button.h"
#include "ui/ingest_speech.h"
#include "ui/kept_settings.h"
#include "ui/models/audio_files.h"
#include "ui/models/bench_target.h"
#include "ui/models/event_text.h"
#include "ui/models/history.h"
#include "ui/models/parameter_edits.h"
#include "ui/models/preset_store.h"
#include "ui/models/session_history.h"
#include "ui/panels/event_panel.h"
#include "ui/panels/health_panel.h"
#include "ui/panels/network_panel.h"
#include "ui/panels/parameter_panel.h"
#include "ui/panels/session_panel.h"
#include "ui/panels/speak_panel.h"
#include "ui/panels/transcript_panel.h"
#include "ui/plots/delay_variation_plot.h"
#include "ui/plots/echo_path_plot.h"
#include "ui/plots/plot_registry.h"
#include "ui/plots/time_stack.h"
#include "ui/session_desk.h"
#include "ui/session_work.h"
#include "ui/source_choice.h"
#include "ui/speech_services.h"
#include "ui/theme/theme.h"
#include "ui/transport_bar.h"
#include "ui/widgets/command_palette.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/guide_strip.h"
#include "ui/widgets/key_card.h"
#include "ui/widgets/status_content.h"
#include "ui/window_actions.h"
#include "ui/window_dialogs.h"
#include "ui/window_layout.h"

namespace doubletalk::ui {
namespace {

constexpr int kLeastPlotsPx = 400;  // below it the docks give way

}  // namespace

MainWindow::MainWindow(QWidget* parent)
    : QMainWindow(parent),
      bench_(std::make_unique<bench::Bench>()),
      history_(std::make_unique<History>()),
      view_(std::make_unique<TimeView>()),
      target_(std::make_unique<BenchTarget>(*bench_)),
      edits_(std::make_unique<ParameterEdits>(*target_)),
      presets_(
          std::make_unique<PresetStore>(PresetStore::builtInFolder(), PresetStore::ownFolder())) {
    setWindowTitle(tr("Doubletalk"));
    setMinimumSize(1120, 700);
    actions_ = std::make_unique<WindowActions>(*this);
    layout_ = std::make_unique<WindowLayout>(*this, *actions_->panels_menu);
    dialogs_ = std::make_unique<WindowDialogs>(*bench_, *this);
    source_ = std::make_unique<SourceChoice>(*bench_, *actions_->scene_menu);
    buildCentre();
    buildDocks();
    sessions_ = std::make_unique<SessionDesk>(*bench_, *history_, *view_, *session_panel_,
                                              *actions_->recent_menu);
    buildToolBar();
    buildStatusBar();
    connectBench();
    connectSessions();
    connectActions();
    connectPanels();
    frame_timer_.setTimerType(Qt::PreciseTimer);
    restoreLook();
    view_->setFlagText([](const Event& event) { return parameterChangeText(event); });
    second_.start();
    connect(&frame_timer_, &QTimer::timeout, this, &MainWindow::refresh);
    stateChanged(bench_->state());
}

MainWindow::~MainWindow() {
    frame_timer_.stop();
    bench_->disconnect(this);
    // What shows bench and history goes before them; Qt would delete it after them.
    dialogs_.reset();
    sessions_.reset();
    layout_->deleteDocks();
    delete takeCentralWidget();
    delete tool_bar_;
}

void MainWindow::setFrameRate(int hz) {
    frame_timer_.start(1000 / hz);
    actions_->smooth->setChecked(hz > kFramesPerS);
}

SpeechServices& MainWindow::speech() const { return tool_bar_->speech(); }

TimeStack* MainWindow::stack() const {
    return workspace_ == Workspace::echo ? echo_stack_ : network_stack_;
}

void MainWindow::buildToolBar() {
    tool_bar_ = new TransportBar(*actions_, *bench_, *edits_, this);
    addToolBar(tool_bar_);
    hear_ = new HearButton(*bench_, *sessions_, *source_, *view_, tool_bar_);
    tool_bar_->addAtRight(hear_);
    connect(tool_bar_, &TransportBar::failed, this, &MainWindow::tell);
    connect(layout_.get(), &WindowLayout::narrowChanged, tool_bar_, &TransportBar::setCompact);
    ingest_ = std::make_unique<IngestSpeech>(*bench_);
}

void MainWindow::buildCentre() {
    auto* centre = new QWidget(this);
    auto* column = new QVBoxLayout(centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    errors_ = new ErrorBar(centre);
    column->addWidget(errors_);
    result_ = new ErrorBar(centre);
    column->addWidget(result_);
    pages_ = new QStackedWidget(centre);
    pages_->setMinimumHeight(kLeastPlotsPx);
    column->addWidget(pages_, 1);
    echo_stack_ = makeEchoStack(*history_, *view_, pages_);
    network_stack_ = makeNetworkStack(*history_, *view_, pages_);
    guide_ = new GuideStrip(*history_, pages_);
    network_panel_ = new NetworkPanel(*edits_, pages_);
    const auto page = [this](QWidget* strip, QWidget* plots) {
        auto* made = new QWidget(pages_);
        auto* rows = new QVBoxLayout(made);
        rows->setContentsMargins(0, 0, 0, 0);
        rows->setSpacing(0);
        rows->addWidget(strip);
        rows->addWidget(plots, 1);
        pages_->addWidget(made);
    };
    page(guide_, echo_stack_);
    page(network_panel_, network_stack_);
    setCentralWidget(centre);

    tabs_ = new QTabBar(menuBar());
    tabs_->setObjectName("workspaces");
    tabs_->addTab(tr("Echo  F5"));
    tabs_->addTab(tr("Network  F6"));
    tabs_->setDrawBase(false);
    tabs_->setFocusPolicy(Qt::NoFocus);
    menuBar()->setCornerWidget(tabs_, Qt::TopRightCorner);
    connect(tabs_, &QTabBar::currentChanged, this,
            [this](int tab) { showWorkspace(Workspace(tab)); });
}

void MainWindow::buildDocks() {
    parameters_ = new ParameterPanel(*edits_, *presets_);
    layout_->add("parameters", tr("Parameters"), parameters_, Qt::LeftDockWidgetArea);
    health_ = new HealthPanel(*history_, *target_);
    layout_->add("health", tr("Health"), health_, Qt::RightDockWidgetArea);
    echo_path_ = new EchoPathPlot(*history_);
    layout_->add("echo_path", tr("Echo path"), echo_path_, Qt::BottomDockWidgetArea);
    delay_variation_ = new DelayVariationPlot(*history_);
    layout_->add("delay_variation", tr("Delay variation"), delay_variation_,
                 Qt::BottomDockWidgetArea);
    latency_stack_ = makeLatencyStack(*history_, *view_);
    layout_->add("latency", tr("Latency"), latency_stack_, Qt::BottomDockWidgetArea);
    events_ = new EventPanel(*history_);
    layout_->add("events", tr("Events"), events_, Qt::BottomDockWidgetArea);
    speak_ = new SpeakPanel;
    layout_->add("speak", tr("Speak"), speak_, Qt::BottomDockWidgetArea);
    transcript_ = new TranscriptPanel(*history_);
    layout_->add("transcript", tr("Transcript"), transcript_, Qt::BottomDockWidgetArea);
    session_panel_ = new SessionPanel;
    layout_->add("sessions", tr("Sessions"), session_panel_, Qt::BottomDockWidgetArea);
    layout_->stack("events", {"speak", "transcript", "sessions"});
    keys_ = new KeyCard(this);
    palette_ = new CommandPalette(this);
}

void MainWindow::buildStatusBar() {
    status_ = new StatusContent(this);
    statusBar()->addPermanentWidget(status_, 1);
    statusBar()->setSizeGripEnabled(false);
    connect(status_, &StatusContent::cancelled, sessions_.get(), &SessionDesk::cancel);
}

void MainWindow::speakText(const QString& text, const QString& voice) {
    if (voice != "remote") {
        bench_->speakText(text, voice);
    } else if (!speech().speak(text, QString())) {
        speak_->giveBack(text);
    }
}

void MainWindow::showTime(double at_s) { view_->show({at_s, at_s}); }

void MainWindow::run(bench::RunPace pace) {
    errors_->clear();
    bench_->start(pace);
    if (bench_->state() == bench::BenchState::idle) return;  // refused; what is shown stays
    history_->clear();
    health_->setMachine(nullptr);
    setRateHz(bench_->requested().engine.rate_hz);
    transcript_->clear();
    view_->setFollow(true);
    sessions_->leave();
}

void MainWindow::setRateHz(int rate_hz) {
    view_->setRateHz(rate_hz);
    events_->setRateHz(rate_hz);
    health_->setRateHz(rate_hz);
    guide_->setRateHz(rate_hz);
}

void MainWindow::stateChanged(bench::BenchState state) {
    const bool idle = state == bench::BenchState::idle;
    auto& a = *actions_;
    tool_bar_->showState(state);
    const bool running = state == bench::BenchState::running;
    for (auto* action : {a.interrupt, a.reset, a.spike, a.move_microphone})
        action->setEnabled(running);
    a.scene_menu->setEnabled(idle);
    a.source->setEnabled(idle);
    health_->setRunning(running);
    for (auto* plots : {echo_stack_, network_stack_, latency_stack_}) plots->setRunning(running);
    network_panel_->setRunning(!idle);
    refresh();
}

void MainWindow::tell(const QString& problem) {
    errors_->showError(problem);
    failed(problem);
}

void MainWindow::takeBack(const QString& problem, const QString& left) {
    if (errors_->text() != problem) return;
    left.isEmpty() ? errors_->clear() : errors_->showError(left);
}

void MainWindow::say(const QString& text, int for_ms) { status_->showMessage(text, for_ms); }

void MainWindow::showProgress(const QString& what, double done_ratio) {
    status_->setProgress(what, done_ratio, sender() == sessions_.get());
}

void MainWindow::speakFiles() {
    const auto files =
        QFileDialog::getOpenFileNames(this, tr("Files to speak"), QString(), soundFilter());
    for (const auto& file : files) bench_->speakFile(file);
}

void MainWindow::stepProblem(int step) {
    auto* plots = stack();
    if (step > 0 ? plots->nextProblem() : plots->previousProblem()) return;
    say(step > 0 ? tr("No later problem") : tr("No earlier problem"), 3000);
}

void MainWindow::openSession(const QString& folder) { sessions_->open(folder); }

void MainWindow::showWorkspace(Workspace workspace) {
    if (workspace != workspace_) {
        const auto* before = QApplication::focusWidget();
        layout_->save(workspace_);
        workspace_ = workspace;
        layout_->restore(workspace_);
        // Panels that come and go hand the focus on, also to a field nobody looks at.
        auto* now = QApplication::focusWidget();
        if (now != nullptr && (now != before || !now->isVisible())) now->clearFocus();
    }
    pages_->setCurrentIndex(int(workspace));
    tabs_->setCurrentIndex(int(workspace));
    const bool echo = workspace == Workspace::echo;
    (echo ? actions_->echo : actions_->network)->setChecked(true);
    if (echo) {
        parameters_->showGroups({"echo", "noise", "vad", "barge_in"}, {"echo", "barge_in"});
    } else {
        parameters_->showGroups({"jitter", "loss", "network"}, {"jitter", "loss"});
    }
    refresh();
}

void MainWindow::refresh() {
    history_->poll(bench_->feed());
    view_->advance(history_->nowS());
    const auto& spoken = history_->assistant();
    const bool sounds = bench_->state() == bench::BenchState::running && !spoken.empty() &&
                        spoken.back().to_s < spoken.back().from_s;
    tool_bar_->showSounding(sounds);
    hear_->refresh();
    for (auto* plots : {echo_stack_, network_stack_, latency_stack_}) {
        if (plots->isVisible()) plots->refresh();
    }
    if (echo_path_->isVisible()) echo_path_->refresh();
    if (delay_variation_->isVisible()) delay_variation_->refresh();
    if (events_->isVisible()) events_->refresh();
    if (guide_->isVisible()) guide_->refresh();
    if (health_->isVisible()) health_->refresh();
    ++frames_;
    if (second_.elapsed() < 1000) return;
    frames_per_s_ = 1000.0 * frames_ / double(second_.restart());
    frames_ = 0;
    edits_->setFilterMs(bench_->state() == bench::BenchState::running ? history_->filterMs()
                                                                      : std::nullopt);
    parameters_->refresh();
    updateStatus();
}

void MainWindow::updateStatus() {
    const bool running = bench_->state() == bench::BenchState::running;
    const auto machine = bench_->machine();
    status_->setMachine(machine, running);
    status_->setFramesPerSecond(frames_per_s_);
    const double recorded_s = bench_->recording() ? bench_->recordedS() : -1.0;
    status_->setRecording(recorded_s);
    health_->setMachine(sessions_->opened() == nullptr ? &machine : nullptr);
    tool_bar_->showRecording(recorded_s);
    speak_->setQueue(bench_->queue(), machine.buffered_ms);
    if (!transcript_->isVisible()) return;
    if (const auto* session = sessions_->opened()) {
        transcript_->setQueue(session->spoken, kSessionRun);
    } else {
        transcript_->setQueue(bench_->queue(), bench_->runNumber());
    }
}

void MainWindow::saveLook() {
    layout_->save(workspace_);
    source_->save();
    QSettings settings;
    settings.setValue("window/dark", Theme::current().dark());
    settings.setValue("window/text_scale", Theme::current().textScale());
    settings.setValue("window/smooth", actions_->smooth->isChecked());
    settings.setValue("window/preset", parameters_->preset());
    keepSettings(*bench_);
}

void MainWindow::restoreLook() {
    const QSettings settings;
    layout_->restoreGeometry();
    Theme::current().setDark(settings.value("window/dark", true).toBool());
    Theme::current().setTextScale(settings.value("window/text_scale", 1.0).toDouble());
    actions_->dark->setChecked(Theme::current().dark());
    workspace_ = Workspace(settings.value("window/workspace", 0).toInt() == 1 ? 1 : 0);
    setFrameRate(settings.value("window/smooth", false).toBool() ? kSmoothFramesPerS : kFramesPerS);
    source_->restore();
    parameters_->showPreset(settings.value("window/preset").toString());
    for (const auto& line : restoreKeptSettings(*bench_)) say(line, 20000);
    network_panel_->setTrace(source_->trace());
    layout_->restore(workspace_);
    showWorkspace(workspace_);
}

void MainWindow::closeEvent(QCloseEvent* event) {
    saveLook();
    if (bench_->recording()) sessions_->toggleRecording();
    bench_->stop();
    QMainWindow::closeEvent(event);
}

}  // namespace doubletalk::ui
