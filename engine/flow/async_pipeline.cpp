// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/flow/async_pipeline.h"

#include <algorithm>
#include <chrono>
#include <system_error>

#include "engine/flow/chain.h"

namespace doubletalk::flow {
namespace {

/// Pause before a full writer without hint and wake-up is asked anew.
constexpr int kPollUs = 500;
/// Longest sleep on an end that is not ours: a cancel cannot wake it.
constexpr int kMaxSleepUs = 20'000;

/// Calls attempt() until it answers something else than again or the time is over; before each
/// sleep sleeping() says for how long at most.
template <class Attempt, class Sleep>
Status retryFor(std::int64_t timeout_us, Attempt attempt, Sleep sleep) noexcept {
    using SteadyTime = std::chrono::steady_clock;
    Status status = attempt();
    if (status != Status::again || timeout_us == 0) return status;
    const auto start = SteadyTime::now();
    while (status == Status::again) {
        std::int64_t left_us = WakeUp::kForever;
        if (timeout_us > 0) {
            const auto spent = SteadyTime::now() - start;
            left_us =
                timeout_us - std::chrono::duration_cast<std::chrono::microseconds>(spent).count();
            if (left_us <= 0) return status;
        }
        sleep(left_us);
        status = attempt();
    }
    return status;
}

}  // namespace

std::string_view AsyncProducer::name() const { return pipeline_.in_name_; }
EndKind AsyncProducer::in() const { return pipeline_.node_->in(); }
WakeUp* AsyncProducer::wakeUp() noexcept { return &pipeline_.room_; }
int AsyncProducer::maxChannels() const noexcept { return pipeline_.node_->maxChannels(); }
void AsyncProducer::cancel() noexcept { pipeline_.cancel(); }

Status AsyncProducer::push(const Item& item) noexcept {
    if (item.index() != 0) return tryPush(item);
    flush();
    return Status::ok;
}

Status AsyncProducer::tryPush(const Item& item) noexcept {
    bad_item_ = false;
    if (item.index() == 0) return push(item);
    if (pipeline_.cancelled_.load() || pipeline_.closed_.load()) return Status::eof;
    if (pipeline_.end_.load(std::memory_order_acquire) == AsyncPipeline::End::failed) {
        return Status::error;
    }
    const Status status = pipeline_.in_->tryPush(item);
    if (status == Status::ok) (pipeline_.out_ ? pipeline_.work_ : pipeline_.data_).signal();
    if (status == Status::again) pipeline_.refused_.fetch_add(1, std::memory_order_relaxed);
    bad_item_ = status == Status::error;
    return status;
}

Status AsyncProducer::pushFor(const Item& item, std::int64_t timeout_us) noexcept {
    return retryFor(
        timeout_us, [&] { return tryPush(item); },
        [this](std::int64_t left_us) {
            pipeline_.producer_waits_.fetch_add(1, std::memory_order_relaxed);
            pipeline_.room_.wait(left_us);
        });
}

void AsyncProducer::flush() noexcept {
    pipeline_.closed_.store(true);
    (pipeline_.out_ ? pipeline_.work_ : pipeline_.data_).signal();
}

std::string_view AsyncProducer::error() const noexcept {
    if (bad_item_) return pipeline_.in_->error();
    if (pipeline_.cancelled_.load()) return "cancelled";
    const bool failed =
        pipeline_.end_.load(std::memory_order_acquire) == AsyncPipeline::End::failed;
    return failed ? pipeline_.error_ : std::string_view{};
}

std::string_view AsyncConsumer::name() const { return pipeline_.out_name_; }
EndKind AsyncConsumer::out() const { return pipeline_.node_->out(); }
WakeUp* AsyncConsumer::wakeUp() noexcept { return &pipeline_.data_; }
void AsyncConsumer::cancel() noexcept { pipeline_.cancel(); }

Status AsyncConsumer::pull(Item& item) noexcept {
    Status status = Status::eof;
    if (!pipeline_.cancelled_.load()) {
        status = pipeline_.out_ ? pipeline_.pullQueued(item) : pipeline_.pullProcessed(item);
    }
    if (status == Status::ok) {
        pipeline_.pulled_.fetch_add(1, std::memory_order_relaxed);
    } else {
        item = std::monostate{};
    }
    return status;
}

Status AsyncConsumer::pullFor(Item& item, std::int64_t timeout_us) noexcept {
    return retryFor(
        timeout_us, [&] { return pull(item); },
        [this](std::int64_t left_us) {
            pipeline_.consumer_waits_.fetch_add(1, std::memory_order_relaxed);
            if (!pipeline_.out_ && !pipeline_.starved_) {
                // The processing itself waits, for a writer inside it: nobody signals that here.
                const std::int64_t hint_us = pipeline_.nodeHintUs();
                left_us = left_us < 0 ? hint_us : std::min(left_us, hint_us);
            }
            pipeline_.data_.wait(left_us);
        });
}

std::string_view AsyncConsumer::error() const noexcept {
    const bool failed =
        pipeline_.end_.load(std::memory_order_acquire) == AsyncPipeline::End::failed;
    return failed ? pipeline_.error_ : std::string_view{};
}

Result<std::unique_ptr<AsyncPipeline>> AsyncPipeline::create(std::unique_ptr<Node> node,
                                                             const AsyncOptions& options) {
    if (node == nullptr) return fail(ErrorKind::usage, "a pipeline needs a node");
    if (node->in() == EndKind::none) {
        return fail(ErrorKind::usage, "an asynchronous pipeline must begin with an open input",
                    std::string(node->name()),
                    "let an AsyncRunner carry from the reader to the producer half");
    }
    std::unique_ptr<AsyncPipeline> pipeline(new AsyncPipeline(std::move(node), options));
    if (auto ok = pipeline->start(); !ok) return tl::unexpected(ok.error());
    return pipeline;
}

AsyncPipeline::AsyncPipeline(std::unique_ptr<Node> node, const AsyncOptions& options)
    : node_(std::move(node)),
      options_(options),
      in_name_(std::string(node_->name()) + ".producer"),
      out_name_(std::string(node_->name()) + ".consumer") {}

AsyncPipeline::~AsyncPipeline() { stop(); }

Result<void> AsyncPipeline::start() {
    in_ = std::make_unique<ItemQueue>(node_->in(), options_.in);
    if (options_.runs_on == AsyncThread::consumer) return {};
    const bool to_writer = node_->out() == EndKind::none;
    out_ = std::make_unique<ItemQueue>(node_->out(), to_writer ? ItemRoom{1, 1, 1} : options_.out);
    try {
        thread_ = std::thread([this] { work(); });
    } catch (const std::system_error&) {
        return fail(ErrorKind::state, "the system has no thread left", in_name_,
                    "run fewer pipelines at once");
    }
    return {};
}

void AsyncPipeline::stop() {
    cancel();
    if (thread_.joinable()) thread_.join();
}

Result<void> AsyncPipeline::reset() {
    stop();
    node_->reset();
    given_ = false;
    node_flushed_ = false;
    starved_ = false;
    showing_ = false;
    error_ = {};
    for (auto* counter : {&refused_, &pulled_, &producer_waits_, &consumer_waits_}) *counter = 0;
    closed_ = false;
    cancelled_ = false;
    end_ = End::open;
    return start();
}

void AsyncPipeline::cancel() noexcept {
    cancelled_.store(true);
    for (auto* wake : {&room_, &work_, &data_}) wake->signal();
}

void AsyncPipeline::endWith(End end, std::string_view error) noexcept {
    error_ = error.empty() && end == End::failed ? "the node failed" : error;
    end_.store(end, std::memory_order_release);
    room_.signal();
    data_.signal();
}

int AsyncPipeline::nodeHintUs() const noexcept {
    const int hint_us = node_->waitHintUs();
    return hint_us > 0 ? std::min(hint_us, kMaxSleepUs) : kPollUs;
}

Status AsyncPipeline::giveInput() noexcept {
    if (given_) {
        in_->pop();
        given_ = false;
        room_.signal();
    }
    Item input;
    if (!in_->front(input)) {
        // Closed only after its last push: a second look sees everything.
        starved_ = !closed_.load();
        if (starved_) return Status::again;
        in_->front(input);
    }
    const Status status = takesChannels(*node_, input) ? node_->push(input) : Status::error;
    if (status != Status::ok) return status == Status::again ? status : Status::error;
    given_ = input.index() != 0;
    node_flushed_ = !given_;
    return status;
}

Status AsyncPipeline::step(Item& item) noexcept {
    starved_ = false;
    for (;;) {
        const Status status = node_->pull(item);
        if (status != Status::again) return status;
        if (node_->holdsInput()) return status;  // a writer inside is full
        if (node_flushed_) return Status::eof;
        const Status given = giveInput();
        if (given != Status::ok) return given;
    }
}

void AsyncPipeline::sleepForWork() noexcept {
    WakeUp* wake = starved_ ? &work_ : node_->wakeUp();
    if (wake == &work_) {
        work_.wait(WakeUp::kForever);
    } else if (wake != nullptr) {
        wake->wait(kMaxSleepUs);
    } else {
        work_.wait(nodeHintUs());
    }
}

bool AsyncPipeline::deliver(const Item& item) noexcept {
    for (;;) {
        const Status status = out_->tryPush(item);
        if (status == Status::ok) data_.signal();
        if (status == Status::error) endWith(End::failed, out_->error());
        if (status != Status::again) return status == Status::ok;
        if (cancelled_.load()) return false;
        work_.wait(WakeUp::kForever);
    }
}

void AsyncPipeline::work() noexcept {
    Item item;
    while (!cancelled_.load()) {
        switch (step(item)) {
            case Status::ok:
                if (!deliver(item)) return;
                break;
            case Status::again:
                sleepForWork();
                break;
            case Status::eof:
                return endWith(End::eof, {});
            case Status::error:
                return endWith(End::failed, node_->error());
        }
    }
}

Status AsyncPipeline::pullQueued(Item& item) noexcept {
    if (showing_) {
        out_->pop();
        showing_ = false;
        work_.signal();
    }
    showing_ = out_->front(item);
    if (showing_) return Status::ok;
    const End end = end_.load(std::memory_order_acquire);
    if (end == End::open) return Status::again;
    // It may have brought its last item between the two looks.
    showing_ = out_->front(item);
    if (showing_) return Status::ok;
    return end == End::eof ? Status::eof : Status::error;
}

Status AsyncPipeline::pullProcessed(Item& item) noexcept {
    const End end = end_.load(std::memory_order_acquire);
    if (end != End::open) return end == End::eof ? Status::eof : Status::error;
    const Status status = step(item);
    if (status == Status::eof) endWith(End::eof, {});
    if (status == Status::error) endWith(End::failed, node_->error());
    return status;
}

AsyncStats AsyncPipeline::stats() const noexcept {
    AsyncStats stats;
    stats.pushed = in_->pushed();
    stats.in_fill = in_->fill();
    stats.out_fill = out_ ? out_->fill() : 0;
    stats.refused = refused_.load(std::memory_order_relaxed);
    stats.pulled = pulled_.load(std::memory_order_relaxed);
    stats.producer_waits = producer_waits_.load(std::memory_order_relaxed);
    stats.consumer_waits = consumer_waits_.load(std::memory_order_relaxed);
    const bool cancelled = cancelled_.load();
    const bool failed = end_.load(std::memory_order_acquire) == End::failed;
    if (cancelled || failed) stats.dropped += stats.in_fill;
    if (cancelled && out_) stats.dropped += out_->pushed() - stats.pulled;
    return stats;
}

}  // namespace doubletalk::flow
