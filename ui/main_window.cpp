// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window.h"

#include <QAction>
#include <QActionGroup>
#include <QApplication>
#include <QCloseEvent>
#include <QDateTime>
#include <QDesktopServices>
#include <QDir>
#include <QDockWidget>
#include <QFileDialog>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <QSettings>
#include <QStackedWidget>
#include <QStandardPaths>
#include <QStatusBar>
#include <QStyle>
#include <QTabBar>
#include <QToolBar>
#include <QToolButton>
#include <QUndoStack>
#include <QUrl>
#include <QVBoxLayout>

#include "app/bench/monitor.h"
#include "engine/duplex/build_info.h"
#include "engine/room/scene.h"
#include "ui/device_dialog.h"
#include "ui/models/bench_target.h"
#include "ui/models/event_text.h"
#include "ui/models/history.h"
#include "ui/models/parameter_edits.h"
#include "ui/models/preset_store.h"
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
#include "ui/session_work.h"
#include "ui/speech_services.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/widgets/command_palette.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/guide_strip.h"
#include "ui/widgets/key_card.h"
#include "ui/widgets/lamp_button.h"
#include "ui/widgets/quick_toggles.h"
#include "ui/widgets/status_content.h"
#include "ui/window_actions.h"

namespace doubletalk::ui {
namespace {

constexpr int kFramesPerS = 30;
constexpr int kSmoothFramesPerS = 60;
constexpr double kSpikeMs = 300.0;
constexpr int kRecentSessions = 10;
constexpr int kLayoutVersion = 1;

QString featureText() {
    QStringList features;
    for (const auto& feature : duplex::buildFeatures()) features << QString::fromStdString(feature);
    return features.join(", ");
}

QString sessionFolder() {
    const auto documents = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    return QDir(documents).filePath("Doubletalk");
}

QString newSessionFolder(const QString& scene) {
    const auto stamp = QDateTime::currentDateTime().toString("yyyy-MM-dd_HH-mm-ss");
    return QDir(sessionFolder()).filePath(stamp + "_" + scene);
}

/// The style sheet's word for a button's part in the window.
void setKind(QWidget& button, const char* kind) {
    button.setProperty("kind", kind);
    button.style()->unpolish(&button);
    button.style()->polish(&button);
}

QString layoutKey(Workspace workspace) {
    return QStringLiteral("layout/%1").arg(workspace == Workspace::echo ? "echo" : "network");
}

}  // namespace

MainWindow::MainWindow(QWidget* parent)
    : QMainWindow(parent),
      bench_(std::make_unique<bench::Bench>()),
      history_(std::make_unique<History>()),
      view_(std::make_unique<TimeView>()),
      target_(std::make_unique<BenchTarget>(*bench_)),
      edits_(std::make_unique<ParameterEdits>(*target_)),
      presets_(
          std::make_unique<PresetStore>(PresetStore::builtInFolder(), PresetStore::ownFolder())),
      sessions_(std::make_unique<SessionWork>()) {
    setWindowTitle(tr("Doubletalk"));
    setMinimumSize(1120, 700);
    actions_ = std::make_unique<WindowActions>(*this);
    buildToolBar();
    buildCentre();
    buildDocks();
    buildStatusBar();
    connectBench();
    connectActions();
    connectPanels();
    restoreLayout();
    view_->setFlagText([](const Event& event) { return parameterChangeText(event); });
    second_.start();
    connect(&frame_timer_, &QTimer::timeout, this, &MainWindow::refresh);
    frame_timer_.setTimerType(Qt::PreciseTimer);
    setFrameRate(kFramesPerS);
    stateChanged(bench_->state());
}

MainWindow::~MainWindow() {
    frame_timer_.stop();
    bench_->disconnect(this);
    // What shows bench and history goes before them; Qt would delete it after them.
    qDeleteAll(docks_);
    delete takeCentralWidget();
    delete tool_bar_;
}

void MainWindow::setFrameRate(int hz) {
    frame_timer_.start(1000 / hz);
    actions_->smooth->setChecked(hz > kFramesPerS);
}

TimeStack* MainWindow::stack() const {
    return workspace_ == Workspace::echo ? echo_stack_ : network_stack_;
}

void MainWindow::buildToolBar() {
    auto* bar = addToolBar(tr("Transport"));
    bar->setObjectName("transport");
    bar->setMovable(false);
    bar->setContextMenuPolicy(Qt::PreventContextMenu);
    const auto button = [bar](QAction* action, bool words) {
        bar->addAction(action);
        auto* made = qobject_cast<QToolButton*>(bar->widgetForAction(action));
        made->setToolButtonStyle(words ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonIconOnly);
        return made;
    };
    auto& a = *actions_;
    run_button_ = button(a.run, true);
    record_button_ = button(a.record, true);
    bar->addSeparator();
    button(a.speak_file, true)->setText(tr("Speak files"));
    auto* interrupt = button(a.interrupt, true);
    interrupt->setProperty("kind", "interrupt");
    bar->addSeparator();
    auto* toggles = new QuickToggles(*edits_, bar);
    for (auto* toggle : toggles->buttons()) bar->addWidget(toggle);
    connect(toggles, &QuickToggles::failed, this, &MainWindow::tell);
    bar->addSeparator();
    speech_ = new SpeechServices(*bench_, bar);
    bar->addWidget(speech_->sttButton());
    bar->addWidget(speech_->ttsButton());
    tool_bar_ = bar;
    auto* space = new QWidget(bar);
    space->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    bar->addWidget(space);
    buildHearMenu(*bar);
    button(a.follow, true);
    button(a.cursors, false);
    button(a.hold, false);
    button(a.palette, false);
}

void MainWindow::buildCentre() {
    auto* centre = new QWidget(this);
    auto* column = new QVBoxLayout(centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    errors_ = new ErrorBar(centre);
    column->addWidget(errors_);
    pages_ = new QStackedWidget(centre);
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

void MainWindow::addDock(const char* id, const QString& title, QWidget* content,
                         Qt::DockWidgetArea area) {
    auto* dock = new QDockWidget(title, this);
    dock->setObjectName(QString::fromLatin1(id));
    dock->setWidget(content);
    // The panels have title rows of their own; a floating one gets the window system's.
    auto* no_title = new QWidget(dock);
    no_title->setFixedHeight(0);
    dock->setTitleBarWidget(no_title);
    addDockWidget(area, dock);
    actions_->panels_menu->addAction(dock->toggleViewAction());
    docks_.insert(QString::fromLatin1(id), dock);
}

void MainWindow::buildDocks() {
    setDockOptions(AnimatedDocks | AllowNestedDocks | AllowTabbedDocks);
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
    parameters_ = new ParameterPanel(*edits_, *presets_);
    addDock("parameters", tr("Parameters"), parameters_, Qt::LeftDockWidgetArea);
    health_ = new HealthPanel(*history_, *target_);
    addDock("health", tr("Health"), health_, Qt::RightDockWidgetArea);
    echo_path_ = new EchoPathPlot(*history_);
    addDock("echo_path", tr("Echo path"), echo_path_, Qt::BottomDockWidgetArea);
    delay_variation_ = new DelayVariationPlot(*history_);
    addDock("delay_variation", tr("Delay variation"), delay_variation_, Qt::BottomDockWidgetArea);
    latency_stack_ = makeLatencyStack(*history_, *view_);
    addDock("latency", tr("Latency"), latency_stack_, Qt::BottomDockWidgetArea);
    events_ = new EventPanel(*history_);
    addDock("events", tr("Events"), events_, Qt::BottomDockWidgetArea);
    speak_ = new SpeakPanel;
    addDock("speak", tr("Speak"), speak_, Qt::BottomDockWidgetArea);
    transcript_ = new TranscriptPanel(*history_);
    addDock("transcript", tr("Transcript"), transcript_, Qt::BottomDockWidgetArea);
    session_panel_ = new SessionPanel;
    addDock("sessions", tr("Sessions"), session_panel_, Qt::BottomDockWidgetArea);
    for (const char* id : {"speak", "transcript", "sessions"})
        tabifyDockWidget(docks_["events"], docks_[id]);
    setTabPosition(Qt::BottomDockWidgetArea, QTabWidget::North);
    keys_ = new KeyCard(this);
    palette_ = new CommandPalette(this);
}

void MainWindow::buildStatusBar() {
    status_ = new StatusContent(this);
    statusBar()->addPermanentWidget(status_, 1);
    statusBar()->setSizeGripEnabled(false);
    connect(status_, &StatusContent::cancelled, sessions_.get(), &SessionWork::cancel);
}

void MainWindow::connectPanels() {
    auto* bench = bench_.get();
    using bench::Bench;
    connect(network_panel_, &NetworkPanel::spikeWanted, bench, &Bench::spike);
    connect(network_panel_, &NetworkPanel::lossWanted, bench, &Bench::loseNext);
    connect(network_panel_, &NetworkPanel::freezeWanted, bench, &Bench::freezeNetwork);
    connect(events_, &EventPanel::timeSelected, this, &MainWindow::showTime);
    connect(events_, &EventPanel::failed, this, &MainWindow::tell);
    connect(transcript_, &TranscriptPanel::timeSelected, this, &MainWindow::showTime);
    connect(bench, &Bench::understood, transcript_, &TranscriptPanel::addUnderstood);
    connect(speech_, &SpeechServices::understood, transcript_, &TranscriptPanel::addUnderstood);
    connect(speech_, &SpeechServices::failed, this, &MainWindow::tell);
    connect(speak_, &SpeakPanel::speakTextWanted, this, &MainWindow::speakText);
    connect(speak_, &SpeakPanel::speakFilesWanted, this, [this](const QStringList& files) {
        for (const auto& file : files) bench_->speakFile(file);
    });
    connect(speak_, &SpeakPanel::moveWanted, bench, &Bench::moveQueued);
    connect(speak_, &SpeakPanel::removeWanted, bench, &Bench::removeQueued);
    connect(bench, &Bench::queueChanged, this,
            [this] { speak_->setQueue(bench_->queue(), bench_->machine().buffered_ms); });
    connect(session_panel_, &SessionPanel::openWanted, this, &MainWindow::openSession);
    connect(session_panel_, &SessionPanel::revealWanted, this,
            [](const QString& folder) { QDesktopServices::openUrl(QUrl::fromLocalFile(folder)); });
    connect(session_panel_, &SessionPanel::replayWanted, this, [this](const QString& folder) {
        sessions_->replay(folder, bench_->requested(), newSessionFolder("replay"));
    });
    connect(actions_->keys, &QAction::triggered, keys_, &KeyCard::toggle);
    connect(actions_->palette, &QAction::triggered, palette_, &CommandPalette::openPalette);
    connect(palette_, &CommandPalette::settingChosen, this, [this](const QString& name) {
        docks_["parameters"]->show();
        parameters_->showSetting(name);
    });
    speak_->setVoices({{"en", tr("English (embedded)")}, {"remote", tr("Remote service (TTS)")}});
}

void MainWindow::speakText(const QString& text, const QString& voice) {
    if (voice != "remote") {
        bench_->speakText(text, voice);
    } else if (speech_->ttsConnected()) {
        speech_->speak(text, QString());
    } else {
        tell(tr("The speech service is not connected: TTS in the tool bar connects it"));
    }
}

void MainWindow::showTime(double at_s) { view_->show({at_s, at_s}); }

void MainWindow::connectBench() {
    auto* bench = bench_.get();
    using bench::Bench;
    connect(bench, &Bench::stateChanged, this, &MainWindow::stateChanged);
    connect(bench, &Bench::failed, this, &MainWindow::tell);
    connect(bench, &Bench::notice, this,
            [this](const QString& text) { statusBar()->showMessage(text, 8000); });
    connect(bench, &Bench::recordingChanged, this, &MainWindow::recordingChanged);
    connect(bench, &Bench::progress, this, &MainWindow::showProgress);
    connect(bench, &Bench::settingsChanged, this, [this] {
        const auto& settings = bench_->requested();
        echo_stack_->setLimit("barge_in.trigger_dbfs", settings.barge_in.trigger_dbfs);
        view_->setRateHz(settings.engine.rate_hz);
    });
    connect(bench, &Bench::sessionKept, this, [this](const QString& folder) {
        remember(folder);
        statusBar()->showMessage(tr("Session kept in %1").arg(folder), 10000);
    });
    connect(sessions_.get(), &SessionWork::failed, this, &MainWindow::tell);
    connect(sessions_.get(), &SessionWork::progress, this, &MainWindow::showProgress);
    connect(sessions_.get(), &SessionWork::opened, this, &MainWindow::showSession);
    connect(sessions_.get(), &SessionWork::replayed, this,
            [this](const QString& folder, const QString& verdict) {
                statusBar()->showMessage(verdict, 15000);
                remember(folder);
                openSession(folder);
            });
    bench->settingsChanged();
}

void MainWindow::connectActions() {
    auto& a = *actions_;
    const auto on = [this](QAction* action, auto&& what) {
        connect(action, &QAction::triggered, this, what);
    };
    on(a.run, [this] {
        if (bench_->state() == bench::BenchState::idle) {
            run();
        } else {
            bench_->stop();
        }
    });
    on(a.record, [this] { toggleRecording(); });
    on(a.interrupt, [this] {
        bench_->interrupt();
        speech_->interrupted();
    });
    on(a.reset, [this] { bench_->resetEngine(); });
    on(a.spike, [this] { bench_->spike(kSpikeMs); });
    on(a.move_microphone, [this] { bench_->changePath(); });
    on(a.speak_file, [this] { speakFiles(); });
    on(a.open, [this] { openDialog(); });
    on(a.source, [this] { chooseDevices(); });
    on(a.replay, [this] { replayWithChanges(); });
    on(a.export_plot, [this] { stack()->askExport(); });
    on(a.quit, [this] { close(); });
    on(a.follow, [this](bool checked) { view_->setFollow(checked); });
    connect(view_.get(), &TimeView::followChanged, a.follow, &QAction::setChecked);
    a.follow->setChecked(view_->follows());
    on(a.cursors, [this](bool checked) { view_->setCursorsShown(checked); });
    connect(view_.get(), &TimeView::cursorsChanged, this,
            [this] { actions_->cursors->setChecked(view_->cursorsShown()); });
    on(a.hold, [this](bool checked) {
        for (auto* one : {echo_stack_, network_stack_, latency_stack_}) one->setHeld(checked);
    });
    on(a.fit, [this] { view_->fit(); });
    on(a.zoom_in, [this] { view_->zoom(0.5, view_->range().to_s); });
    on(a.zoom_out, [this] { view_->zoom(2.0, view_->range().to_s); });
    on(a.next_problem, [this] { stepProblem(1); });
    on(a.previous_problem, [this] { stepProblem(-1); });
    on(a.undo, [this] { edits_->undoStack().undo(); });
    on(a.redo, [this] { edits_->undoStack().redo(); });
    on(a.echo, [this] { showWorkspace(Workspace::echo); });
    on(a.network, [this] { showWorkspace(Workspace::network); });
    on(a.default_layout, [this] { defaultLayout(); });
    on(a.dark, [](bool checked) { Theme::current().setDark(checked); });
    on(a.text_larger, [] { Theme::current().setTextScale(Theme::current().textScale() + 0.1); });
    on(a.text_smaller, [] { Theme::current().setTextScale(Theme::current().textScale() - 0.1); });
    on(a.smooth, [this](bool checked) { setFrameRate(checked ? kSmoothFramesPerS : kFramesPerS); });
    on(a.about, [this] { showAbout(); });
    fillSceneMenu();
}

void MainWindow::fillSceneMenu() {
    const auto scenes = room::shippedScenes();
    if (!scenes) return;
    auto* group = new QActionGroup(this);
    for (const auto& scene : *scenes) {
        auto* action = actions_->scene_menu->addAction(QString::fromStdString(scene.title));
        action->setCheckable(true);
        action->setToolTip(QString::fromStdString(scene.description));
        action->setChecked(scene.id == bench_->source().scene);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, id = scene.id] {
            auto source = bench_->source();
            source.devices = false;
            source.scene = id;
            if (auto ok = bench_->setSource(source); !ok)
                tell(QString::fromStdString(ok.error().message()));
        });
    }
}

void MainWindow::run(bench::RunPace pace) {
    errors_->clear();
    history_->clear();
    transcript_->clear();
    view_->setFollow(true);
    opened_session_.clear();
    session_.reset();
    bench_->start(pace);
}

void MainWindow::stateChanged(bench::BenchState state) {
    const bool idle = state == bench::BenchState::idle;
    auto& a = *actions_;
    a.run->setText(idle ? tr("Run") : tr("Stop"));
    a.run->setIcon(icon(idle ? Icon::run : Icon::stop, idle ? Token::on_accent : Token::text));
    a.run->setEnabled(state != bench::BenchState::stopping);
    setKind(*run_button_, idle ? "primary" : "field");
    const bool running = state == bench::BenchState::running;
    for (auto* action : {a.interrupt, a.reset, a.spike, a.move_microphone})
        action->setEnabled(running);
    a.scene_menu->setEnabled(idle);
    a.source->setEnabled(idle);
    health_->setRunning(running);
    network_panel_->setRunning(running);
    refresh();
}

void MainWindow::recordingChanged() {
    actions_->record->setChecked(bench_->recording());
    setKind(*record_button_, bench_->recording() ? "primary" : "");
    updateStatus();
}

void MainWindow::toggleRecording() {
    if (!bench_->recording()) {
        bench_->startRecording();
        return;
    }
    const auto folder = newSessionFolder(QString::fromStdString(bench_->source().scene));
    QDir().mkpath(QFileInfo(folder).path());
    bench_->stopRecording(folder);
}

void MainWindow::tell(const QString& problem) { errors_->showError(problem); }

void MainWindow::showProgress(const QString& what, double done_ratio) {
    status_->setProgress(what, done_ratio, sender() == sessions_.get());
}

void MainWindow::speakFiles() {
    const auto files = QFileDialog::getOpenFileNames(this, tr("Files to speak"), QString(),
                                                     tr("Sound (*.wav *.flac);;All files (*)"));
    for (const auto& file : files) bench_->speakFile(file);
}

void MainWindow::chooseDevices() {
    DeviceDialog dialog(bench_->source(), monitor_id_, bench_->requested().engine.rate_hz, this);
    if (dialog.exec() != QDialog::Accepted) return;
    monitor_id_ = dialog.monitorId();
    if (auto ok = bench_->setSource(dialog.source()); !ok)
        tell(QString::fromStdString(ok.error().message()));
    status_->setRoundTrip(dialog.roundTripMs());
    saveLayout();
}

void MainWindow::buildHearMenu(QToolBar& bar) {
    auto* menu = new QMenu(&bar);
    connect(menu, &QMenu::aboutToShow, this, [this, menu] {
        menu->clear();
        menu->addAction(tr("&Nothing"), this, [this] { hear(-1); });
        if (!session_) {
            menu->addAction(tr("&Far end"), this, [this] { hear(int(bench::FeedTap::far)); });
            menu->addAction(tr("&Microphone"), this,
                            [this] { hear(int(bench::FeedTap::microphone)); });
            menu->addAction(tr("&Output"), this, [this] { hear(int(bench::FeedTap::output)); });
            return;
        }
        for (const auto& [name, samples] : session_->tracks) {
            if (samples.empty()) continue;
            menu->addAction(QString::fromStdString(name), this,
                            [this, track = QString::fromStdString(name)] { playTrack(track); });
        }
    });
    hear_button_ = new QToolButton(&bar);
    hear_button_->setText(tr("Hear"));
    hear_button_->setToolTip(
        tr("Hear a tap of the running engine, or a track of the opened session from cursor 1 or "
           "the view's start, on the monitor output (Devices …)"));
    hear_button_->setMenu(menu);
    hear_button_->setPopupMode(QToolButton::InstantPopup);
    bar.addWidget(hear_button_);
}

void MainWindow::hear(int tap) {
    auto& monitor = bench_->monitor();
    monitor.stop();
    setKind(*hear_button_, "");
    if (tap < 0) return;
    const auto& source = bench_->source();
    const auto loudspeaker = source.devices ? source.output_id : std::string();
    if (auto ok = monitor.start(bench::FeedTap(tap), monitor_id_.toStdString(),
                                bench_->requested().engine.rate_hz, loudspeaker);
        !ok) {
        tell(QString::fromStdString(ok.error().message()));
        return;
    }
    setKind(*hear_button_, "primary");
}

void MainWindow::playTrack(const QString& name) {
    if (!session_) return;
    const auto& track = session_->tracks[name.toStdString()];
    const double from_s = view_->cursorsShown() ? view_->cursor(0) : view_->range().from_s;
    const auto from =
        std::min(track.size(), std::size_t(std::max(from_s, 0.0) * session_->rate_hz));
    if (auto ok = bench_->monitor().play({track.begin() + std::ptrdiff_t(from), track.end()},
                                         monitor_id_.toStdString(), session_->rate_hz);
        !ok) {
        tell(QString::fromStdString(ok.error().message()));
        return;
    }
    setKind(*hear_button_, "primary");
}

void MainWindow::stepProblem(int step) {
    auto* plots = stack();
    if (step > 0 ? plots->nextProblem() : plots->previousProblem()) return;
    statusBar()->showMessage(step > 0 ? tr("No later problem") : tr("No earlier problem"), 3000);
}

void MainWindow::openDialog() {
    const auto folder =
        QFileDialog::getExistingDirectory(this, tr("Open a session's folder"), sessionFolder());
    if (!folder.isEmpty()) openSession(folder);
}

void MainWindow::openSession(const QString& folder) {
    if (bench_->state() != bench::BenchState::idle) {
        tell(tr("A run is going on: stop it (R), then open the session"));
        return;
    }
    sessions_->open(folder);
}

void MainWindow::showSession(const QString& folder) {
    auto opened = sessions_->take();
    if (!opened) return;
    *history_ = std::move(*opened->history);
    session_ = std::move(opened);
    view_->advance(history_->nowS());
    view_->fit();
    opened_session_ = folder;
    remember(folder);
    setWindowTitle(tr("%1 – Doubletalk").arg(QFileInfo(folder).fileName()));
}

void MainWindow::replayWithChanges() {
    const auto folder = opened_session_.isEmpty() ? last_kept_ : opened_session_;
    if (folder.isEmpty()) {
        tell(tr("There is no session to replay: open one (Ctrl+O) or record a run (Shift+R)"));
        return;
    }
    sessions_->replay(folder, bench_->requested(), newSessionFolder("replay"));
}

void MainWindow::remember(const QString& folder) {
    last_kept_ = folder;
    QSettings settings;
    auto recent = settings.value("sessions/recent").toStringList();
    recent.removeAll(folder);
    recent.prepend(folder);
    recent = recent.mid(0, kRecentSessions);
    settings.setValue("sessions/recent", recent);
    fillRecentMenu();
}

void MainWindow::fillRecentMenu() {
    auto* menu = actions_->recent_menu;
    menu->clear();
    for (const auto& folder : QSettings().value("sessions/recent").toStringList()) {
        auto* action = menu->addAction(QFileInfo(folder).fileName());
        action->setToolTip(folder);
        connect(action, &QAction::triggered, this, [this, folder] { openSession(folder); });
    }
    menu->setEnabled(!menu->isEmpty());
    session_panel_->setFolders(sessionFolder(),
                               QSettings().value("sessions/recent").toStringList());
}

void MainWindow::showWorkspace(Workspace workspace) {
    if (workspace != workspace_) {
        saveLayout();
        workspace_ = workspace;
        restoreDocks();
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
    parameters_->refresh();
    updateStatus();
}

void MainWindow::updateStatus() {
    const bool running = bench_->state() == bench::BenchState::running;
    const auto machine = bench_->machine();
    status_->setMachine(machine, running);
    status_->setFramesPerSecond(frames_per_s_);
    status_->setRecording(bench_->recording() ? bench_->recordedS() : -1.0);
    health_->setMachine(machine);
    actions_->record->setText(
        bench_->recording()
            ? QTime(0, 0).addMSecs(int(bench_->recordedS() * 1000.0)).toString("HH:mm:ss")
            : tr("Record"));
    speak_->setQueue(bench_->queue(), machine.buffered_ms);
    if (transcript_->isVisible()) transcript_->setQueue(bench_->queue());
}

void MainWindow::defaultLayout() {
    for (auto* dock : docks_) {
        dock->setFloating(false);
        dock->show();
    }
    const bool echo = workspace_ == Workspace::echo;
    docks_["echo_path"]->setVisible(echo);
    docks_["latency"]->setVisible(echo);
    docks_["delay_variation"]->setVisible(!echo);
    docks_["events"]->raise();
    auto& theme = Theme::current();
    const bool narrow = width() < 1400;
    resizeDocks({docks_["parameters"], docks_["health"]},
                {theme.scaled(narrow ? 264 : 296), theme.scaled(narrow ? 132 : 248)},
                Qt::Horizontal);
    resizeDocks({docks_["events"]}, {theme.scaled(270)}, Qt::Vertical);
    resizeDocks(
        {docks_[echo ? "echo_path" : "delay_variation"], docks_["latency"], docks_["events"]},
        {theme.scaled(300), theme.scaled(380), theme.scaled(420)}, Qt::Horizontal);
}

void MainWindow::saveLayout() {
    QSettings settings;
    settings.setValue("window/geometry", saveGeometry());
    settings.setValue(layoutKey(workspace_), saveState(kLayoutVersion));
    settings.setValue("window/workspace", int(workspace_));
    settings.setValue("window/dark", Theme::current().dark());
    settings.setValue("window/text_scale", Theme::current().textScale());
    settings.setValue("bench/devices", bench_->source().devices);
    settings.setValue("bench/input", QString::fromStdString(bench_->source().input_id));
    settings.setValue("bench/output", QString::fromStdString(bench_->source().output_id));
    settings.setValue("bench/monitor", monitor_id_);
    settings.setValue("bench/scene", QString::fromStdString(bench_->source().scene));
}

void MainWindow::restoreDocks() {
    if (!restoreState(QSettings().value(layoutKey(workspace_)).toByteArray(), kLayoutVersion)) {
        defaultLayout();
    }
}

void MainWindow::restoreLayout() {
    const QSettings settings;
    resize(1600, 1000);
    restoreGeometry(settings.value("window/geometry").toByteArray());
    Theme::current().setDark(settings.value("window/dark", true).toBool());
    Theme::current().setTextScale(settings.value("window/text_scale", 1.0).toDouble());
    actions_->dark->setChecked(Theme::current().dark());
    workspace_ = Workspace(settings.value("window/workspace", 0).toInt() == 1 ? 1 : 0);
    auto source = bench_->source();
    source.scene = settings.value("bench/scene", QString::fromStdString(source.scene))
                       .toString()
                       .toStdString();
    source.devices = settings.value("bench/devices", false).toBool();
    source.input_id = settings.value("bench/input").toString().toStdString();
    source.output_id = settings.value("bench/output").toString().toStdString();
    monitor_id_ = settings.value("bench/monitor").toString();
    if (!bench_->setSource(source)) (void)bench_->setSource({});
    restoreDocks();
    showWorkspace(workspace_);
    fillRecentMenu();
}

void MainWindow::closeEvent(QCloseEvent* event) {
    saveLayout();
    if (bench_->recording()) toggleRecording();
    bench_->stop();
    QMainWindow::closeEvent(event);
}

void MainWindow::showAbout() {
    QMessageBox::about(
        this, tr("About Doubletalk"),
        tr("<b>Doubletalk %1</b><br>Test bench for full-duplex voice assistants.<br><br>%2")
            .arg(QString::fromStdString(duplex::buildVersion()), featureText()));
}

}  // namespace doubletalk::ui
