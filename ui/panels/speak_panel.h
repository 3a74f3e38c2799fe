// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "app/bench/bench.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTableView;
class QToolButton;

namespace doubletalk::ui {

class ErrorBar;
class QueueModel;

/// What the assistant is to say: a line of text, files, and the queue of both. Thread: gui.
class SpeakPanel : public QWidget {
    Q_OBJECT
public:
    explicit SpeakPanel(QWidget* parent = nullptr);

    /// Names and titles of the voices; the first is chosen.
    void setVoices(const std::vector<std::pair<QString, QString>>& voices);
    /// Whenever it changed, and a few times a second while it plays. What begins to speak, or is
    /// new, is scrolled into view.
    void setQueue(const std::vector<bench::QueuedSpeech>& queue, double buffered_ms);
    void showError(const QString& text);
    /// A text that could not be spoken stands in its line again.
    void giveBack(const QString& text);
    [[nodiscard]] QueueModel& model() { return *model_; }
    [[nodiscard]] QTableView& table() { return *table_; }

public slots:
    void focusText();
    void chooseFiles();

signals:
    void speakTextWanted(const QString& text, const QString& voice);
    void speakFilesWanted(const QStringList& paths);
    void moveWanted(qint64 ticket, int places);
    void removeWanted(qint64 ticket);

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void addLine();
    void addTable();
    void speak();
    void move(int places);
    void removeSelected();
    void updateButtons();
    [[nodiscard]] qint64 selectedTicket() const;
    [[nodiscard]] int newsOf(const std::vector<bench::QueuedSpeech>& queue) const;
    void takeFiles(const QStringList& paths);

    QueueModel* model_;
    ErrorBar* errors_;
    QLineEdit* text_;
    QComboBox* voice_;
    QPushButton* speak_;
    QTableView* table_;
    QLabel* buffered_;
    QLabel* empty_;
    QToolButton *up_ = nullptr, *down_ = nullptr, *remove_ = nullptr;
};

}  // namespace doubletalk::ui
