// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device_dialog.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QRadioButton>
#include <QVBoxLayout>
#include <algorithm>
#include <initializer_list>
#include <limits>

#include "app/audio/device_list.h"
#include "app/audio/latency_probe.h"
#include "app/audio/qt_audio_device.h"
#include "ui/widgets/choice_box.h"
#include "ui/widgets/error_bar.h"

namespace doubletalk::ui {
namespace {

constexpr int kListEveryMs = 1000;

void fill(QComboBox& box, const std::vector<audio::ListedDevice>& devices, const QString& chosen,
          const QString& fallback) {
    box.clear();
    box.addItem(fallback, QString());
    for (const auto& device : devices) {
        box.addItem(QString::fromStdString(device.name), QString::fromStdString(device.id));
    }
    if (chosen.isEmpty()) return;
    int at = box.findData(chosen);
    if (at < 0) {
        box.addItem(DeviceDialog::tr("%1 (not there now)").arg(chosen), chosen);
        at = box.count() - 1;
    }
    box.setCurrentIndex(at);
}

QString listText(const audio::DeviceList& devices) {
    QString text;
    for (const auto* list : {&devices.inputs, &devices.outputs}) {
        for (const auto& device : *list) text += QString::fromStdString(device.id) + '\n';
        text += '\n';
    }
    return text;
}

}  // namespace

DeviceDialog::DeviceDialog(const bench::BenchSource& source, const QString& monitor_id, int rate_hz,
                           QWidget* parent)
    : QDialog(parent),
      source_(source),
      rate_hz_(rate_hz),
      round_trip_ms_(std::numeric_limits<double>::quiet_NaN()),
      room_(new QRadioButton(tr("&Virtual room"), this)),
      devices_(new QRadioButton(tr("&Real devices"), this)),
      input_(new ChoiceBox(this)),
      output_(new ChoiceBox(this)),
      monitor_(new ChoiceBox(this)),
      input_rate_(new ChoiceBox(this)),
      input_channels_(new ChoiceBox(this)),
      output_rate_(new ChoiceBox(this)),
      output_channels_(new ChoiceBox(this)),
      measure_(new QPushButton(tr("Measure round &trip"), this)),
      result_(new QLabel(tr("Ten chirps, about six seconds: keep the room quiet"), this)),
      errors_(new ErrorBar(this)) {
    setWindowTitle(tr("Devices"));
    room_->setToolTip(tr("A simulated room with exact ground truth; needs no sound card"));
    devices_->setToolTip(tr("The microphone and loudspeaker of this machine"));
    monitor_->setToolTip(
        tr("Where you hear taps and tracks. Not the loudspeaker in use: what is monitored would "
           "become echo"));
    result_->setWordWrap(true);
    (source.devices ? devices_ : room_)->setChecked(true);

    auto* form = new QFormLayout;
    const auto addSide = [&](const QString& title, QComboBox* device, QWidget* row) {
        auto* label = new QLabel(title, this);
        label->setBuddy(device);
        form->addRow(label, row);
    };
    addSide(tr("&Microphone"), input_,
            makeSide(*input_, *input_rate_, *input_channels_, tr("microphone"),
                     source.input_rate_hz, source.input_channels));
    addSide(tr("&Loudspeaker"), output_,
            makeSide(*output_, *output_rate_, *output_channels_, tr("loudspeaker"),
                     source.output_rate_hz, source.output_channels));
    form->addRow(measure_, result_);
    form->addRow(tr("M&onitor"), monitor_);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    auto* rows = new QVBoxLayout(this);
    rows->addWidget(errors_);
    rows->addWidget(room_);
    rows->addWidget(devices_);
    rows->addLayout(form);
    rows->addStretch(1);
    rows->addWidget(buttons);
    resize(660, 300);

    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(devices_, &QRadioButton::toggled, this, &DeviceDialog::updateEnabled);
    connect(measure_, &QPushButton::clicked, this, &DeviceDialog::measure);
    connect(&timer_, &QTimer::timeout, this, &DeviceDialog::askDevices);
    showDevices({});
    monitor_->setCurrentIndex(0);
    if (!monitor_id.isEmpty()) {
        monitor_->addItem(monitor_id, monitor_id);
        monitor_->setCurrentIndex(monitor_->count() - 1);
    }
    askDevices();
    timer_.start(kListEveryMs);
    updateEnabled();
}

/// A device with its rate and channels in one row.
QWidget* DeviceDialog::makeSide(QComboBox& device, QComboBox& rate, QComboBox& channels,
                                const QString& side, int rate_hz, int channel_count) {
    rate.addItem(tr("Device's rate"), 0);
    for (const int hz : {8000, 16000, 32000, 44100, 48000}) {
        rate.addItem(tr("%1 kHz").arg(hz / 1000.0), hz);
    }
    channels.addItem(tr("Device's channels"), 0);
    channels.addItem(tr("Mono"), 1);
    channels.addItem(tr("Stereo"), 2);
    rate.setCurrentIndex(std::max(rate.findData(rate_hz), 0));
    channels.setCurrentIndex(std::max(channels.findData(channel_count), 0));
    rate.setAccessibleName(tr("Rate of the %1").arg(side));
    channels.setAccessibleName(tr("Channels of the %1").arg(side));
    rate.setToolTip(
        tr("Rate the device is opened at; converted to the engine's. What it cannot do is told "
           "when it is opened"));
    channels.setToolTip(tr("Stereo is mixed to mono for the engine, and mono played on both"));
    device.setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    auto* row = new QWidget(this);
    auto* columns = new QHBoxLayout(row);
    columns->setContentsMargins(0, 0, 0, 0);
    columns->addWidget(&device, 1);
    columns->addWidget(&rate);
    columns->addWidget(&channels);
    return row;
}

DeviceDialog::~DeviceDialog() { cancelled_ = true; }

void DeviceDialog::askDevices() {
    if (measuring_) return;
    thread_.post([this] {
        auto list = std::make_shared<Result<audio::DeviceList>>(audio::listDevices());
        QMetaObject::invokeMethod(this, [this, list] {
            if (*list) {
                showDevices(**list);
            } else {
                errors_->showError(QString::fromStdString(list->error().message()));
            }
        });
    });
}

void DeviceDialog::showDevices(const audio::DeviceList& devices) {
    const auto text = listText(devices);
    if (text == shown_) return;
    shown_ = text;
    errors_->clear();
    const auto now = source();
    const auto monitor = monitorId();
    const auto standard = tr("System default");
    fill(*input_, devices.inputs, QString::fromStdString(now.input_id), standard);
    fill(*output_, devices.outputs, QString::fromStdString(now.output_id), standard);
    fill(*monitor_, devices.outputs, monitor, standard);
}

bench::BenchSource DeviceDialog::source() const {
    auto source = source_;
    source.devices = devices_->isChecked();
    if (input_->count() > 0) {
        source.input_id = input_->currentData().toString().toStdString();
        source.output_id = output_->currentData().toString().toStdString();
    }
    source.input_rate_hz = input_rate_->currentData().toInt();
    source.input_channels = input_channels_->currentData().toInt();
    source.output_rate_hz = output_rate_->currentData().toInt();
    source.output_channels = output_channels_->currentData().toInt();
    return source;
}

QString DeviceDialog::monitorId() const { return monitor_->currentData().toString(); }

void DeviceDialog::updateEnabled() {
    const std::initializer_list<QWidget*> asked{
        input_, output_, input_rate_, input_channels_, output_rate_, output_channels_, measure_};
    for (auto* widget : asked) widget->setEnabled(devices_->isChecked() && !measuring_);
}

void DeviceDialog::measure() {
    measuring_ = true;
    updateEnabled();
    result_->setText(tr("Measuring …"));
    audio::QtAudioDeviceOptions options;
    const auto now = source();
    options.input.device = now.input_id;
    options.input.rate_hz = now.input_rate_hz;
    options.input.channels = now.input_channels;
    options.output.device = now.output_id;
    options.output.rate_hz = now.output_rate_hz;
    options.output.channels = now.output_channels;
    thread_.post([this, options] {
        audio::QtAudioDevice device(options);
        audio::LatencyOptions wanted;
        wanted.progress = [this](double done_ratio) {
            QMetaObject::invokeMethod(this, [this, done_ratio] {
                if (measuring_)
                    result_->setText(tr("Measuring … %1 %").arg(int(done_ratio * 100.0)));
            });
            return !cancelled_;
        };
        QString text;
        bool good = false;
        double round_trip_ms = std::numeric_limits<double>::quiet_NaN();
        if (auto ok = device.open(SampleRate{rate_hz_}); !ok) {
            text = QString::fromStdString(ok.error().message());
        } else if (const auto report = audio::measureLatency(device, wanted); !report) {
            text = QString::fromStdString(report.error().message());
        } else {
            good = true;
            round_trip_ms = report->median_ms;
            text = tr("Round trip %1 ms, spread %2 ms, %3 of %4 chirps heard, confidence %5")
                       .arg(report->median_ms, 0, 'f', 1)
                       .arg(report->spread_ms, 0, 'f', 1)
                       .arg(report->found)
                       .arg(report->sent)
                       .arg(report->confidence_ratio, 0, 'f', 2);
        }
        QMetaObject::invokeMethod(this, [=, this] { measured(text, good, round_trip_ms); });
    });
}

void DeviceDialog::measured(const QString& text, bool good, double round_trip_ms) {
    measuring_ = false;
    updateEnabled();
    result_->setText(good ? text : tr("Not measured"));
    round_trip_ms_ = round_trip_ms;
    if (good) {
        errors_->clear();
    } else {
        errors_->showError(text);
    }
}

}  // namespace doubletalk::ui
