// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "app/bench/bench.h"

class QTextBrowser;

namespace doubletalk::ui {

class History;

/// What was said and heard: the assistant's items split into heard and unheard, the user's segments
/// as understood. Thread: gui.
class TranscriptPanel : public QWidget {
    Q_OBJECT
public:
    /// history outlives it: it knows when an item sounded.
    explicit TranscriptPanel(const History& history, QWidget* parent = nullptr);

    /// What was said in that run. A few times a second.
    void setQueue(const std::vector<bench::QueuedSpeech>& queue, int run);
    void addUnderstood(double start_s, double end_s, const QString& text);
    void clear();
    [[nodiscard]] QString plainText() const;

    /// Where the text of an item ends that was heard so far: by share of time, at a word's end.
    [[nodiscard]] static int heardLength(const QString& text, double heard_ms, double length_ms);

signals:
    void timeSelected(double s);

private:
    struct Line {
        double start_s = 0.0;
        QString html;
    };
    void rebuild();
    [[nodiscard]] Line assistantLine(const bench::QueuedSpeech& speech) const;

    const History& history_;
    QTextBrowser* view_;
    std::vector<bench::QueuedSpeech> queue_;
    struct Understood {
        double start_s, end_s;
        QString text;
    };
    std::vector<Understood> understood_;
    QString shown_;
};

}  // namespace doubletalk::ui
