// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QTableView;
class QToolButton;

namespace doubletalk::ui {

class SessionListModel;

/// Recent sessions: open, show in the file manager, replay with the settings of the window.
/// Thread: gui.
class SessionPanel : public QWidget {
    Q_OBJECT
public:
    explicit SessionPanel(QWidget* parent = nullptr);

    /// Sessions below folder, and others by their own folders.
    void setFolders(const QString& folder, const QStringList& others);
    [[nodiscard]] SessionListModel& model() { return *model_; }
    [[nodiscard]] QTableView& table() { return *table_; }

signals:
    void openWanted(const QString& folder);
    void revealWanted(const QString& folder);
    void replayWanted(const QString& folder);
    void saveTrackWanted(const QString& folder);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    [[nodiscard]] QString selected() const;
    void placeEmpty();
    void updateButtons();

    SessionListModel* model_;
    QTableView* table_;
    QLabel* note_;
    QLabel* empty_;
    QToolButton *open_, *reveal_, *replay_, *save_track_;
};

}  // namespace doubletalk::ui
