// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window_dialogs.h"

#include <QMessageBox>

#include "app/bench/bench.h"
#include "engine/duplex/build_info.h"
#include "ui/browser_listening.h"
#include "ui/listen_dialog.h"
#include "ui/offline_dialog.h"
#include "ui/save_track_dialog.h"

namespace doubletalk::ui {
namespace {

QString featureText() {
    QStringList features;
    for (const auto& feature : duplex::buildFeatures()) features << QString::fromStdString(feature);
    return features.join(", ");
}

void bringUp(QDialog& dialog) {
    dialog.show();
    dialog.raise();
    dialog.activateWindow();
}

}  // namespace

WindowDialogs::WindowDialogs(bench::Bench& bench, QWidget& window)
    : bench_(bench), window_(window), listening_(std::make_unique<BrowserListening>(bench)) {}

WindowDialogs::~WindowDialogs() {
    delete analysis_;
    delete listen_;
    delete save_track_;
}

void WindowDialogs::showAnalysis() {
    if (analysis_ == nullptr) {
        analysis_ = new OfflineDialog(&window_);
        connect(analysis_, &OfflineDialog::hearWanted, this, &WindowDialogs::hearFileWanted);
        connect(analysis_, &OfflineDialog::hearNothingWanted, this,
                &WindowDialogs::hearNothingWanted);
    }
    analysis_->setSettings(bench_.requested());
    bringUp(*analysis_);
}

void WindowDialogs::showListening() {
    if (listen_ == nullptr) listen_ = new ListenDialog(*listening_, &window_);
    bringUp(*listen_);
}

void WindowDialogs::showSaveTrack(const QString& folder) {
    if (save_track_ == nullptr) save_track_ = new SaveTrackDialog(&window_);
    save_track_->setSession(folder);
    bringUp(*save_track_);
}

void WindowDialogs::showAbout() {
    QMessageBox::about(
        &window_, tr("About Doubletalk"),
        tr("<b>Doubletalk %1</b><br>Test bench for full-duplex voice assistants.<br><br>%2")
            .arg(QString::fromStdString(duplex::buildVersion()), featureText()));
}

}  // namespace doubletalk::ui
