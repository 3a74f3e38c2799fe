// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/decision_changes.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <queue>
#include <tuple>

namespace doubletalk::duplex {
namespace {

bool isDecision(EventKind kind) {
    switch (kind) {
        case EventKind::barge_in_held:
        case EventKind::barge_in_decided:
        case EventKind::interrupt_issued:
        case EventKind::canceller_ready:
        case EventKind::segment_started:
        case EventKind::segment_ended:
        case EventKind::engine_changed:
        case EventKind::engine_fallback:
        case EventKind::delay_moved:
            return true;
        default:
            return false;
    }
}

std::string describe(const Event& event) {
    auto text = "block " + std::to_string(event.block);
    if (!event.text.empty()) text += " " + std::string(event.text.view());
    if (!event.cause.empty()) text += " " + std::string(event.cause.view());
    return text;
}

using Decisions = std::vector<const Event*>;

bool earlier(const Event* a, const Event* b) {
    return std::tuple(a->block, a->text.view(), a->cause.view()) <
           std::tuple(b->block, b->text.view(), b->cause.view());
}

std::map<EventKind, Decisions> decisionsByKind(const std::vector<Event>& events) {
    std::map<EventKind, Decisions> kinds;
    for (const auto& event : events) {
        if (isDecision(event.kind)) kinds[event.kind].push_back(&event);
    }
    for (auto& [kind, decisions] : kinds) std::sort(decisions.begin(), decisions.end(), earlier);
    return kinds;
}

/// What one sorted list has more of than the other.
Decisions without(const Decisions& some, const Decisions& others) {
    Decisions rest;
    std::set_difference(some.begin(), some.end(), others.begin(), others.end(),
                        std::back_inserter(rest), earlier);
    return rest;
}

/// One of the two may be missing.
DecisionChange changeOf(const Event* before, const Event* after) {
    const Event& first =
        before == nullptr || (after != nullptr && after->block < before->block) ? *after : *before;
    return {.block = first.block,
            .what = std::string(eventId(first.kind)),
            .before = before != nullptr ? describe(*before) : "none",
            .after = after != nullptr ? describe(*after) : "none"};
}

/// Pairs the closest two of one kind, again and again. They stand side by side in the common
/// order, so that only neighbours are looked at.
void pairNearest(const Decisions& before, const Decisions& after,
                 std::vector<DecisionChange>& changes) {
    struct Entry {
        const Event* event = nullptr;  ///< nothing: paired, or one of the two ends
        bool is_after = false;
        std::size_t left = 0, right = 0;  ///< neighbours that are not paired
    };
    std::vector<Entry> row(1);
    for (const auto* event : before) row.push_back({event, false});
    for (const auto* event : after) row.push_back({event, true});
    std::stable_sort(row.begin() + 1, row.end(), [](const Entry& a, const Entry& b) {
        return a.event->block < b.event->block;
    });
    row.emplace_back();
    using Gap = std::tuple<BlockIndex, std::size_t, std::size_t>;
    std::priority_queue<Gap, std::vector<Gap>, std::greater<>> gaps;
    const auto join = [&](std::size_t l, std::size_t r) {
        row[l].right = r;
        row[r].left = l;
        const auto *a = row[l].event, *b = row[r].event;
        if (a == nullptr || b == nullptr || row[l].is_after == row[r].is_after) return;
        gaps.emplace(b->block - a->block, l, r);
    };
    for (std::size_t i = 1; i < row.size(); ++i) join(i - 1, i);
    while (!gaps.empty()) {
        const auto [gap, l, r] = gaps.top();
        gaps.pop();
        auto *a = row[l].event, *b = row[r].event;
        if (a == nullptr || b == nullptr) continue;
        changes.push_back(row[l].is_after ? changeOf(b, a) : changeOf(a, b));
        row[l].event = row[r].event = nullptr;
        join(row[l].left, row[r].right);
    }
    for (const auto& [event, is_after, left, right] : row) {
        if (event == nullptr) continue;
        changes.push_back(is_after ? changeOf(nullptr, event) : changeOf(event, nullptr));
    }
}

}  // namespace

std::vector<DecisionChange> decisionChanges(const std::vector<Event>& before,
                                            const std::vector<Event>& after) {
    auto kinds_before = decisionsByKind(before);
    auto kinds_after = decisionsByKind(after);
    std::vector<DecisionChange> changes;
    for (const auto& [kind, decisions] : kinds_after) kinds_before[kind];
    for (const auto& [kind, left] : kinds_before) {
        const auto& right = kinds_after[kind];
        pairNearest(without(left, right), without(right, left), changes);
    }
    std::stable_sort(changes.begin(), changes.end(),
                     [](const auto& a, const auto& b) { return a.block < b.block; });
    for (auto& change : changes) change.after_divergence = change.block > changes.front().block;
    return changes;
}

}  // namespace doubletalk::duplex
