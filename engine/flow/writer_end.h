// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/flow/node.h"

namespace doubletalk::flow {

/// The last step of a row of nodes that ends with a writer: an item the writer refuses is kept and
/// offered again before the next one is pulled, so nothing is lost. Thread: one at a time.
/// Real-time safe when the nodes are.
class WriterEnd {
public:
    /// Moves one item, pulled by pull(item), into the writer. eof: it was flushed. After again and
    /// error, blamesWriter() says whether it came from the writer or from pull.
    template <class Pull, class AnyWriter>
    Status move(Pull pull, AnyWriter& writer) noexcept {
        if (flushed_) return Status::eof;
        blames_writer_ = false;
        if (writer.holdsInput()) {
            // A pipeline that still looks at the last item: its source has to wait.
            Item nothing;
            blames_writer_ = true;
            if (writer.pull(nothing) == Status::error) return Status::error;
            if (writer.holdsInput()) return Status::again;
        }
        if (pending_.index() == 0 && !ended_) {
            blames_writer_ = false;
            const Status pulled = pull(pending_);
            if (pulled != Status::ok) pending_ = std::monostate{};
            if (pulled == Status::again || pulled == Status::error) return pulled;
            ended_ = pulled == Status::eof;
        }
        const bool flush = pending_.index() == 0;
        blames_writer_ = true;
        refused_channels_ = !takesChannels(writer, pending_);
        if (refused_channels_) return Status::error;
        const Status pushed = writer.push(pending_);
        if (pushed == Status::again || pushed == Status::error) return pushed;
        // Closed by somebody else: what is still on its way would be lost without a trace.
        if (pushed == Status::eof && !flush) return Status::error;
        pending_ = std::monostate{};
        flushed_ = flush;
        return flush ? Status::eof : Status::ok;
    }
    [[nodiscard]] bool flushed() const noexcept { return flushed_; }
    /// The writer has refused an item.
    [[nodiscard]] bool holds() const noexcept { return pending_.index() != 0; }
    [[nodiscard]] bool blamesWriter() const noexcept { return blames_writer_; }
    /// The last error: a block with more channels than the writer takes.
    [[nodiscard]] bool refusedChannels() const noexcept { return refused_channels_; }
    void reset() noexcept { *this = {}; }

private:
    Item pending_;
    bool ended_ = false;
    bool flushed_ = false;
    bool blames_writer_ = false;
    bool refused_channels_ = false;
};

}  // namespace doubletalk::flow
