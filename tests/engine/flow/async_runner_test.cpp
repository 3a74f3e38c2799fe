// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/flow/async_runner.h"

#include <QtTest>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "engine/flow/memory_nodes.h"
#include "tests/engine/flow/async_support.h"

namespace doubletalk::flow {
namespace {

using namespace std::chrono_literals;
using SteadyTime = std::chrono::steady_clock;

std::shared_ptr<VectorReader> ramp(std::size_t frames, int block = 100) {
    std::vector<float> x(frames);
    for (std::size_t i = 0; i < frames; ++i) x[i] = float(i);
    return std::make_shared<VectorReader>(std::move(x), SampleRate{16000}, block);
}

Lane laneOf(std::string name, std::shared_ptr<Node> reader, std::shared_ptr<Node> writer) {
    Lane lane;
    lane.name = std::move(name);
    lane.reader = std::move(reader);
    lane.writer = std::move(writer);
    return lane;
}

}  // namespace

class AsyncRunnerTest : public QObject {
    Q_OBJECT
private slots:
    void lanesRunAtOnce();
    void stalledLanesHoldUpNobody();
    void cancelEndsLanes();
    void everyLaneHasItsResult();
    void lanesMeetInAnAsyncPipeline();
};

void AsyncRunnerTest::lanesRunAtOnce() {
    // Each lane waits inside its first item for all the others: one thread could not do it.
    constexpr int kLanes = 4;
    std::atomic<int> arrived{0};
    std::atomic<bool> alone{false};
    struct Meeting {
    } meeting;
    AsyncRunner runner;
    std::vector<std::shared_ptr<VectorWriter>> writers;
    std::vector<LaneId> lanes;
    std::atomic<int> reports{0};
    for (int i = 0; i < kLanes; ++i) {
        auto meet = [&arrived, &alone, first = true](Meeting&, PcmBlock&) mutable noexcept {
            if (!std::exchange(first, false)) return;
            arrived.fetch_add(1);
            const auto until = SteadyTime::now() + 5s;
            while (arrived.load() < kLanes && SteadyTime::now() < until) {
                std::this_thread::sleep_for(1ms);
            }
            if (arrived.load() < kLanes) alone = true;
        };
        writers.push_back(std::make_shared<VectorWriter>());
        auto lane = laneOf("lane " + std::to_string(i), ramp(1000), writers.back());
        lane.processors.push_back(makeInPlaceNode("meet", meeting, meet));
        lane.options.progress_every_items = 4;
        lane.options.progress = [&reports](const RunCounts&) { reports.fetch_add(1); };
        const auto id = runner.start(std::move(lane));
        QVERIFY(id.has_value());
        lanes.push_back(*id);
    }
    QVERIFY(runner.waitAll(10s));
    QVERIFY(!alone);
    QCOMPARE(runner.runningLanes(), 0);
    QCOMPARE(reports.load(), kLanes * 3);  // after 4 and 8 of 10 items, and at the end
    for (std::size_t i = 0; i < lanes.size(); ++i) {
        const auto result = runner.wait(lanes[i]);
        QVERIFY(result.has_value());
        QCOMPARE(result->frames_out, std::int64_t(1000));
        QCOMPARE(runner.progress(lanes[i]).items_out, std::int64_t(10));
        QVERIFY(writers[i]->finished());
        QVERIFY(writers[i]->samples()[999] == 999.0F);
    }
}

void AsyncRunnerTest::stalledLanesHoldUpNobody() {
    AsyncRunner runner;
    // One blocks, one always says again, one has a writer that stays full.
    std::atomic<bool> let_go{false};
    auto blocking = makeSourceNode("blocking", EndKind::pcm, [&](Item&) noexcept {
        while (!let_go.load()) std::this_thread::sleep_for(1ms);
        return Status::eof;
    });
    auto silent =
        makeSourceNode("silent", EndKind::pcm, [](Item&) noexcept { return Status::again; });
    Gate gate;
    const auto stuck =
        *runner.start(laneOf("blocking", std::move(blocking), std::make_shared<VectorWriter>()));
    auto quiet = laneOf("silent", std::move(silent), std::make_shared<VectorWriter>());
    quiet.options.max_wait_ms = 0;
    const auto quiet_id = *runner.start(std::move(quiet));
    const auto full_id = *runner.start(laneOf("full", ramp(1000), gate.writer()));
    const auto writer = std::make_shared<VectorWriter>();
    const auto live = *runner.start(laneOf("live", ramp(100'000), writer));
    QVERIFY(runner.result(live).wait_for(5s) == std::future_status::ready);
    QCOMPARE(writer->samples().size(), std::size_t(100'000));
    QVERIFY(runner.running(stuck) && runner.running(quiet_id) && runner.running(full_id));
    QCOMPARE(runner.runningLanes(), 3);
    QVERIFY(!runner.waitAll(1ms));
    QVERIFY(!runner.forget(stuck).has_value());
    QCOMPARE(runner.progress(full_id).items_out, std::int64_t(0));
    let_go = true;
    gate.open = true;
    QVERIFY(runner.wait(stuck).has_value());
    const auto full = runner.wait(full_id);
    QVERIFY(full.has_value());
    QCOMPARE(full->items_out, std::int64_t(10));
    QCOMPARE(gate.taken.load(), 10);
    runner.cancel(quiet_id);
    QVERIFY(runner.wait(quiet_id)->cancelled);
    QVERIFY(runner.forget(stuck).has_value());
    QVERIFY(!runner.wait(stuck).has_value());
}

void AsyncRunnerTest::cancelEndsLanes() {
    AsyncRunner runner;
    const auto writer = std::make_shared<VectorWriter>();
    std::vector<float> samples(10);
    auto endless = makeSourceNode("endless", EndKind::pcm, [&samples](Item& item) noexcept {
        std::this_thread::sleep_for(1ms);
        PcmBlock block;
        block.samples = samples;
        item = block;
        return Status::ok;
    });
    const auto lane = *runner.start(laneOf("endless", std::move(endless), writer));
    while (runner.progress(lane).items_out < 3) std::this_thread::sleep_for(1ms);
    runner.cancel(lane);
    const auto result = runner.wait(lane);
    QVERIFY(result.has_value() && result->cancelled);
    QVERIFY(writer->finished());  // what it got is whole
    QCOMPARE(std::int64_t(writer->samples().size()), result->frames_out);

    // A sleeping lane notices it at once, also when the runner ends.
    Gate gate;
    auto silent =
        makeSourceNode("silent", EndKind::pcm, [](Item&) noexcept { return Status::again; });
    auto sleepy = laneOf("sleepy", std::move(silent), std::make_shared<VectorWriter>());
    sleepy.options.wait_us = 20'000;
    const auto id = *runner.start(std::move(sleepy));
    std::shared_future<LaneResult> stuck;
    {
        AsyncRunner other;
        stuck = other.result(*other.start(laneOf("stuck", ramp(1000), gate.writer())));
    }
    QVERIFY(stuck.get()->cancelled);
    runner.cancelAll();
    QVERIFY(runner.wait(id)->cancelled);
    runner.cancel(id);  // an ended one
    runner.cancel(12345);
}

void AsyncRunnerTest::everyLaneHasItsResult() {
    AsyncRunner runner;
    QVERIFY(!runner.start(laneOf("none", nullptr, nullptr)).has_value());
    const auto kinds = runner.start(laneOf("kinds", ramp(10), std::make_shared<PacketWriter>()));
    QVERIFY(!kinds.has_value());
    const auto message = QString::fromStdString(kinds.error().message());
    QVERIFY2(message.contains("kinds") && message.contains("packets"), qPrintable(message));
    QVERIFY(!runner
                 .start(laneOf("no reader", std::make_shared<GainProcessor>(),
                               std::make_shared<VectorWriter>()))
                 .has_value());
    auto failing = laneOf("failing", ramp(1000), std::make_shared<VectorWriter>());
    failing.processors.push_back(failingAt(500));
    auto impatient =
        laneOf("impatient",
               makeSourceNode("silent", EndKind::pcm, [](Item&) noexcept { return Status::again; }),
               std::make_shared<VectorWriter>());
    impatient.options.max_wait_ms = 30;
    // Every block is one sample long, so that the numbers fit.
    failing.reader = ramp(1000, 1);
    const auto failed = *runner.start(std::move(failing));
    const auto silent = *runner.start(std::move(impatient));
    const auto fine = *runner.start(laneOf("fine", ramp(1000), std::make_shared<VectorWriter>()));
    QVERIFY(runner.wait(fine).has_value());
    const auto result = runner.wait(failed);
    QVERIFY(!result.has_value());
    const auto why = QString::fromStdString(result.error().message());
    QVERIFY2(why.contains("it was to fail") && why.contains("501 items"), qPrintable(why));
    QVERIFY(!runner.wait(silent).has_value());
    QVERIFY(!runner.result(999).valid());
}

void AsyncRunnerTest::lanesMeetInAnAsyncPipeline() {
    // reader -> producer half | processing | consumer half -> writer, all on threads of their own.
    const std::shared_ptr<AsyncPipeline> pipeline =
        *AsyncPipeline::create(std::make_unique<IdentityProcessor>());
    AsyncRunner runner;
    const auto writer = std::make_shared<VectorWriter>();
    const auto into = *runner.start(
        laneOf("in", ramp(50'000, 64), std::shared_ptr<Node>(pipeline, &pipeline->producer())));
    const auto out = *runner.start(
        laneOf("out", std::shared_ptr<Node>(pipeline, &pipeline->consumer()), writer));
    QVERIFY(runner.wait(into).has_value());
    QVERIFY(runner.wait(out).has_value());
    QCOMPARE(writer->samples().size(), std::size_t(50'000));
    for (std::size_t i = 0; i < 50'000; ++i) QVERIFY(writer->samples()[i] == float(i));
    QCOMPARE(pipeline->stats().dropped, std::int64_t(0));
}

}  // namespace doubletalk::flow

QTEST_APPLESS_MAIN(doubletalk::flow::AsyncRunnerTest)
#include "async_runner_test.moc"
