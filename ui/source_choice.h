// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <string>

#include "app/bench/task_thread.h"

class QMenu;
class QWidget;

namespace doubletalk::bench {
class Bench;
struct BenchSource;
}  // namespace doubletalk::bench

namespace doubletalk::ui {

/// What the next run stands on: a scene of the virtual room, or real devices; and the output on
/// which the operator hears taps and tracks. Survives a restart. Thread: gui.
class SourceChoice : public QObject {
    Q_OBJECT
public:
    /// bench outlives it; the scene menu is filled.
    SourceChoice(bench::Bench& bench, QMenu& scene_menu);

    /// Asks for devices in a dialog over window.
    void chooseDevices(QWidget* window);
    /// Recorded packet delays for the next run; empty: none. Read and checked elsewhere first.
    void setTrace(const QString& file);
    [[nodiscard]] QString trace() const;
    /// Device of the operator's ear; empty: the system's default.
    [[nodiscard]] const QString& monitorId() const { return monitor_id_; }
    void restore();
    void save() const;

signals:
    void changed();
    void roundTripMeasured(double ms);
    void failed(const QString& what);

private:
    void fillScenes(QMenu& menu);
    void apply(const bench::BenchSource& source);

    bench::Bench& bench_;
    QString monitor_id_;
    QString wanted_trace_;      ///< the newest, read or not
    bench::TaskThread thread_;  ///< last: ends first
};

}  // namespace doubletalk::ui
