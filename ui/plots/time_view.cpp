// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/time_view.h"

#include <algorithm>

#include "engine/core/event.h"
#include "engine/duplex/settings.h"

namespace doubletalk::ui {
namespace {

constexpr double kRoomAhead = 0.04;  // of the span, right of the newest moment

}  // namespace

TimeView::TimeView(QObject* parent) : QObject(parent) {}

void TimeView::place(TimeRange range) {
    double length = std::clamp(range.length(), kShortestS, kLongestS);
    if (range.length() != length) {
        const double middle = 0.5 * (range.from_s + range.to_s);
        range = {middle - 0.5 * length, middle + 0.5 * length};
    }
    if (range.from_s < 0.0) range = {0.0, range.length()};
    if (range == range_) return;
    range_ = range;
    emit rangeChanged();
}

void TimeView::followNow() {
    const double span = range_.length();
    const double to = std::max(span, now_s_ + kRoomAhead * span);
    place({to - span, to});
}

void TimeView::advance(double now_s) {
    const bool restarted = now_s < now_s_;
    now_s_ = now_s;
    if (restarted) unmark();
    if (follows_) followNow();
}

void TimeView::setRange(TimeRange range) {
    const bool shows_now = now_s_ <= range.to_s && now_s_ >= range.to_s - 0.1 * range.length();
    if (!shows_now) setFollow(false);
    place(range);
}

void TimeView::zoom(double factor, double about_s) {
    const double span = std::clamp(range_.length() * factor, kShortestS, kLongestS);
    if (follows_) {
        setSpan(span);
        return;
    }
    const double share = (about_s - range_.from_s) / range_.length();
    place({about_s - share * span, about_s + (1.0 - share) * span});
}

void TimeView::pan(double by_s) {
    setFollow(false);
    place({range_.from_s + by_s, range_.to_s + by_s});
}

void TimeView::fit() {
    const double span = std::max(now_s_ / (1.0 - kRoomAhead), 1.0);
    unmark();
    place({0.0, span});
    setFollow(true);
}

void TimeView::setSpan(double span_s) {
    const double span = std::clamp(span_s, kShortestS, kLongestS);
    if (follows_) {
        const double to = std::max(span, now_s_ + kRoomAhead * span);
        place({to - span, to});
    } else {
        const double middle = 0.5 * (range_.from_s + range_.to_s);
        place({middle - 0.5 * span, middle + 0.5 * span});
    }
}

void TimeView::setFollow(bool follow) {
    if (follow == follows_) return;
    follows_ = follow;
    frozen_at_ = follow ? std::nullopt : std::optional(now_s_);
    emit followChanged(follow);
    if (follow) {
        unmark();
        followNow();
    }
}

void TimeView::setCursorsShown(bool shown) {
    if (shown == cursors_shown_) return;
    cursors_shown_ = shown;
    if (shown) {
        for (int i = 0; i < 2; ++i) {
            if (cursors_[i] >= range_.from_s && cursors_[i] <= range_.to_s) continue;
            cursors_[i] = range_.from_s + range_.length() * (i + 1) / 3.0;
        }
    }
    emit cursorsChanged();
}

void TimeView::setCursor(int index, double at_s) {
    cursors_[index] = std::max(at_s, 0.0);
    emit cursorsChanged();
}

void TimeView::show(const TimeRange& stretch) {
    setFollow(false);
    const double span = std::max(range_.length(), 1.5 * stretch.length());
    const double middle = 0.5 * (stretch.from_s + stretch.to_s);
    place({middle - 0.5 * span, middle + 0.5 * span});
    marked_ = stretch;
    emit markedChanged();
}

void TimeView::unmark() {
    if (!marked_) return;
    marked_.reset();
    emit markedChanged();
}

void TimeView::setPlayhead(std::optional<double> at_s) {
    if (scrubs_ && at_s) return;
    scrubs_ = false;
    if (at_s == playhead_) return;
    playhead_ = at_s;
    emit playheadChanged();
}

void TimeView::scrub(double at_s) {
    if (!playhead_) return;
    scrubs_ = true;
    playhead_ = std::clamp(at_s, 0.0, std::max(now_s_, 0.0));
    emit playheadChanged();
}

void TimeView::endScrub() {
    if (!scrubs_) return;
    scrubs_ = false;
    emit playFromWanted(*playhead_);
}

QString TimeView::flagText(const Event& event) const {
    if (flag_text_) return flag_text_(event);
    const auto name = event.text.view();
    const auto setting = duplex::findSetting(name);
    const auto label = setting ? setting->row->text.label : name;
    return QString::fromUtf8(label.data(), qsizetype(label.size()));
}

}  // namespace doubletalk::ui
