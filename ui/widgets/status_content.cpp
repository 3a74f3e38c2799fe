// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/status_content.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QProgressBar>
#include <QToolButton>
#include <cmath>

#include "app/bench/bench.h"
#include "ui/models/setting_text.h"
#include "ui/theme/theme.h"

namespace doubletalk::ui {
namespace {

constexpr int kHeight = 26;
constexpr int kBarHeight = 8;

/// Text that takes what room there is: a path keeps both its ends.
class MessageLabel : public QLabel {
public:
    using QLabel::QLabel;
    [[nodiscard]] QSize minimumSizeHint() const override { return {0, 0}; }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setPen(Theme::current().colour(Token::text));
        painter.setFont(Theme::current().note());
        painter.drawText(
            contentsRect(), Qt::AlignLeft | Qt::AlignVCenter,
            painter.fontMetrics().elidedText(text(), Qt::ElideMiddle, contentsRect().width()));
    }
};

}  // namespace

StatusContent::StatusContent(QWidget* parent) : QWidget(parent) {
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 0, 12, 0);
    layout->setSpacing(24);
    device_ = addCell(*layout,
                      tr("What the engine hears and plays through, its rate and its block length"));
    load_ = addCell(*layout,
                    tr("Time the engine works out of the time it has. Good: below 50 %. Choose a "
                       "lighter engine when it is more."));
    frames_ =
        addCell(*layout, tr("Pictures of the window a second. Good: 30. Fewer cost no sound."));
    overruns_ =
        addCell(*layout, tr("Blocks begun more than one block late, and records nobody took in "
                            "time. Good: 0. Close other programs when it grows."));
    work_ = addCell(*layout, {});
    bar_ = new QProgressBar(this);
    bar_->setRange(0, 1000);
    bar_->setFixedWidth(160);
    bar_->setTextVisible(false);
    bar_->setMaximumHeight(kBarHeight);
    layout->addWidget(bar_);
    cancel_ = new QToolButton(this);
    cancel_->setText(tr("Cancel"));
    connect(cancel_, &QToolButton::clicked, this, &StatusContent::cancelled);
    layout->addWidget(cancel_);
    message_ = new MessageLabel(this);
    message_->setTextFormat(Qt::PlainText);
    message_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    layout->addWidget(message_, 1);
    message_over_.setSingleShot(true);
    connect(&message_over_, &QTimer::timeout, this, [this] { showMessage({}, 0); });
    recording_ = addCell(*layout, tr("Length of the recording that is being kept"));
    round_trip_ =
        addCell(*layout, tr("From handing over a sound until it is in the microphone, measured by "
                            "a chirp. Good: below 100 ms; smaller device buffers shorten it."));
    // The plots above keep their height, whatever comes and goes here.
    const auto fit = [this] {
        setFixedHeight(Theme::current().scaled(kHeight));
        cancel_->setMaximumHeight(Theme::current().scaled(kHeight));
    };
    connect(&Theme::current(), &Theme::changed, this, fit);
    fit();
    setMachine({}, false);
    setFramesPerSecond(std::nan(""));
    setRecording(-1.0);
    setRoundTrip(std::nan(""));
    setProgress({}, 1.0, false);
}

QLabel* StatusContent::addCell(QHBoxLayout& layout, const QString& tip) {
    auto* label = new QLabel(this);
    label->setTextFormat(Qt::RichText);
    label->setToolTip(tip);
    layout.addWidget(label);
    return label;
}

void StatusContent::put(QLabel* cell, const QString& name, const QString& value, bool bad) {
    const auto& theme = Theme::current();
    const auto number = theme.number();
    const auto text =
        QStringLiteral(
            "<span style=\"color:%1;font-size:%2pt\">%3</span> "
            "<span style=\"color:%4;font-family:'%5';font-size:%2pt;font-weight:600\">%6</span>")
            .arg(theme.colour(Token::text2).name())
            .arg(theme.note().pointSizeF())
            .arg(name, theme.colour(bad ? Token::problem : Token::text).name(), number.family(),
                 value);
    if (cell->text() != text) cell->setText(text);
    cell->setAccessibleName(name + QLatin1Char(' ') + value);
}

void StatusContent::setMachine(const bench::MachineState& machine, bool running) {
    const auto device = machine.device.isEmpty() ? tr("virtual room") : machine.device;
    put(device_,
        tr("%1 · %2 kHz · 10 ms blocks")
            .arg(device.left(1).toUpper() + device.mid(1), numberText(machine.rate_hz / 1000.0, 0)),
        {});
    put(load_, tr("Load"),
        running ? numberText(100.0 * machine.load_ratio, 0) + QStringLiteral(" %")
                : QStringLiteral("–"),
        running && machine.load_ratio > 0.8);
    const auto missed = machine.late_blocks + machine.dropped_records;
    put(overruns_, tr("Overruns"), running ? QString::number(missed) : QStringLiteral("–"),
        running && missed > 0);
}

void StatusContent::setFramesPerSecond(double frames) {
    put(frames_, tr("Frames/s"), numberText(frames, 0));
}

void StatusContent::setRecording(double seconds) {
    recording_->setVisible(seconds >= 0.0);
    if (seconds >= 0.0) put(recording_, tr("Recording"), timeText(seconds, 0));
}

void StatusContent::setRoundTrip(double ms) {
    round_trip_->setVisible(std::isfinite(ms));
    if (std::isfinite(ms))
        put(round_trip_, tr("Round trip"), numberText(ms, 1) + QStringLiteral(" ms"));
}

void StatusContent::setProgress(const QString& what, double done_ratio, bool can_cancel) {
    const bool busy = done_ratio < 1.0;
    work_->setVisible(busy);
    bar_->setVisible(busy);
    cancel_->setVisible(busy && can_cancel);
    if (!busy) return;
    put(work_, what, numberText(100.0 * done_ratio, 0) + QStringLiteral(" %"));
    bar_->setValue(int(std::lround(1000.0 * done_ratio)));
}

void StatusContent::showMessage(const QString& text, int for_ms) {
    message_->setText(text);
    message_->setToolTip(text);
    message_->setAccessibleName(text);
    if (text.isEmpty()) {
        message_over_.stop();
    } else {
        message_over_.start(for_ms);
    }
}

QString StatusContent::message() const { return message_->text(); }

}  // namespace doubletalk::ui
