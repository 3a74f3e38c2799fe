// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/speech/turn_metrics.h"

#include <algorithm>
#include <cmath>

namespace doubletalk::speech {
namespace {

constexpr double kAnswerMs = 2000.0;

std::int64_t decidedAt(const StopTimes& stop) {
    return stop.decided_frame >= 0 ? stop.decided_frame : stop.command_frame;
}

class Reckoner {
public:
    explicit Reckoner(const TurnInput& input) : in_(input), answers_(input.stops.size(), nullptr) {}

    TurnMetrics run() {
        matchInterruptions();
        countOtherEvents();
        countFalseStops();
        measureStops();
        measureFirstWords();
        return out_;
    }

private:
    [[nodiscard]] double ms(std::int64_t frames) const { return in_.rate.toMs({frames}); }
    [[nodiscard]] bool answers(const StopTimes& stop, const LabelledTurn& turn) const {
        const std::int64_t at = decidedAt(stop);
        return at >= turn.onset_frame && ms(at - turn.onset_frame) <= kAnswerMs;
    }

    void matchInterruptions() {
        for (const auto& turn : in_.turns) {
            if (turn.label != TurnLabel::interruption) continue;
            ++out_.interruptions;
            std::size_t i = 0;
            while (i < in_.stops.size() &&
                   (answers_[i] != nullptr || !answers(in_.stops[i], turn))) {
                ++i;
            }
            if (i == in_.stops.size()) {
                ++out_.missed;
            } else {
                answers_[i] = &turn;
            }
        }
        if (out_.interruptions == 0) return;
        out_.missed_ratio = double(out_.missed) / out_.interruptions;
        out_.success_ratio = 1.0 - out_.missed_ratio;
    }

    void countOtherEvents() {
        for (const auto& turn : in_.turns) {
            if (turn.label == TurnLabel::interruption) continue;
            ++out_.other_events;
            bool stopped = false;
            for (std::size_t i = 0; i < in_.stops.size(); ++i) {
                // A stop a real interruption explains is not the fault of the event beside it.
                stopped = stopped || (answers_[i] == nullptr && answers(in_.stops[i], turn));
            }
            out_.false_events += stopped ? 1 : 0;
        }
        if (out_.other_events > 0) {
            out_.false_ratio = double(out_.false_events) / out_.other_events;
        }
    }

    [[nodiscard]] FalseCause causeOf(const StopTimes& stop) const {
        const LabelledTurn* nearest = nullptr;
        for (const auto& turn : in_.turns) {
            if (turn.label == TurnLabel::interruption || !answers(stop, turn)) continue;
            if (nearest == nullptr || turn.onset_frame >= nearest->onset_frame) nearest = &turn;
        }
        if (nearest == nullptr) return stop.evidence;
        switch (nearest->label) {
            case TurnLabel::backchannel:
                return FalseCause::backchannel;
            case TurnLabel::side_speech:
                return FalseCause::side_speech;
            case TurnLabel::cough:
                return FalseCause::noise;
            default:
                return FalseCause::echo;
        }
    }

    void countFalseStops() {
        std::array<int, kFalseCauses> counts{};
        for (std::size_t i = 0; i < in_.stops.size(); ++i) {
            if (answers_[i] != nullptr) continue;
            ++out_.false_stops;
            ++counts[std::size_t(causeOf(in_.stops[i]))];
        }
        if (!(in_.assistant_s > 0.0)) return;
        const double minutes = in_.assistant_s / 60.0;
        out_.false_per_min = out_.false_stops / minutes;
        for (std::size_t c = 0; c < counts.size(); ++c) {
            out_.false_per_min_by_cause[c] = counts[c] / minutes;
        }
    }

    void measureStops() {
        std::vector<double> detect, stop, flush, heard, error;
        for (std::size_t i = 0; i < in_.stops.size(); ++i) {
            const StopTimes& s = in_.stops[i];
            const LabelledTurn* turn = answers_[i];
            if (turn != nullptr && s.decided_frame >= 0) {
                detect.push_back(ms(s.decided_frame - turn->onset_frame));
            }
            if (turn != nullptr && s.silent_frame >= 0) {
                stop.push_back(ms(s.silent_frame - turn->onset_frame));
            }
            if (s.silent_frame >= 0 && s.command_frame >= 0) {
                flush.push_back(ms(s.silent_frame - s.command_frame));
            }
            heard.push_back(std::isfinite(s.heard_ms) ? s.heard_ms : s.reported_ms);
            error.push_back(s.reported_ms - s.heard_ms);
        }
        out_.detect_ms = metrics::summarize(detect);
        out_.stop_ms = metrics::summarize(stop);
        out_.flush_ms = metrics::summarize(flush);
        out_.heard_ms = metrics::summarize(heard);
        out_.truncation_error_ms = metrics::summarize(error);
    }

    void measureFirstWords() {
        std::vector<double> losses;
        for (const auto& turn : in_.turns) {
            if (turn.label != TurnLabel::interruption) continue;
            // Nothing received at all: the whole of it is missing.
            std::int64_t first = turn.end_frame;
            for (const auto& span : in_.received) {
                if (span.end_frame <= turn.onset_frame || span.start_frame >= turn.end_frame) {
                    continue;
                }
                first = std::min(first, std::max(span.start_frame, turn.onset_frame));
            }
            losses.push_back(ms(first - turn.onset_frame));
        }
        out_.first_word_loss_ms = metrics::summarize(losses);
    }

    const TurnInput& in_;
    std::vector<const LabelledTurn*> answers_;  ///< the interruption each stop answers
    TurnMetrics out_;
};

}  // namespace

TurnMetrics computeTurnMetrics(const TurnInput& input) { return Reckoner(input).run(); }

}  // namespace doubletalk::speech
