// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/guide_steps.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "ui/models/event_text.h"
#include "ui/models/history.h"
#include "ui/models/setting_text.h"

namespace doubletalk::ui {
namespace {

constexpr double kLeastPeakDbfs = -40.0, kMostPeakDbfs = -1.0;
constexpr double kShownPeakDbfs = -90.0;  ///< the last bit of 16; a number below it says nothing
constexpr double kLevelsAfterS = 1.0;     ///< far end heard before levels are judged
constexpr double kConvergedDb = 20.0, kReconvergedDb = 10.0;
constexpr int kConvergedRows = 3;          ///< 300 ms: the first whole rows over METRICS' 250 ms
constexpr double kConvergeWithinS = 20.0;  ///< of active echo
constexpr double kMissedAfterS = 2.0;
constexpr double kFullScale = 32767.0;
constexpr double kNever = -1.0;

QString tr(const char* text) { return QCoreApplication::translate("Guide", text); }

/// When the mean of the last kConvergedRows rows first reached limit_db after from_s, counted from
/// the first active row; how long the echo was active without it otherwise.
struct Convergence {
    double after_s = kNever;
    double active_s = 0.0;
};
Convergence converged(const Series& erle, double from_s, double to_s, double limit_db) {
    Convergence found;
    double begin_s = kNever;
    double sum = 0.0;
    int in_row = 0;
    const auto first = std::size_t(std::max(0.0, std::ceil((from_s - erle.first_s) / erle.step_s)));
    for (auto i = first; i < erle.values.size(); ++i) {
        const double at_s = erle.first_s + double(i) * erle.step_s;
        if (at_s > to_s) break;
        if (!std::isfinite(erle.values[i])) {
            in_row = 0;
            sum = 0.0;
            continue;
        }
        if (begin_s < 0.0) begin_s = at_s - erle.step_s;
        found.active_s += erle.step_s;
        sum += erle.values[i];
        if (++in_row > kConvergedRows) sum -= erle.values[i - kConvergedRows];
        if (in_row >= kConvergedRows && sum / kConvergedRows >= limit_db) {
            found.after_s = at_s - begin_s;
            return found;
        }
    }
    return found;
}

double peakDbfs(const History& history, bench::FeedTap tap) {
    int peak = 0;
    for (const auto& column : history.wave(tap, 2.0).columns) {
        peak = std::max({peak, int(column.max), -int(column.min)});
    }
    return peak > 0 ? 20.0 * std::log10(peak / kFullScale) : -200.0;
}

GuideStep levels(const History& history) {
    GuideStep step{tr("Levels"),
                   {},
                   tr("Far end sounded for 1 s; the microphone peaks between −40 and "
                      "−1 dBFS and never clips.")};
    double far_s = 0.0;
    for (const auto& stretch : history.assistant()) {
        far_s += (stretch.to_s < stretch.from_s ? history.nowS() : stretch.to_s) - stretch.from_s;
    }
    if (far_s < kLevelsAfterS) return step;
    const double peak = peakDbfs(history, bench::FeedTap::microphone);
    const bool clipped = !history.clipped().empty();
    step.result = clipped                 ? tr("the microphone clips: lower its gain")
                  : peak < kShownPeakDbfs ? tr("peak < %1 dBFS").arg(numberText(kShownPeakDbfs, 0))
                                          : tr("peak %1 dBFS").arg(numberText(peak, 1));
    const bool good = !clipped && peak >= kLeastPeakDbfs && peak <= kMostPeakDbfs;
    step.state = good ? StepState::done : StepState::failed;
    return step;
}

GuideStep delay(const History& history) {
    GuideStep step{tr("Delay"), {}, tr("The echo delay is locked, between 0 and 500 ms.")};
    const auto& events = history.events();
    for (auto i = events.size(); i > 0; --i) {
        const auto& event = events[i - 1];
        if (event.kind == EventKind::reference_late) {
            step.state = StepState::failed;
            step.result = tr("reference late by %1 ms").arg(numberText(-event.value, 1));
            break;
        }
        if (event.kind != EventKind::delay_state) continue;
        const auto text =
            QString::fromUtf8(event.text.view().data(), qsizetype(event.text.view().size()));
        if (event.text == "locked") {
            step.state = StepState::done;
            const double now_ms = history.value("echo_delay_ms");
            step.result = tr("%1 ms, locked")
                              .arg(numberText(std::isfinite(now_ms) ? now_ms : event.value, 1));
        } else if (event.text == "outside window") {
            step.state = StepState::failed;
            step.result = text;
        } else {
            step.result = text;
        }
        break;
    }
    return step;
}

double firstPathChangeS(const History& history, int rate_hz) {
    for (const auto& event : history.events()) {
        if (event.kind == EventKind::echo_path_changed) return eventTimeS(event, rate_hz);
    }
    return kNever;
}

double lastPathChangeS(const History& history, int rate_hz) {
    double last = kNever;
    for (const auto& event : history.events()) {
        if (event.kind == EventKind::echo_path_changed) last = eventTimeS(event, rate_hz);
    }
    return last;
}

GuideStep converge(const History& history, int rate_hz) {
    GuideStep step{
        tr("Converge"), {}, tr("ERLE reaches 20 dB for 300 ms within 20 s of active echo.")};
    const double change_s = firstPathChangeS(history, rate_hz);
    const auto found = converged(history.series("erle_db"), 0.0,
                                 change_s >= 0.0 ? change_s : history.nowS(), kConvergedDb);
    if (found.after_s >= 0.0) {
        step.state = StepState::done;
        step.result = tr("20 dB in %1 s").arg(numberText(found.after_s, 1));
    } else if (found.active_s >= kConvergeWithinS || (change_s >= 0.0 && found.active_s > 0.0)) {
        step.state = StepState::failed;
        step.result = tr("20 dB not reached in %1 s of echo").arg(numberText(found.active_s, 1));
    } else if (found.active_s > 0.0) {
        step.result = tr("ERLE %1 dB").arg(numberText(history.value("erle_db"), 1));
    }
    return step;
}

GuideStep pathChange(const History& history, int rate_hz) {
    GuideStep step{
        tr("Path change"),
        {},
        tr("After the echo path changed, ERLE reaches 10 dB for 300 ms within 20 s of active "
           "echo.")};
    const double change_s = lastPathChangeS(history, rate_hz);
    if (change_s < 0.0) return step;
    const auto found =
        converged(history.series("erle_db"), change_s, history.nowS(), kReconvergedDb);
    if (found.after_s >= 0.0) {
        step.state = StepState::done;
        step.result = tr("10 dB again in %1 s").arg(numberText(found.after_s, 1));
    } else if (found.active_s >= kConvergeWithinS) {
        step.state = StepState::failed;
        step.result = tr("10 dB not reached in %1 s of echo").arg(numberText(found.active_s, 1));
    } else {
        step.result = tr("moved %1 s ago").arg(numberText(history.nowS() - change_s, 1));
    }
    return step;
}

GuideStep doubleTalk(const History& history, int rate_hz) {
    GuideStep step{tr("Double talk"),
                   {},
                   tr("Somebody speaks over the assistant, and it is silent at most 2 s later.")};
    const auto& events = history.events();
    double talking_since_s = kNever;  // over the assistant
    for (std::size_t i = 0; i < events.size(); ++i) {
        const auto& event = events[i];
        const double at_s = eventTimeS(event, rate_hz);
        if (event.kind == EventKind::talker_started) {
            const auto& lane = history.assistant();
            const bool over = std::any_of(lane.begin(), lane.end(), [&](const Stretch& s) {
                return s.from_s <= at_s && (s.to_s < s.from_s || s.to_s > at_s);
            });
            if (over) talking_since_s = at_s;
        } else if (event.kind == EventKind::playback_silent) {
            const auto stop = stopTime(event, std::span(events).first(i), rate_hz);
            if (stop.by_hand) continue;
            step.state =
                stop.stop_ms <= 1000.0 * kMissedAfterS ? StepState::done : StepState::failed;
            step.result = tr("stopped in %1 ms").arg(numberText(stop.stop_ms, 0));
            talking_since_s = kNever;
        }
    }
    if (talking_since_s >= 0.0) {
        const double for_s = history.nowS() - talking_since_s;
        step.state = for_s > kMissedAfterS ? StepState::failed : StepState::to_come;
        step.result = for_s > kMissedAfterS ? tr("not stopped within 2 s")
                                            : tr("talking since %1 s").arg(numberText(for_s, 1));
    }
    return step;
}

}  // namespace

std::vector<GuideStep> guideSteps(const History& history, int rate_hz) {
    std::vector<GuideStep> steps{levels(history), delay(history), converge(history, rate_hz),
                                 pathChange(history, rate_hz), doubleTalk(history, rate_hz)};
    int done = 0, failed = 0;
    for (const auto& step : steps) {
        done += step.state == StepState::done ? 1 : 0;
        failed += step.state == StepState::failed ? 1 : 0;
    }
    GuideStep report{tr("Report"), {}, tr("All five steps were measured.")};
    if (done + failed > 0) report.result = tr("%1 of 5 passed").arg(done);
    if (done + failed == int(steps.size())) {
        report.state = failed == 0 ? StepState::done : StepState::failed;
    }
    steps.push_back(report);
    for (auto& step : steps) {
        if (step.state != StepState::to_come) continue;
        if (history.nowS() > 0.0) step.state = StepState::current;
        break;
    }
    return steps;
}

}  // namespace doubletalk::ui
