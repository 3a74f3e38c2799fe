// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/flow/runner.h"

#include <chrono>
#include <thread>
#include <vector>

#include "engine/flow/chain.h"

namespace doubletalk::flow {
namespace {

std::int64_t framesOf(const Item& item) {
    if (const auto* block = std::get_if<PcmBlock>(&item))
        return std::int64_t(block->samples.size());
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

private:
    Node& node_;
    RunCounts& counts_;
};

tl::unexpected<Error> failedNode(const Node* node, const RunCounts& counts) {
    const std::string where = node == nullptr ? "run" : std::string(node->name());
    const std::string_view why = node == nullptr ? std::string_view{} : node->error();
    return fail(ErrorKind::state, why.empty() ? std::string("the node failed") : std::string(why),
                where, "it happened after " + std::to_string(counts.items_in) + " items");
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

    using SteadyTime = std::chrono::steady_clock;
    Chain chain(std::move(row));
    auto last_item = SteadyTime::now();
    Item item;
    for (;;) {
        if (options.cancel != nullptr && options.cancel->load()) {
            counts.cancelled = true;
            break;
        }
        const Status status = chain.pull(item);
        if (status == Status::eof) break;
        if (status == Status::error) return failedNode(chain.failed(), counts);
        if (status == Status::again) {
            const auto waited = SteadyTime::now() - last_item;
            if (options.max_wait_ms > 0 &&
                waited > std::chrono::milliseconds(options.max_wait_ms)) {
                return fail(ErrorKind::state,
                            "nothing came for " + std::to_string(options.max_wait_ms) + " ms",
                            std::string(reader.name()), "check its source");
            }
            std::this_thread::sleep_for(std::chrono::microseconds(options.wait_us));
            continue;
        }
        if (writer.push(item) != Status::ok) return failedNode(&writer, counts);
        ++counts.items_out;
        counts.frames_out += framesOf(item);
        last_item = SteadyTime::now();
        if (options.progress && options.progress_every_items > 0 &&
            counts.items_out % options.progress_every_items == 0) {
            options.progress(counts);
        }
    }
    if (writer.push(std::monostate{}) == Status::error) return failedNode(&writer, counts);
    if (options.progress) options.progress(counts);
    return counts;
}

}  // namespace doubletalk::flow
