// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QTimer>
#include <atomic>

#include "app/bench/bench.h"
#include "app/bench/task_thread.h"

class QComboBox;
class QLabel;
class QPushButton;
class QRadioButton;

namespace doubletalk::audio {
struct DeviceList;
}

namespace doubletalk::ui {

class ErrorBar;

/// Virtual room or real devices; which ones; their round trip measured. The list follows what is
/// plugged in. Thread: gui; the sound server is asked elsewhere.
class DeviceDialog : public QDialog {
    Q_OBJECT
public:
    /// monitor_id: where the operator hears taps and tracks.
    DeviceDialog(const bench::BenchSource& source, const QString& monitor_id, int rate_hz,
                 QWidget* parent = nullptr);
    ~DeviceDialog() override;

    [[nodiscard]] bench::BenchSource source() const;
    [[nodiscard]] QString monitorId() const;
    /// NaN: not measured here.
    [[nodiscard]] double roundTripMs() const { return round_trip_ms_; }

private:
    [[nodiscard]] QWidget* makeSide(QComboBox& device, QComboBox& rate, QComboBox& channels,
                                    const QString& side, int rate_hz, int channel_count);
    void askDevices();
    void showDevices(const audio::DeviceList& devices);
    void measure();
    void measured(const QString& text, bool good, double round_trip_ms);
    void updateEnabled();

    bench::BenchSource source_;
    int rate_hz_;
    double round_trip_ms_;
    QRadioButton *room_, *devices_;
    QComboBox *input_, *output_, *monitor_;
    QComboBox *input_rate_, *input_channels_, *output_rate_, *output_channels_;
    QPushButton* measure_;
    QLabel* result_;
    ErrorBar* errors_;
    QTimer timer_;
    QString shown_;
    std::atomic<bool> measuring_{false}, cancelled_{false};
    bench::TaskThread thread_;  ///< last: ends first
};

}  // namespace doubletalk::ui
