// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session_desk.h"

#include <QAction>
#include <QDateTime>
#include <QDesktopServices>
#include <QDir>
#include <QFileDialog>
#include <QMenu>
#include <QSettings>
#include <QStandardPaths>
#include <QUrl>

#include "app/bench/bench.h"
#include "engine/duplex/replay.h"
#include "ui/models/history.h"
#include "ui/panels/session_panel.h"
#include "ui/plots/time_view.h"
#include "ui/replay_dialog.h"
#include "ui/session_work.h"

namespace doubletalk::ui {
namespace {

constexpr int kRecentSessions = 10;
constexpr const char* kRecentKey = "sessions/recent";

QString sessionFolder() {
    const auto documents = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    return QDir(documents).filePath("Doubletalk");
}

QString newSessionFolder(const QString& scene) {
    const auto stamp = QDateTime::currentDateTime().toString("yyyy-MM-dd_HH-mm-ss");
    return QDir(sessionFolder()).filePath(stamp + "_" + scene);
}

}  // namespace

SessionDesk::SessionDesk(bench::Bench& bench, History& history, TimeView& view, SessionPanel& panel,
                         QMenu& recent_menu)
    : bench_(bench),
      history_(history),
      view_(view),
      panel_(panel),
      recent_menu_(recent_menu),
      work_(std::make_unique<SessionWork>()) {
    connect(&bench_, &bench::Bench::sessionKept, this, [this](const QString& folder) {
        remember(folder);
        told(tr("Session kept in %1").arg(folder), 10000);
    });
    connect(work_.get(), &SessionWork::failed, this, &SessionDesk::failed);
    connect(work_.get(), &SessionWork::progress, this, &SessionDesk::progress);
    connect(work_.get(), &SessionWork::opened, this, &SessionDesk::show);
    connect(work_.get(), &SessionWork::replayed, this,
            [this](const QString& folder, const QString& verdict) {
                replayed_folder_ = folder;
                if (decisions_ != nullptr) decisions_->setDecisions(work_->decisions());
                compared(tr("Replay of %1. %2").arg(QFileInfo(replaying_).fileName(), verdict));
                remember(folder);
                open(folder);
            });
    connect(&panel_, &SessionPanel::openWanted, this, &SessionDesk::open);
    connect(&panel_, &SessionPanel::replayWanted, this, &SessionDesk::replayFolder);
    connect(&panel_, &SessionPanel::saveTrackWanted, this, &SessionDesk::saveTrackWanted);
    connect(&panel_, &SessionPanel::revealWanted, this,
            [](const QString& folder) { QDesktopServices::openUrl(QUrl::fromLocalFile(folder)); });
    listRecent();
}

SessionDesk::~SessionDesk() = default;

void SessionDesk::toggleRecording() {
    if (!bench_.recording()) {
        bench_.startRecording();
        return;
    }
    const auto& source = bench_.source();
    const auto scene = QFileInfo(QString::fromStdString(source.scene)).completeBaseName();
    const auto folder = newSessionFolder(source.devices ? QStringLiteral("devices") : scene);
    QDir().mkpath(QFileInfo(folder).path());
    bench_.stopRecording(folder);
}

void SessionDesk::choose(QWidget* window) {
    const auto folder =
        QFileDialog::getExistingDirectory(window, tr("Open a session's folder"), sessionFolder());
    if (!folder.isEmpty()) open(folder);
}

void SessionDesk::open(const QString& folder) {
    if (bench_.state() != bench::BenchState::idle) {
        failed(tr("A run is going on: stop it (R), then open the session"));
        return;
    }
    opening_ = folder;
    work_->open(folder);
}

void SessionDesk::show(const QString& folder) {
    auto opened = work_->take();
    if (folder != opening_) return;  // void, or another one was wanted meanwhile
    opening_.clear();
    if (!opened) return;
    if (folder != replayed_folder_) leaveComparison();
    history_ = std::move(*opened->history);
    opened_ = std::move(opened);
    view_.advance(history_.nowS());
    view_.fit();
    opened_folder_ = folder;
    remember(folder);
    shown(folder);
}

void SessionDesk::leave() {
    if (!opening_.isEmpty()) {
        told(tr("%1 is not shown: a run began before it was read. Open it again after the run")
                 .arg(QFileInfo(opening_).fileName()),
             15000);
    }
    opening_.clear();
    opened_folder_.clear();
    opened_.reset();
    leaveComparison();
    left();
}

void SessionDesk::leaveComparison() {
    replayed_folder_.clear();
    if (decisions_ != nullptr) decisions_->hide();
    comparisonLeft();
}

void SessionDesk::replay() {
    if (folder().isEmpty()) {
        failed(tr("There is no session to replay: open one (Ctrl+O) or record a run (Shift+R)"));
        return;
    }
    replayFolder(folder());
}

void SessionDesk::saveTrack() {
    if (folder().isEmpty()) {
        failed(tr("There is no session to save from: open one (Ctrl+O) or record a run (Shift+R)"));
        return;
    }
    saveTrackWanted(folder());
}

void SessionDesk::replayFolder(const QString& folder) {
    replaying_ = folder;
    work_->replay(folder, bench_.requested(), newSessionFolder("replay"));
}

int SessionDesk::changedDecisions() const { return int(work_->decisions().size()); }

void SessionDesk::showDecisions() {
    if (decisions_ == nullptr) {
        decisions_ = new ReplayDialog(panel_.window());
        connect(decisions_, &ReplayDialog::timeChosen, this, [this](double time_s) {
            view_.show({time_s, time_s});
        });
    }
    decisions_->setDecisions(work_->decisions());
    decisions_->show();
    decisions_->raise();
}

void SessionDesk::cancel() { work_->cancel(); }

void SessionDesk::remember(const QString& folder) {
    last_kept_ = folder;
    QSettings settings;
    auto recent = settings.value(kRecentKey).toStringList();
    recent.removeAll(folder);
    recent.prepend(folder);
    settings.setValue(kRecentKey, recent.mid(0, kRecentSessions));
    listRecent();
}

void SessionDesk::listRecent() {
    const auto recent = QSettings().value(kRecentKey).toStringList();
    recent_menu_.clear();
    for (const auto& folder : recent) {
        auto* action = recent_menu_.addAction(QFileInfo(folder).fileName());
        action->setToolTip(folder);
        connect(action, &QAction::triggered, this, [this, folder] { open(folder); });
    }
    recent_menu_.setEnabled(!recent_menu_.isEmpty());
    panel_.setFolders(sessionFolder(), recent);
}

}  // namespace doubletalk::ui
