// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "engine/core/frames.h"
#include "engine/echo/canceller.h"

namespace doubletalk::echo {

/// The running canceller and the place where it is exchanged: a new one comes in by pointer between
/// two blocks, both run for one block and the output fades over; the old one goes out by pointer.
/// It also watches the running engine. Thread: worker; everything but prepare() is real-time safe
/// (no canceller is ever deleted in here).
class CancellerSwitch {
public:
    /// first must be prepared for the same rate.
    void prepare(SampleRate rate, std::unique_ptr<Canceller> first);
    /// next (prepared, not null) runs from the next block on. Returns what can be deleted now:
    /// usually nothing (the old one still has its fade block; see takeRetired()), the older of two
    /// when the fade of an earlier swap has not run yet.
    [[nodiscard]] std::unique_ptr<Canceller> swap(std::unique_ptr<Canceller> next) noexcept;
    /// The engine whose fade is over, to be deleted on another thread; null when there is none.
    [[nodiscard]] std::unique_ptr<Canceller> takeRetired() noexcept;

    /// One 10 ms block, as Canceller::process. out is always finite: a block that is not a number
    /// is replaced by the microphone.
    void process(std::span<const float> far, std::span<const float> near, std::span<float> out,
                 std::span<float> linear_out, const BlockInfo& info) noexcept;

    /// True once the running engine gave a value that is not a number, or an output 20 dB above the
    /// microphone for 0.5 s; stays so until swap().
    [[nodiscard]] bool failed() const noexcept { return !failure_.empty(); }
    /// Why, in words; empty while all is well.
    [[nodiscard]] std::string_view failure() const noexcept { return failure_; }

    [[nodiscard]] Canceller* active() const noexcept { return active_.get(); }
    [[nodiscard]] bool fading() const noexcept { return old_ != nullptr && !faded_; }

private:
    void watch(std::span<const float> near, std::span<float> out, std::span<float> linear_out,
               const BlockInfo& info) noexcept;
    void fade(std::span<const float> from, std::span<float> to) const noexcept;

    std::unique_ptr<Canceller> active_;
    std::unique_ptr<Canceller> old_;
    bool faded_ = false;  ///< old_ has had its block
    std::vector<float> old_out_, old_linear_;
    int loud_blocks_ = 0;
    std::string_view failure_;
};

}  // namespace doubletalk::echo
