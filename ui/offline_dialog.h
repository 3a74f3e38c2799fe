// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QStringList>

#include "engine/duplex/settings.h"
#include "ui/offline_analysis.h"
#include "ui/stream_pair.h"

class QComboBox;
class QGridLayout;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QTableWidget;

namespace doubletalk::ui {

class ErrorBar;

/// A pair of files, or a stream of two channels that becomes one: what the loudspeaker played and
/// what the microphone heard, through the engine's own uplink: progress, cancel, measured values,
/// and the result to hear or to open. Thread: gui.
class OfflineDialog : public QDialog {
    Q_OBJECT
public:
    explicit OfflineDialog(QWidget* parent = nullptr);

    /// Those of the window; canceller and reducer are chosen here.
    void setSettings(const duplex::Settings& settings);
    void setFiles(const QString& far_end, const QString& microphone);
    [[nodiscard]] const AnalysisResult& result() const { return result_; }
    /// NAME a received pair is offered, beside the microphone's file; empty: no file yet.
    [[nodiscard]] QString pairName() const;

public slots:
    void start();
    void cancel() { work_.cancel(); }
    /// Waits for a stream of two channels, which becomes BASE-far.wav and BASE-mic.wav.
    void receiveTo(const QString& base);
    /// As receiveTo(), once the user agrees to replace what is there.
    void askToReceive(const QString& base);
    /// Esc and the close button: a running analysis ends.
    void reject() override;

signals:
    void hearWanted(const QString& file);
    void hearNothingWanted();

private:
    QLineEdit* addFile(QGridLayout& grid, const QString& label, const QString& tip,
                       bool for_writing);
    void choose(QLineEdit& field, bool for_writing);
    void microphoneChanged();
    void forgetResult();
    void showResult(const AnalysisResult& result);
    void connectStream();
    void receive();
    void updateButtons();

    OfflineAnalysis work_;
    StreamPair stream_;
    duplex::Settings settings_;
    AnalysisResult result_;
    bool own_output_ = false;  ///< the user named it
    QLineEdit *far_, *microphone_, *output_;
    QComboBox *canceller_, *reducer_;
    ErrorBar* errors_;
    QProgressBar* bar_;
    QLabel* state_;
    QTableWidget* table_;
    QPushButton *start_, *receive_, *hear_microphone_, *hear_result_, *open_;
};

}  // namespace doubletalk::ui
