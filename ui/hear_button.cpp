// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hear_button.h"

#include <QMenu>
#include <algorithm>

#include "app/bench/bench.h"
#include "app/bench/monitor.h"
#include "ui/plots/time_view.h"
#include "ui/session_desk.h"
#include "ui/session_work.h"
#include "ui/source_choice.h"
#include "ui/theme/style_sheet.h"

namespace doubletalk::ui {

HearButton::HearButton(bench::Bench& bench, const SessionDesk& sessions, const SourceChoice& source,
                       const TimeView& view, QWidget* parent)
    : QToolButton(parent), bench_(bench), sessions_(sessions), source_(source), view_(view) {
    setText(tr("Hear"));
    setToolTip(
        tr("Hear a tap of the running engine, or a track of the opened session from cursor 1 or "
           "the view's start, on the monitor output (Devices …)"));
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
        return;
    }
    for (const auto& [name, samples] : session->tracks) {
        if (samples.empty()) continue;
        const auto track = QString::fromStdString(name);
        menu()->addAction(track, this, [this, track] { playTrack(track); });
    }
}

void HearButton::show(bool sounding) { setKind(*this, sounding ? "primary" : ""); }

void HearButton::hearNothing() {
    bench_.monitor().stop();
    show(false);
}

void HearButton::hearTap(bench::FeedTap tap) {
    hearNothing();
    const auto& source = bench_.source();
    const auto loudspeaker = source.devices ? source.output_id : std::string();
    const auto ok = bench_.monitor().start(tap, source_.monitorId().toStdString(),
                                           bench_.requested().engine.rate_hz, loudspeaker);
    if (!ok) failed(QString::fromStdString(ok.error().message()));
    show(ok.has_value());
}

void HearButton::playTrack(const QString& name) {
    hearNothing();
    const auto* session = sessions_.opened();
    if (session == nullptr) return;
    const auto track = session->tracks.find(name.toStdString());
    if (track == session->tracks.end()) return;
    const auto& samples = track->second;
    const double from_s = view_.cursorsShown() ? view_.cursor(0) : view_.range().from_s;
    const auto from =
        std::min(samples.size(), std::size_t(std::max(from_s, 0.0) * session->rate_hz));
    const auto ok = bench_.monitor().play({samples.begin() + std::ptrdiff_t(from), samples.end()},
                                          source_.monitorId().toStdString(), session->rate_hz);
    if (!ok) failed(QString::fromStdString(ok.error().message()));
    show(ok.has_value());
}

}  // namespace doubletalk::ui
