// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <memory>

class QWidget;

namespace doubletalk::bench {
class Bench;
}

namespace doubletalk::ui {

class BrowserListening;
class ListenDialog;
class OfflineDialog;
class SaveTrackDialog;

/// The window's dialogs with work of their own behind them, each made when it is first wanted and
/// kept from then on. Thread: gui.
class WindowDialogs : public QObject {
    Q_OBJECT
public:
    /// bench outlives it; the dialogs belong to window.
    WindowDialogs(bench::Bench& bench, QWidget& window);
    ~WindowDialogs() override;

    /// Offline analysis of a pair of files.
    void showAnalysis();
    /// Listening in a browser.
    void showListening();
    /// A track of a session as a file.
    void showSaveTrack(const QString& folder);
    void showAbout();
    [[nodiscard]] BrowserListening& listening() { return *listening_; }

signals:
    void hearFileWanted(const QString& file);
    void hearNothingWanted();

private:
    bench::Bench& bench_;
    QWidget& window_;
    std::unique_ptr<BrowserListening> listening_;
    OfflineDialog* analysis_ = nullptr;
    ListenDialog* listen_ = nullptr;
    SaveTrackDialog* save_track_ = nullptr;
};

}  // namespace doubletalk::ui
