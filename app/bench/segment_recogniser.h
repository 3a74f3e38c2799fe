// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <atomic>
#include <vector>

#include "app/bench/task_thread.h"

namespace doubletalk::bench {

/// A stretch of the user's voice, cleaned.
struct VoiceSegment {
    double start_s = 0.0, end_s = 0.0;
    std::vector<float> samples;
};

/// Tells what is said in segments, one after the other, on a thread of its own. Without a
/// recogniser in the build it tells nothing. Thread: gui, but recognise().
class SegmentRecogniser : public QObject {
    Q_OBJECT
public:
    /// From now on segments of another run or session come; what comes with an earlier number is
    /// dropped.
    int listenAnew() { return ++number_; }
    /// number: listenAnew()'s, of what the segment belongs to. Any thread.
    void recognise(VoiceSegment segment, int rate_hz, int number);

signals:
    void understood(double start_s, double end_s, const QString& text);

private:
    std::atomic<int> number_{0};
    TaskThread thread_;  ///< last: it ends before what it uses
};

}  // namespace doubletalk::bench
