// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/problem_list.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "engine/core/event.h"
#include "ui/models/history.h"
#include "ui/plots/tick_text.h"

namespace doubletalk::ui {
namespace {

constexpr double kJoinS = 0.06;
constexpr double kBlockS = kBlockMs / 1000.0;

QString tr(const char* text) { return QCoreApplication::translate("ProblemList", text); }

void addStretches(std::vector<Problem>& to, ProblemKind kind, const std::vector<Stretch>& lane,
                  double now_s) {
    const auto first = to.size();
    for (const auto& stretch : lane) {
        const double end = stretch.to_s < stretch.from_s ? now_s : stretch.to_s;
        if (to.size() > first && stretch.from_s - to.back().at.to_s < kJoinS) {
            to.back().at.to_s = end;
        } else {
            to.push_back({kind, {stretch.from_s, end}, {}});
        }
    }
}

/// The ratio is of the last second of echo that was measured: while nothing is (erle is missing) it
/// stays as it was and says nothing of now.
void addDivergence(std::vector<Problem>& to, const Series& ratio, const Series& erle) {
    bool on = false;
    for (std::size_t i = 0; i < ratio.values.size(); ++i) {
        const double end = ratio.first_s + double(i) * ratio.step_s;
        const bool measured = i < erle.values.size() && std::isfinite(erle.values[i]);
        const bool diverges = measured && ratio.values[i] > 0.0;
        if (diverges) {
            if (!on) to.push_back({ProblemKind::divergence, {end - ratio.step_s, end}, {}});
            to.back().at.to_s = end;
        }
        on = diverges;
    }
}

bool kindOf(EventKind event, ProblemKind& kind) {
    switch (event) {
        case EventKind::packet_late: kind = ProblemKind::late; return true;
        case EventKind::underrun:
        case EventKind::overrun: kind = ProblemKind::underrun; return true;
        case EventKind::gap: kind = ProblemKind::gap; return true;
        case EventKind::engine_failed:
        case EventKind::engine_fallback:
        case EventKind::reference_late: kind = ProblemKind::engine; return true;
        case EventKind::barge_in_held: kind = ProblemKind::held; return true;
        default: return false;  // lost, concealed and clipped audio has its own lanes
    }
}

QString eventText(const Event& event) {
    switch (event.kind) {
        case EventKind::underrun: return tr("underrun");
        case EventKind::overrun: return tr("overrun");
        case EventKind::reference_late: return tr("reference late");
        case EventKind::engine_failed: return tr("canceller failed");
        case EventKind::engine_fallback: return tr("fallback");
        case EventKind::barge_in_held: return tr("barge-in held");
        case EventKind::gap: return tr("gap %1").arg(lengthText(event.value / 1000.0));
        default: return tr("late");
    }
}

}  // namespace

QString problemName(ProblemKind kind) {
    switch (kind) {
        case ProblemKind::concealed: return tr("concealed");
        case ProblemKind::lost: return tr("lost");
        case ProblemKind::clipped: return tr("clipped");
        case ProblemKind::divergence: return tr("divergence");
        case ProblemKind::late: return tr("late");
        case ProblemKind::underrun: return tr("underrun");
        case ProblemKind::gap: return tr("gap");
        case ProblemKind::engine: return tr("canceller");
        case ProblemKind::held: return tr("barge-in held");
    }
    return {};
}

void ProblemList::update(const History& history, int rate_hz) {
    const auto sizeOf = [](const std::vector<Stretch>& lane) {
        return 2 * lane.size() + std::size_t(!lane.empty() && lane.back().to_s >= lane.back().from_s);
    };
    // An open stretch grows until it is closed: once each 100 ms is enough.
    const auto grows = [](const std::vector<Stretch>& lane) {
        return !lane.empty() && lane.back().to_s < lane.back().from_s;
    };
    const bool open = grows(history.concealed()) || grows(history.lost()) || grows(history.clipped());
    std::vector<std::uint64_t> seen{history.epoch(),
                                    sizeOf(history.concealed()),
                                    sizeOf(history.lost()),
                                    sizeOf(history.clipped()),
                                    history.events().size(),
                                    history.series("divergence_ratio").values.size(),
                                    open ? std::uint64_t(history.nowS() * 10.0) : 0};
    if (seen == seen_) return;
    seen_ = std::move(seen);
    problems_.clear();
    const double now = history.nowS();
    addStretches(problems_, ProblemKind::concealed, history.concealed(), now);
    addStretches(problems_, ProblemKind::lost, history.lost(), now);
    addStretches(problems_, ProblemKind::clipped, history.clipped(), now);
    addDivergence(problems_, history.series("divergence_ratio"), history.series("erle_db"));
    for (auto& problem : problems_) {
        problem.text = problem.kind == ProblemKind::concealed
                           ? lengthText(problem.at.length())
                           : problemName(problem.kind) + ' ' + lengthText(problem.at.length());
    }
    for (const auto& event : history.events()) {
        ProblemKind kind{};
        if (!kindOf(event.kind, kind)) continue;
        const double at = eventTimeS(event, rate_hz);
        problems_.push_back({kind, {at, at + kBlockS}, eventText(event)});
        // Many in a row are one problem with a count in its size.
        if (problems_.size() > 1) {
            auto& before = problems_[problems_.size() - 2];
            if (before.kind == kind && before.text == problems_.back().text &&
                at - before.at.to_s < kJoinS) {
                before.at.to_s = at + kBlockS;
                problems_.pop_back();
            }
        }
    }
    std::stable_sort(problems_.begin(), problems_.end(), [](const auto& a, const auto& b) {
        return a.at.from_s < b.at.from_s;
    });
}

const Problem* ProblemList::after(double at_s) const {
    const auto found = std::upper_bound(
        problems_.begin(), problems_.end(), at_s + 1e-9,
        [](double at, const Problem& problem) { return at < problem.at.from_s; });
    return found == problems_.end() ? nullptr : &*found;
}

const Problem* ProblemList::before(double at_s) const {
    const auto found = std::lower_bound(
        problems_.begin(), problems_.end(), at_s - 1e-9,
        [](const Problem& problem, double at) { return problem.at.from_s < at; });
    return found == problems_.begin() ? nullptr : &*std::prev(found);
}

}  // namespace doubletalk::ui
