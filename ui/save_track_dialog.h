// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include "ui/track_saver.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QSpinBox;

namespace doubletalk::ui {

class ErrorBar;

/// A track of a session as a sound file: which, in which format, where to; progress and cancel.
/// Thread: gui.
class SaveTrackDialog : public QDialog {
    Q_OBJECT
public:
    explicit SaveTrackDialog(QWidget* parent = nullptr);

    void setSession(const QString& folder);
    [[nodiscard]] const TrackSaver& saver() const { return saver_; }

public slots:
    void save();
    void cancel() { saver_.cancel(); }
    /// Esc and the close button: what is being written is not.
    void reject() override;

private:
    void openWanted();
    void choose();
    void write();
    void listTracks();
    void suggestFile();
    void updateButtons();

    TrackSaver saver_;
    QString folder_;
    QString wanted_;         ///< session to open when the saver has time
    bool own_file_ = false;  ///< the user named it
    QString agreed_;         ///< to replace this file
    ErrorBar* errors_;
    QComboBox *track_, *kind_;
    QSpinBox* bitrate_;
    QLineEdit* file_;
    QPushButton* choose_;
    QProgressBar* bar_;
    QLabel* state_;
    QPushButton *save_, *reveal_;
};

}  // namespace doubletalk::ui
