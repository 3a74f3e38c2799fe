// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/remote/sent_clock.h"

#include <algorithm>

namespace doubletalk::remote {
namespace {

constexpr std::size_t kMaxGaps = 1024;

}  // namespace

void SentClock::reset() {
    gaps_.clear();
    sent_frames_ = 0;
}

void SentClock::sent(std::int64_t frames, std::int64_t call_frame) {
    const bool follows =
        !gaps_.empty() &&
        gaps_.back().call_frame + (sent_frames_ - gaps_.back().sent_frame) == call_frame;
    if (!follows) {
        gaps_.push_back({sent_frames_, call_frame});
        if (gaps_.size() > kMaxGaps) gaps_.pop_front();
    }
    sent_frames_ += frames;
}

double SentClock::callFrame(double sent_frame) const {
    if (gaps_.empty()) return sent_frame;
    auto after = std::upper_bound(
        gaps_.begin(), gaps_.end(), sent_frame,
        [](double frame, const Gap& gap) { return frame < double(gap.sent_frame); });
    if (after != gaps_.begin()) --after;
    return double(after->call_frame) + (sent_frame - double(after->sent_frame));
}

}  // namespace doubletalk::remote
