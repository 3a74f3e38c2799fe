// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/time_flags.h"

#include <QCoreApplication>

#include "engine/core/event.h"
#include "ui/models/history.h"
#include "ui/plots/time_view.h"

namespace doubletalk::ui {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("TimeFlags", text); }

}  // namespace

void TimeFlags::update(const History& history, const TimeView& view) {
    const auto& events = history.events();
    if (epoch_ != history.epoch() || seen_ > events.size()) {
        epoch_ = history.epoch();
        seen_ = 0;
        flags_.clear();
    }
    for (; seen_ < events.size(); ++seen_) {
        const auto& event = events[seen_];
        const double at = eventTimeS(event, view.rateHz());
        switch (event.kind) {
            case EventKind::parameter_changed:
                flags_.push_back({at, view.flagText(event), Token::text, true});
                break;
            case EventKind::echo_path_changed:
                flags_.push_back({at, tr("Echo path moved"), Token::truth, true});
                break;
            case EventKind::network_spike:
                flags_.push_back({at,
                                  event.value > 0.0 ? tr("Spike %1 ms").arg(int(event.value))
                                                    : tr("Delay spike"),
                                  Token::truth, true});
                break;
            case EventKind::talker_started:
                flags_.push_back({at, tr("Talker"), Token::truth, true});
                break;
            case EventKind::interrupt_issued:
                flags_.push_back({at, event.cause == "barge_in" ? tr("Barge-in") : tr("Interrupt"),
                                  Token::decision, false});
                break;
            default: break;
        }
    }
}

}  // namespace doubletalk::ui
