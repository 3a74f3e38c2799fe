// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "engine/duplex/block_io.h"
#include "engine/duplex/block_loop.h"

namespace doubletalk::duplex {

/// Builds a stage for the settings. Errors as the registries'. Thread: speech (engine builder).
[[nodiscard]] Result<Swaps> buildStages(const Settings& settings, const Requests& requests,
                                        std::string_view running_canceller,
                                        std::string_view failure);

/// Answers the worker's requests between blocks, on a virtual clock: an answer enters at its due
/// block and the driver waits for it, so nothing depends on a thread's speed. In a replay the
/// recorded answers come again, at their blocks. Thread: the driver's.
class RequestServer {
public:
    /// Answers by the due rule.
    RequestServer() = default;
    /// Gives the answers of a session again: headroom as it was found, stages built from the
    /// settings of the block that asked for them (the value of a stage's answer).
    explicit RequestServer(std::vector<session::AnswerRecord> recorded);

    /// After a block: takes what it asks for.
    void serve(const Requests& requests, BlockLoop& loop, BlockIndex block);
    /// Before a block: the answers due now, and swaps for input. Null when there are none.
    [[nodiscard]] std::span<const session::AnswerRecord> answers(BlockIndex block);
    [[nodiscard]] Swaps* swaps() noexcept { return has_swaps_ ? &swaps_ : nullptr; }
    /// After the block that took the swaps: deletes the old stages. Tells what could not be built.
    void finish(BlockLoop& loop);
    [[nodiscard]] const std::vector<std::string>& notices() const { return notices_; }

private:
    struct Pending {
        session::AnswerRecord answer;
        std::optional<Swaps> swaps;
    };
    void build(const Requests& requests, BlockLoop& loop, BlockIndex due);

    bool replaying_ = false;
    std::vector<session::AnswerRecord> recorded_;
    std::size_t next_answer_ = 0;
    std::deque<Pending> pending_;
    std::vector<session::AnswerRecord> now_;
    Swaps swaps_;
    bool has_swaps_ = false;
    bool building_ = false;
    std::vector<float> residual_;
    std::vector<std::string> notices_;
};

}  // namespace doubletalk::duplex
