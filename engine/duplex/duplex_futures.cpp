// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Who waits for what of a DuplexStream: interruptions and the ends of items.
#include <algorithm>
#include <cmath>

#include "engine/duplex/duplex_stream.h"

namespace doubletalk::duplex {
namespace {

constexpr std::size_t kReports = 256;

}  // namespace

double DuplexStream::heardOf(double value_ms) noexcept {
    return std::isfinite(value_ms) ? std::max(value_ms, 0.0) : 0.0;
}

void DuplexStream::raiseInterrupted(ItemId up_to) {
    auto before = interrupted_up_to_.load();
    while (before < up_to && !interrupted_up_to_.compare_exchange_weak(before, up_to)) {
    }
}

std::future<HeardReport> DuplexStream::interrupt() {
    const std::shared_lock life(life_);
    Waiter waiter;
    auto future = waiter.promise.get_future();
    // One lock around both: no event of this interruption comes before its waiter stands there.
    const std::lock_guard lock(waiters_mutex_);
    if (!engine_.running() || stopped_) {
        waiter.promise.set_value({.stopped = true});
        return future;
    }
    const ItemId up_to = item_;
    raiseInterrupted(up_to);
    waiter.interrupt = engine_.interrupt(up_to);
    waiters_.push_back(std::move(waiter));
    return future;
}

std::future<HeardReport> DuplexStream::whenDone(ItemId item) {
    const std::lock_guard lock(waiters_mutex_);
    Waiter waiter{.item = item, .interrupt = 0, .promise = {}};
    auto future = waiter.promise.get_future();
    if (const auto known = reports_.find(item); known != reports_.end()) {
        waiter.promise.set_value(known->second);
    } else if (item == 0 || (stopped_ && interrupted(item))) {
        waiter.promise.set_value({.item = item, .stopped = stopped_});
    } else if (!reports_.empty() && item < reports_.begin()->first) {
        waiter.promise.set_value({.item = item});  // so long ago that nothing is known of it
    } else {
        waiters_.push_back(std::move(waiter));
    }
    return future;
}

void DuplexStream::remember(const HeardReport& report) {
    if (report.item == 0) return;
    reports_.emplace(report.item, report);
    if (reports_.size() > kReports) reports_.erase(reports_.begin());
    std::erase_if(waiters_, [&](Waiter& waiter) {
        if (waiter.item != report.item) return false;
        waiter.promise.set_value(report);
        return true;
    });
}

void DuplexStream::onItemEnded(const Event& event) {
    const std::lock_guard lock(waiters_mutex_);
    remember({.item = event.item, .heard_ms = heardOf(event.value)});
}

void DuplexStream::onSilence(const ToldEvent& told) {
    const auto& event = told.event;
    const std::lock_guard lock(waiters_mutex_);
    HeardReport report{.item = event.item, .heard_ms = heardOf(event.value), .interrupted = true};
    // What had been heard to its end was not interrupted; then nothing was playing.
    const auto known = reports_.find(event.item);
    if (known != reports_.end()) report = {.interrupted = true};
    remember(report);
    std::erase_if(waiters_, [&](Waiter& waiter) {
        if (waiter.item == 0 && std::int32_t(told.interrupts - waiter.interrupt) >= 0) {
            waiter.promise.set_value(report);
            return true;
        }
        // Items that were still queued will never be played.
        if (waiter.item != 0 && waiter.item <= told.discarded) {
            waiter.promise.set_value({.item = waiter.item, .interrupted = true});
            return true;
        }
        return false;
    });
}

void DuplexStream::onEvent(const ToldEvent& told) {
    switch (told.event.kind) {
        case EventKind::interrupt_issued:
            raiseInterrupted(told.discarded);
            break;
        case EventKind::playback_silent:
            onSilence(told);
            break;
        case EventKind::item_ended:
            onItemEnded(told.event);
            break;
        default:
            break;
    }
    if (event_callback_) event_callback_(told.event);
}

}  // namespace doubletalk::duplex
