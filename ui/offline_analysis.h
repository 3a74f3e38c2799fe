// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <atomic>
#include <vector>

#include "app/bench/task_thread.h"

namespace doubletalk::duplex {
struct OfflineEchoOptions;
struct OfflineEchoReport;
}  // namespace doubletalk::duplex

namespace doubletalk::ui {

/// One measured value of an analysis, as a table shows it.
struct AnalysisRow {
    QString id, name, value, unit, tip;
};

/// What came out of a pair of files.
struct AnalysisResult {
    QString canceller, reducer;  ///< what really ran; reducer empty: none
    QString file;                ///< the cleaned microphone
    std::vector<AnalysisRow> rows;
    QStringList notes;  ///< conversions, fallbacks
};

/// The offline echo canceller of the command line, off the window's thread; one pair at a time.
/// Thread: gui.
class OfflineAnalysis : public QObject {
    Q_OBJECT
public:
    explicit OfflineAnalysis(QObject* parent = nullptr);
    ~OfflineAnalysis() override;

    /// Its progress is taken; ignored while one goes on.
    void start(const duplex::OfflineEchoOptions& options);
    void cancel() { cancelled_ = true; }
    [[nodiscard]] bool running() const { return running_; }

signals:
    void progress(double done_ratio);
    void done(const doubletalk::ui::AnalysisResult& result);
    void cancelled();
    void failed(const QString& what);

private:
    bool running_ = false;
    std::atomic<bool> cancelled_{false};
    bench::TaskThread thread_;  ///< last: ends first
};

/// The rows of a report, in its order.
[[nodiscard]] AnalysisResult analysisResult(const duplex::OfflineEchoReport& report,
                                            const QString& file);

}  // namespace doubletalk::ui
