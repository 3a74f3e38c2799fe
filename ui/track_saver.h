// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <atomic>
#include <memory>
#include <vector>

#include "app/bench/task_thread.h"

namespace doubletalk::codec {
struct MediaKind;
}

namespace doubletalk::ui {

/// One signal of a session.
struct SessionTrack {
    QString name;
    int rate_hz = 0;
    std::vector<float> samples;
    [[nodiscard]] double lengthS() const { return double(samples.size()) / rate_hz; }
};
using SessionTracks = std::vector<SessionTrack>;

/// Reads the tracks of a session and writes one of them as a sound file, off the window's thread.
/// Thread: gui.
class TrackSaver : public QObject {
    Q_OBJECT
public:
    explicit TrackSaver(QObject* parent = nullptr);
    ~TrackSaver() override;

    void open(const QString& folder);
    [[nodiscard]] const SessionTracks& tracks() const { return *tracks_; }
    /// Replaces the file whole, at the end, or not at all. bitrate_bps: of lossy kinds.
    void save(std::size_t track, const QString& file, const codec::MediaKind& kind,
              int bitrate_bps);
    void cancel() { cancelled_ = true; }
    [[nodiscard]] bool busy() const { return busy_; }

signals:
    void opened();
    void progress(double done_ratio);
    void saved(const QString& file);
    void cancelled();
    void failed(const QString& what);

private:
    bool busy_ = false;
    std::atomic<bool> cancelled_{false};
    std::shared_ptr<const SessionTracks> tracks_;
    bench::TaskThread thread_;  ///< last: ends first
};

}  // namespace doubletalk::ui
