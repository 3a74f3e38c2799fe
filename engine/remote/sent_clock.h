// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <deque>

namespace doubletalk::remote {

/// Where in the call the samples lie that were sent on a connection: what was dropped between two
/// of them moves all later ones. Keeps the newest 1024 gaps. Thread: net.
class SentClock {
public:
    void reset();
    void sent(std::int64_t frames, std::int64_t call_frame);
    [[nodiscard]] std::int64_t sentFrames() const { return sent_frames_; }
    /// Place in the call of a place in what was sent, which may lie behind the newest sample.
    [[nodiscard]] double callFrame(double sent_frame) const;

private:
    struct Gap {
        std::int64_t sent_frame;
        std::int64_t call_frame;
    };
    std::deque<Gap> gaps_;
    std::int64_t sent_frames_ = 0;
};

}  // namespace doubletalk::remote
