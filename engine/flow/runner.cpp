// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/flow/runner.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

#include "engine/core/wake_up.h"
#include "engine/flow/chain.h"

namespace doubletalk::flow {
namespace {

std::int64_t framesOf(const Item& item) {
    if (const auto* block = std::get_if<PcmBlock>(&item)) return block->frames();
    if (const auto* packet = std::get_if<PacketView>(&item)) return packet->header.frames;
    return 0;
}

/// Counts what leaves a node, so that a run knows both of its ends.
class CountingReader final : public Reader {
public:
    CountingReader(Node& node, RunCounts& counts) : node_(node), counts_(counts) {}
    [[nodiscard]] std::string_view name() const override { return node_.name(); }
    [[nodiscard]] EndKind out() const override { return node_.out(); }
    Status pull(Item& item) noexcept override {
        const Status status = node_.pull(item);
        if (status == Status::ok) {
            ++counts_.items_in;
            counts_.frames_in += framesOf(item);
        }
        return status;
    }
    void reset() override { node_.reset(); }
    [[nodiscard]] std::string_view error() const noexcept override { return node_.error(); }
    [[nodiscard]] const Error* failure() const noexcept override { return node_.failure(); }

private:
    Node& node_;
    RunCounts& counts_;
};

tl::unexpected<Error> failedNode(const Node* node, std::string_view why, const RunCounts& counts) {
    if (node != nullptr && node->failure() != nullptr) return tl::unexpected(*node->failure());
    const std::string where = node == nullptr ? "run" : std::string(node->name());
    return fail(ErrorKind::state, why.empty() ? std::string("the node failed") : std::string(why),
                where, "it happened after " + std::to_string(counts.items_in) + " items");
}

/// Longest sleep: a cancel flag that was only set is seen after this.
constexpr int kMaxSleepUs = 20'000;

bool isCancelled(const RunOptions& options) noexcept {
    return options.cancel != nullptr && options.cancel->load();
}

/// Sleeps until it is worth asking an end anew that answered again.
class Patience {
public:
    explicit Patience(const RunOptions& options) : options_(options) {}
    void moved() noexcept { last_move_ = SteadyTime::now(); }
    /// False: nothing has moved for too long.
    bool sleepFor(Node& end) noexcept {
        const auto waited = SteadyTime::now() - last_move_;
        if (options_.max_wait_ms > 0 && waited > std::chrono::milliseconds(options_.max_wait_ms)) {
            return false;
        }
        WakeUp* wake = end.wakeUp();
        int sleep_us = end.waitHintUs();
        if (sleep_us <= 0) sleep_us = wake != nullptr ? kMaxSleepUs : options_.wait_us;
        sleep_us = std::min(sleep_us, kMaxSleepUs);
        if (wake == nullptr) wake = options_.pause;
        if (wake != nullptr) {
            wake->wait(sleep_us);
        } else {
            std::this_thread::sleep_for(std::chrono::microseconds(sleep_us));
        }
        return true;
    }
    [[nodiscard]] tl::unexpected<Error> lost(const Node& end, const char* what) const {
        return fail(ErrorKind::state,
                    std::string(what) + " for " + std::to_string(options_.max_wait_ms) + " ms",
                    std::string(end.name()), "check what is at that end");
    }

private:
    using SteadyTime = std::chrono::steady_clock;
    const RunOptions& options_;
    SteadyTime::time_point last_move_ = SteadyTime::now();
};

/// Pushes until the writer has taken it and looks at it no more; again only after a cancel or when
/// patience ran out.
Status offer(Node& writer, const Item& item, const RunOptions& options, Patience& patience) {
    Status status = writer.push(item);
    while (status == Status::again || (status == Status::ok && writer.holdsInput())) {
        if (isCancelled(options) || !patience.sleepFor(writer)) return Status::again;
        if (status == Status::again) {
            status = writer.push(item);
            continue;
        }
        Item nothing;
        if (writer.pull(nothing) == Status::error) return Status::error;
    }
    return status;
}

}  // namespace

Result<RunCounts> Runner::run(Node& reader, std::span<Node* const> processors, Node& writer,
                              const RunOptions& options) {
    if (reader.in() != EndKind::none) {
        return fail(ErrorKind::usage, "the first node of a run must be a reader",
                    std::string(reader.name()));
    }
    if (writer.out() != EndKind::none) {
        return fail(ErrorKind::usage, "the last node of a run must be a writer",
                    std::string(writer.name()));
    }
    RunCounts counts;
    CountingReader counted(reader, counts);
    std::vector<Node*> row{&counted};
    row.insert(row.end(), processors.begin(), processors.end());
    std::vector<Node*> ends = row;
    ends.push_back(&writer);
    if (auto ok = checkEnds(ends); !ok) return tl::unexpected(ok.error());

    Chain chain(std::move(row));
    Patience patience(options);
    Item item;
    for (;;) {
        counts.cancelled = isCancelled(options);
        if (counts.cancelled) break;
        const Status status = chain.pull(item);
        if (status == Status::eof) break;
        if (status == Status::error) return failedNode(chain.failed(), chain.error(), counts);
        if (status == Status::again) {
            if (!patience.sleepFor(reader)) return patience.lost(reader, "nothing came");
            continue;
        }
        if (!takesChannels(writer, item)) {
            return fail(ErrorKind::usage, std::string(kTooManyChannels),
                        std::string(writer.name()));
        }
        const Status taken = offer(writer, item, options, patience);
        if (taken == Status::again) {
            if (!isCancelled(options)) return patience.lost(writer, "it took nothing");
            continue;
        }
        if (taken != Status::ok) return failedNode(&writer, writer.error(), counts);
        ++counts.items_out;
        counts.frames_out += framesOf(item);
        patience.moved();
        if (options.progress && options.progress_every_items > 0 &&
            counts.items_out % options.progress_every_items == 0) {
            options.progress(counts);
        }
    }
    if (counts.cancelled && !options.flush_on_cancel) return counts;
    const Status flushed = offer(writer, std::monostate{}, options, patience);
    if (flushed == Status::error) return failedNode(&writer, writer.error(), counts);
    if (flushed == Status::again) {
        if (!isCancelled(options)) return patience.lost(writer, "it did not finish");
        counts.cancelled = true;
    }
    if (options.progress) options.progress(counts);
    return counts;
}

}  // namespace doubletalk::flow
