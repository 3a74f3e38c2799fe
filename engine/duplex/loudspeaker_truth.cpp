// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/loudspeaker_truth.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace doubletalk::duplex {
namespace {

constexpr double kTailMs = 500.0;
// What is looked for: longer than periods of a voice that are alike; less after a short item.
constexpr double kPieceMs = 60.0, kLeastPieceMs = 25.0;
constexpr double kBackMs = 300.0;  // so far back from the end, past concealment and pauses
constexpr double kBackStepMs = 10.0;
constexpr double kNearMs = 500.0;  // looked at first
constexpr double kLikeness = 0.97;
constexpr double kSameLikeness = 1e-6;
constexpr double kLeastPower = 1e-6;              // -60 dBFS
constexpr float kSilentSample = 1.0F / 32768.0F;  // less does not survive 16 bits

struct Match {
    std::int64_t at = 0;
    double likeness = 0.0;
};

/// Normalised correlation of piece with item from each of [from, to); outside the item is silence.
Match find(std::span<const float> item, std::span<const float> piece, std::int64_t from,
           std::int64_t to, std::int64_t around) {
    const auto n = std::ssize(piece);
    const auto at = [&](std::int64_t i) {
        return i >= 0 && i < std::ssize(item) ? double(item[std::size_t(i)]) : 0.0;
    };
    double piece_power = 0.0;
    for (const float x : piece) piece_power += double(x) * x;
    double power = 0.0;
    for (auto i = from; i < from + n; ++i) power += at(i) * at(i);
    Match best;
    for (auto place = from; place < to; ++place) {
        if (power > kLeastPower * double(n) * 0.1) {
            double cross = 0.0;
            const auto begin = std::max<std::int64_t>(place, 0);
            const auto end = std::min<std::int64_t>(place + n, std::ssize(item));
            for (auto i = begin; i < end; ++i) {
                cross += double(item[std::size_t(i)]) * piece[std::size_t(i - place)];
            }
            const double now = cross / std::sqrt(power * piece_power);
            const bool same = std::abs(now - best.likeness) <= kSameLikeness;
            if (same ? std::abs(place - around) < std::abs(best.at - around)
                     : now > best.likeness) {
                best = {place, now};
            }
        }
        power += at(place + n) * at(place + n) - at(place) * at(place);
    }
    return best;
}

double powerOf(std::span<const float> piece) {
    double sum = 0.0;
    for (const float x : piece) sum += double(x) * x;
    return sum / double(std::max<std::size_t>(piece.size(), 1));
}

}  // namespace

void LoudspeakerTruth::played(std::span<const float> frames) {
    tail_.insert(tail_.end(), frames.begin(), frames.end());
    const auto most = std::size_t(rate_.framesOf(kTailMs));
    if (tail_.size() > 4 * most) tail_.erase(tail_.begin(), tail_.end() - std::ptrdiff_t(most));
}

LoudspeakerTruth::Ending LoudspeakerTruth::ending(double fade_ms) const {
    auto end = tail_.end();
    while (end != tail_.begin() && *(end - 1) == 0.0F) --end;
    const auto most = std::min<std::ptrdiff_t>(rate_.framesOf(kTailMs), end - tail_.begin());
    return {{end - most, end}, fade_ms};
}

double LoudspeakerTruth::heardMs(const Ending& ending, std::span<const float> item,
                                 double around_ms) const {
    const auto frames = [&](double ms) { return std::int64_t(rate_.framesOf(ms)); };
    const auto length = std::ssize(item);
    const auto tail = std::span(ending.tail);
    const auto n = std::clamp<std::int64_t>(std::ssize(tail) - frames(ending.fade_ms),
                                            frames(kLeastPieceMs), frames(kPieceMs));
    const double around_frames = std::isfinite(around_ms) ? around_ms * rate_.hz / 1000.0 : 0.0;
    const auto around = std::int64_t(std::llround(around_frames));
    Match best;
    std::int64_t back = 0;
    // Near where it is said to be from many places before the end, then anywhere from a few.
    for (const bool anywhere : {false, true}) {
        const double step_ms = anywhere ? 5.0 * kBackStepMs : kBackStepMs;
        for (double ms = ending.fade_ms; ms <= ending.fade_ms + kBackMs; ms += step_ms) {
            back = frames(ms);
            if (back + n > std::ssize(tail)) break;
            const auto piece =
                tail.subspan(std::size_t(std::ssize(tail) - back - n), std::size_t(n));
            if (powerOf(piece) < kLeastPower) continue;
            const auto near = around - back - n;
            const auto from = anywhere ? -n : std::clamp(near - frames(kNearMs), -n, length);
            const auto to = anywhere ? length : std::clamp(near + frames(kNearMs), -n, length);
            best = find(item, piece, from, to, near);
            if (best.likeness >= kLikeness) break;
        }
        if (best.likeness >= kLikeness) break;
    }
    if (best.likeness < kLikeness) return std::numeric_limits<double>::quiet_NaN();
    const auto heard = best.at + n + back;
    // The item's own silence cannot be told from the silence after it.
    auto silent_to = std::max<std::int64_t>(heard, 0);
    while (silent_to < length && std::abs(item[std::size_t(silent_to)]) < kSilentSample)
        ++silent_to;
    const auto between =
        std::clamp(around_frames, double(heard), double(std::max(heard, silent_to)));
    return 1000.0 * between / rate_.hz;
}

}  // namespace doubletalk::duplex
