// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What of the main window is connected to what.
#include <QAction>
#include <QDockWidget>
#include <QFileInfo>
#include <QUndoStack>

#include "ui/hear_button.h"
#include "ui/ingest_speech.h"
#include "ui/main_window.h"
#include "ui/models/parameter_edits.h"
#include "ui/panels/event_panel.h"
#include "ui/panels/network_panel.h"
#include "ui/panels/parameter_panel.h"
#include "ui/panels/speak_panel.h"
#include "ui/panels/transcript_panel.h"
#include "ui/plots/time_stack.h"
#include "ui/plots/time_view.h"
#include "ui/session_desk.h"
#include "ui/session_work.h"
#include "ui/source_choice.h"
#include "ui/speech_services.h"
#include "ui/theme/theme.h"
#include "ui/transport_bar.h"
#include "ui/widgets/command_palette.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/key_card.h"
#include "ui/widgets/status_content.h"
#include "ui/window_actions.h"
#include "ui/window_dialogs.h"

namespace doubletalk::ui {
namespace {

constexpr double kSpikeMs = 300.0;

}  // namespace

void MainWindow::connectPanels() {
    auto* bench = bench_.get();
    using bench::Bench;
    connect(network_panel_, &NetworkPanel::spikeWanted, bench, &Bench::spike);
    connect(network_panel_, &NetworkPanel::lossWanted, bench, &Bench::loseNext);
    connect(network_panel_, &NetworkPanel::freezeWanted, bench, &Bench::freezeNetwork);
    connect(network_panel_, &NetworkPanel::traceWanted, source_.get(), &SourceChoice::setTrace);
    connect(events_, &EventPanel::timeSelected, this, &MainWindow::showTime);
    connect(events_, &EventPanel::failed, this, &MainWindow::tell);
    connect(transcript_, &TranscriptPanel::timeSelected, this, &MainWindow::showTime);
    connect(bench, &Bench::understood, this,
            [this](double from_s, double to_s, const QString& text) {
                // One recogniser tells it: the service, where there is one.
                if (sessions_->opened() == nullptr && speech().sttConnected()) return;
                transcript_->addUnderstood(from_s, to_s, text);
            });
    connect(&speech(), &SpeechServices::understood, transcript_, &TranscriptPanel::addUnderstood);
    connect(ingest_.get(), &IngestSpeech::started, this, [this](const QString& address) {
        say(tr("Send to %1: doubletalk-cli send --wav FILE --host %2 --ingest-port %3")
                .arg(address, address.section(':', 0, 0), address.section(':', 1, 1)),
            20000);
    });
    connect(ingest_.get(), &IngestSpeech::started, actions_.get(),
            &WindowActions::showSpeakAddress);
    connect(ingest_.get(), &IngestSpeech::failed, this, [this](const QString& what) {
        actions_->speak_stream->setChecked(false);
        actions_->showSpeakAddress({});
        tell(what);
    });
    connect(ingest_.get(), &IngestSpeech::dropped, this, &MainWindow::tell);
    connect(speak_, &SpeakPanel::speakTextWanted, this, &MainWindow::speakText);
    connect(speak_, &SpeakPanel::speakFilesWanted, this, [this](const QStringList& files) {
        for (const auto& file : files) bench_->speakFile(file);
    });
    connect(speak_, &SpeakPanel::moveWanted, bench, &Bench::moveQueued);
    connect(speak_, &SpeakPanel::removeWanted, bench, &Bench::removeQueued);
    connect(bench, &Bench::queueChanged, this,
            [this] { speak_->setQueue(bench_->queue(), bench_->machine().buffered_ms); });
    connect(actions_->keys, &QAction::triggered, keys_, &KeyCard::toggle);
    connect(actions_->palette, &QAction::triggered, palette_, &CommandPalette::openPalette);
    connect(palette_, &CommandPalette::settingChosen, this, [this](const QString& name) {
        layout_->dock("parameters")->show();
        parameters_->showSetting(name);
    });
    speak_->setVoices({{"en", tr("English (embedded)")}, {"remote", tr("Remote service (TTS)")}});
}

void MainWindow::connectBench() {
    auto* bench = bench_.get();
    using bench::Bench;
    connect(bench, &Bench::stateChanged, this, &MainWindow::stateChanged);
    connect(bench, &Bench::failed, this, &MainWindow::tell);
    connect(bench, &Bench::recovered, this, [this](const QString& what) { takeBack(what, {}); });
    connect(&speech(), &SpeechServices::recovered, this, &MainWindow::takeBack);
    connect(bench, &Bench::notice, this, [this](const QString& text) { say(text, 8000); });
    connect(bench, &Bench::recordingChanged, this, &MainWindow::updateStatus);
    connect(bench, &Bench::recordingEnded, sessions_.get(), &SessionDesk::toggleRecording);
    connect(bench, &Bench::progress, this, &MainWindow::showProgress);
    connect(bench, &Bench::settingsChanged, this, [this] {
        const auto& settings = bench_->requested();
        echo_stack_->setLimit("barge_in.trigger_dbfs", settings.barge_in.trigger_dbfs);
    });
    bench->settingsChanged();
}

void MainWindow::connectSessions() {
    auto* sessions = sessions_.get();
    connect(sessions, &SessionDesk::failed, this, &MainWindow::tell);
    connect(sessions, &SessionDesk::progress, this, &MainWindow::showProgress);
    connect(sessions, &SessionDesk::told, this, &MainWindow::say);
    connect(sessions, &SessionDesk::compared, this, [this, sessions](const QString& verdict) {
        if (sessions->changedDecisions() == 0) return result_->showResult(verdict);
        result_->showResult(verdict, tr("Show"), [sessions] { sessions->showDecisions(); });
    });
    connect(sessions, &SessionDesk::comparisonLeft, result_, &ErrorBar::clear);
    connect(sessions, &SessionDesk::shown, this, [this](const QString& folder) {
        setWindowTitle(tr("%1 – Doubletalk").arg(QFileInfo(folder).fileName()));
        transcript_->clear();
        errors_->clear();  // of what was there before
        const auto* session = sessions_->opened();
        setRateHz(session->rate_hz);
        bench_->recogniseSegments(session->voice, session->rate_hz);
        updateStatus();
        sessionShown(folder);
    });
    connect(sessions, &SessionDesk::left, this, [this] { setWindowTitle(tr("Doubletalk")); });
    connect(sessions, &SessionDesk::saveTrackWanted, dialogs_.get(), &WindowDialogs::showSaveTrack);
    connect(source_.get(), &SourceChoice::failed, this, &MainWindow::tell);
    connect(source_.get(), &SourceChoice::changed, source_.get(), &SourceChoice::save);
    connect(source_.get(), &SourceChoice::changed, this,
            [this] { network_panel_->setTrace(source_->trace()); });
    connect(source_.get(), &SourceChoice::roundTripMeasured, status_, &StatusContent::setRoundTrip);
    connect(sessions, &SessionDesk::shown, hear_, &HearButton::leaveSession);
    connect(sessions, &SessionDesk::left, hear_, &HearButton::leaveSession);
    connect(view_.get(), &TimeView::playFromWanted, hear_, &HearButton::playFrom);
    connect(hear_, &HearButton::failed, this, &MainWindow::tell);
    connect(hear_, &HearButton::browserWanted, dialogs_.get(), &WindowDialogs::showListening);
    connect(dialogs_.get(), &WindowDialogs::hearFileWanted, hear_, &HearButton::playFile);
    connect(dialogs_.get(), &WindowDialogs::hearNothingWanted, hear_, &HearButton::hearNothing);
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
    on(a.record, [this] { sessions_->toggleRecording(); });
    on(a.interrupt, [this] {
        bench_->interrupt();
        speech().interrupted();
    });
    on(a.reset, [this] { bench_->resetEngine(); });
    on(a.spike, [this] { bench_->spike(kSpikeMs); });
    on(a.move_microphone, [this] { bench_->changePath(); });
    on(a.speak_file, [this] { speakFiles(); });
    on(a.speak_stream, [this](bool checked) {
        checked ? ingest_->start() : ingest_->stop();
        actions_->showSpeakAddress({});
    });
    on(a.open, [this] { sessions_->choose(this); });
    on(a.source, [this] {
        source_->chooseDevices(this);
        updateStatus();
    });
    on(a.replay, [this] { sessions_->replay(); });
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
    on(a.default_layout, [this] { layout_->showDefault(workspace_); });
    on(a.dark, [](bool checked) { Theme::current().setDark(checked); });
    on(a.text_larger, [] { Theme::current().setTextScale(Theme::current().textScale() + 0.1); });
    on(a.text_smaller, [] { Theme::current().setTextScale(Theme::current().textScale() - 0.1); });
    on(a.smooth, [this](bool checked) { setFrameRate(checked ? kSmoothFramesPerS : kFramesPerS); });
    on(a.about, [this] { dialogs_->showAbout(); });
    on(a.save_track, [this] { sessions_->saveTrack(); });
    on(a.analyse, [this] { dialogs_->showAnalysis(); });
    on(a.listen, [this] { dialogs_->showListening(); });
}

}  // namespace doubletalk::ui
