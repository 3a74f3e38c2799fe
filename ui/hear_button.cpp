// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hear_button.h"

#include <QMenu>

#include "app/bench/bench.h"
#include "app/bench/monitor.h"
#include "engine/device/audio_file.h"
#include "ui/models/track_title.h"
#include "ui/plots/time_view.h"
#include "ui/session_desk.h"
#include "ui/session_work.h"
#include "ui/source_choice.h"
#include "ui/theme/style_sheet.h"

namespace doubletalk::ui {

HearButton::HearButton(bench::Bench& bench, const SessionDesk& sessions, const SourceChoice& source,
                       TimeView& view, QWidget* parent)
    : QToolButton(parent), bench_(bench), sessions_(sessions), source_(source), view_(view) {
    setText(tr("Hear"));
    setToolTip(
        tr("Hear a tap of the running engine, or a track of the opened session from cursor 1 or "
           "the view's start, on the monitor output (Devices …). A line on the plots shows where "
           "a track is; a click or drag in the time ruler plays on from there"));
    setMenu(new QMenu(this));
    setPopupMode(InstantPopup);
    connect(menu(), &QMenu::aboutToShow, this, &HearButton::fillMenu);
}

void HearButton::fillMenu() {
    using bench::FeedTap;
    menu()->clear();
    menu()->addAction(tr("&Nothing"), this, &HearButton::hearNothing);
    const auto* session = sessions_.opened();
    if (session == nullptr) {
        menu()->addAction(tr("&Far end"), this, [this] { hearTap(FeedTap::far); });
        menu()->addAction(tr("&Microphone"), this, [this] { hearTap(FeedTap::microphone); });
        menu()->addAction(tr("&Output"), this, [this] { hearTap(FeedTap::output); });
        menu()->addSeparator();
        menu()->addAction(tr("In a &browser …"), this, &HearButton::browserWanted);
        return;
    }
    for (const auto& [name, samples] : session->tracks) {
        if (samples.empty()) continue;
        const auto track = QString::fromStdString(name);
        menu()->addAction(trackTitle(track), this, [this, track] { playTrack(track); });
    }
}

void HearButton::showSounding(bool sounding) { setKind(*this, sounding ? "primary" : ""); }

void HearButton::hearNothing() {
    file_.clear();
    plays_ = track_ = false;
    bench_.monitor().stop();
    view_.setPlayhead({});
    showSounding(false);
}

void HearButton::hearTap(bench::FeedTap tap) {
    hearNothing();
    const auto& source = bench_.source();
    const auto loudspeaker = source.devices ? source.output_id : std::string();
    const auto ok = bench_.monitor().start(tap, source_.monitorId().toStdString(),
                                           bench_.requested().engine.rate_hz, loudspeaker);
    if (!ok) failed(QString::fromStdString(ok.error().message()));
    showSounding(ok.has_value());
}

void HearButton::playTrack(const QString& name) {
    hearNothing();
    const auto* session = sessions_.opened();
    if (session == nullptr) return;
    const auto track = session->tracks.find(name.toStdString());
    if (track == session->tracks.end()) return;
    play(track->second, session->rate_hz,
         view_.cursorsShown() ? view_.cursor(0) : view_.range().from_s);
    track_ = plays_;
    refresh();
}

void HearButton::play(std::vector<float> samples, int rate_hz, double from_s) {
    const auto ok = bench_.monitor().play(std::move(samples), source_.monitorId().toStdString(),
                                          rate_hz, from_s);
    if (!ok) failed(QString::fromStdString(ok.error().message()));
    plays_ = ok.has_value();
    showSounding(plays_);
}

void HearButton::playFrom(double at_s) {
    if (track_) bench_.monitor().seek(at_s);
}

void HearButton::refresh() {
    if (plays_ && !bench_.monitor().playing()) hearNothing();
    if (track_) view_.setPlayhead(bench_.monitor().positionS());
}

void HearButton::leaveSession() {
    if (track_) hearNothing();
}

void HearButton::playFile(const QString& file) {
    const bool again = bench_.monitor().playing() && file == file_;
    hearNothing();
    if (again) return;
    file_ = file;
    const int rate_hz = bench_.requested().engine.rate_hz;
    thread_.post([this, file, rate_hz] {
        auto samples = std::make_shared<Result<std::vector<float>>>(
            device::readMono(file.toStdString(), rate_hz));
        QMetaObject::invokeMethod(this, [this, file, samples, rate_hz] {
            if (!*samples) return failed(QString::fromStdString(samples->error().message()));
            if (file == file_) play(std::move(**samples), rate_hz, 0.0);
        });
    });
}

}  // namespace doubletalk::ui
