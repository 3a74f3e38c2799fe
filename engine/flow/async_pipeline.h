// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "engine/core/wake_up.h"
#include "engine/flow/item_queue.h"

namespace doubletalk::flow {

class AsyncPipeline;

/// Who does the processing: a thread of the pipeline, or whoever pulls.
enum class AsyncThread : std::uint8_t { own, consumer };

struct AsyncOptions {
    AsyncThread runs_on = AsyncThread::own;
    ItemRoom in;
    ItemRoom out;  ///< only with a thread of its own
};

/// A snapshot; the counters never go back (until a reset).
struct AsyncStats {
    int in_fill = 0;           ///< items waiting for the processing, the one in work included
    int out_fill = 0;          ///< items waiting for the consumer, the one it looks at included
    std::int64_t pushed = 0;   ///< items taken in
    std::int64_t refused = 0;  ///< pushes that found the queue full and took nothing
    std::int64_t pulled = 0;   ///< items given out
    std::int64_t dropped = 0;  ///< items given up by a cancel or error, the one in work included
    std::int64_t producer_waits = 0;  ///< times pushFor() slept
    std::int64_t consumer_waits = 0;  ///< times pullFor() or wait() slept
};

/// The half that is pushed: a writer with back-pressure. After a cancel it answers eof, after an
/// error in the processing error. Thread: one, any (of its own).
class AsyncProducer final : public Writer {
public:
    explicit AsyncProducer(AsyncPipeline& pipeline) : pipeline_(pipeline) {}
    [[nodiscard]] std::string_view name() const override;
    [[nodiscard]] EndKind in() const override;
    /// tryPush(); nothing = flush.
    Status push(const Item& item) noexcept override;
    /// Copies the item into a free slot. again: full, nothing taken. Real-time safe (waking a
    /// sleeping other side is one system call that does not block).
    Status tryPush(const Item& item) noexcept;
    /// Sleeps until there is room, at most timeout_us (WakeUp::kForever: no end); then again.
    Status pushFor(const Item& item, std::int64_t timeout_us) noexcept;
    /// Nothing more comes: the consumer gets the rest and then eof. Real-time safe.
    void flush() noexcept;
    /// Ends everything at once, see AsyncPipeline::cancel().
    void cancel() noexcept;
    /// Does nothing: a half cannot start over alone, see AsyncPipeline::reset().
    void reset() override {}
    [[nodiscard]] std::string_view error() const noexcept override;
    [[nodiscard]] int maxChannels() const noexcept override;
    /// Signalled when there is room again.
    [[nodiscard]] WakeUp* wakeUp() noexcept override;

private:
    AsyncPipeline& pipeline_;
    bool bad_item_ = false;
};

/// The half that is pulled: a reader. An item is valid until the next pull. It gets everything that
/// was processed before an error or eof; after a cancel eof at once. Thread: one, any (of its own).
class AsyncConsumer final : public Reader {
public:
    explicit AsyncConsumer(AsyncPipeline& pipeline) : pipeline_(pipeline) {}
    [[nodiscard]] std::string_view name() const override;
    [[nodiscard]] EndKind out() const override;
    /// again: nothing there yet. Real-time safe, with AsyncThread::consumer if the nodes are.
    Status pull(Item& item) noexcept override;
    /// Sleeps until there is something, at most timeout_us (WakeUp::kForever: no end); then again.
    Status pullFor(Item& item, std::int64_t timeout_us) noexcept;
    /// Ends everything at once, see AsyncPipeline::cancel().
    void cancel() noexcept;
    /// Does nothing: a half cannot start over alone, see AsyncPipeline::reset().
    void reset() override {}
    [[nodiscard]] std::string_view error() const noexcept override;
    /// Signalled when there may be something to pull.
    [[nodiscard]] WakeUp* wakeUp() noexcept override;

private:
    AsyncPipeline& pipeline_;
};

/// Processing between two threads: one pushes copies of its items into a bounded lock-free queue,
/// the other pulls what became of them, and the nodes run on a thread of their own (then a second
/// queue leads to the consumer) or inside pull(). A full queue holds the producer back: nothing is
/// lost or reordered. Nobody spins; whoever waits sleeps on a WakeUp. A pipeline that ends with a
/// writer has a consumer that only learns of the end.
class AsyncPipeline {
public:
    /// Takes all memory and starts. Errors: usage (no node, one without an open input), state (no
    /// thread to be had).
    [[nodiscard]] static Result<std::unique_ptr<AsyncPipeline>> create(
        std::unique_ptr<Node> node, const AsyncOptions& options = {});
    /// cancel(), and waits for the item in work.
    ~AsyncPipeline();
    AsyncPipeline(const AsyncPipeline&) = delete;
    AsyncPipeline& operator=(const AsyncPipeline&) = delete;

    [[nodiscard]] AsyncProducer& producer() noexcept { return producer_; }
    [[nodiscard]] AsyncConsumer& consumer() noexcept { return consumer_; }
    /// Ends both halves at once; what is inside is dropped and counted. Waits for nothing.
    /// Thread: any. Real-time safe.
    void cancel() noexcept;
    [[nodiscard]] bool cancelled() const noexcept { return cancelled_.load(); }
    /// Starts over, also after a cancel or error. Only while neither half is in use.
    [[nodiscard]] Result<void> reset();
    /// Thread: any. Real-time safe.
    [[nodiscard]] AsyncStats stats() const noexcept;

private:
    friend class AsyncProducer;
    friend class AsyncConsumer;
    enum class End : std::uint8_t { open, eof, failed };

    AsyncPipeline(std::unique_ptr<Node> node, const AsyncOptions& options);
    [[nodiscard]] Result<void> start();
    void stop();
    void work() noexcept;
    bool deliver(const Item& item) noexcept;
    void sleepForWork() noexcept;
    Status step(Item& item) noexcept;
    Status giveInput() noexcept;
    Status pullProcessed(Item& item) noexcept;
    Status pullQueued(Item& item) noexcept;
    void endWith(End end, std::string_view error) noexcept;
    [[nodiscard]] int nodeHintUs() const noexcept;

    std::unique_ptr<Node> node_;
    AsyncOptions options_;
    std::string in_name_;
    std::string out_name_;
    std::unique_ptr<ItemQueue> in_;
    std::unique_ptr<ItemQueue> out_;  ///< null when the consumer does the processing
    AsyncProducer producer_{*this};
    AsyncConsumer consumer_{*this};

    // Of whoever does the processing.
    bool given_ = false;  ///< the node still looks at the oldest item
    bool node_flushed_ = false;
    bool starved_ = false;  ///< it waits for input, not for a writer inside
    // Of the consumer.
    bool showing_ = false;  ///< it looks at the oldest processed item

    std::atomic<bool> closed_{false};  ///< the producer has flushed
    std::atomic<bool> cancelled_{false};
    std::atomic<End> end_{End::open};
    std::string_view error_;  ///< set before end_
    WakeUp room_;             ///< the producer sleeps on it
    WakeUp work_;             ///< the pipeline's thread
    WakeUp data_;             ///< the consumer
    std::atomic<std::int64_t> refused_{0};
    std::atomic<std::int64_t> pulled_{0};
    std::atomic<std::int64_t> producer_waits_{0};
    std::atomic<std::int64_t> consumer_waits_{0};
    std::thread thread_;
};

}  // namespace doubletalk::flow
