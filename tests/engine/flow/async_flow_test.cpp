// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <atomic>
#include <chrono>
#include <ctime>
#include <thread>
#include <vector>

#include "engine/core/random.h"
#include "engine/core/wake_up.h"
#include "engine/flow/async_pipeline.h"
#include "engine/flow/block_size_adapter.h"
#include "engine/flow/memory_nodes.h"
#include "engine/flow/pipeline.h"
#include "engine/flow/processors.h"
#include "engine/flow/typed_pipeline.h"
#include "tests/engine/flow/async_support.h"
#include "tests/support/rt_guard.h"

namespace doubletalk::flow {
namespace {

using namespace std::chrono_literals;
using SteadyTime = std::chrono::steady_clock;
constexpr std::int64_t kLongUs = 5'000'000;
constexpr std::int64_t kShortUs = 20'000;

AsyncOptions room(int in, int out, AsyncThread runs_on = AsyncThread::own) {
    AsyncOptions options;
    options.runs_on = runs_on;
    options.in = {in, 64, 64};
    options.out = {out, 64, 64};
    return options;
}

std::unique_ptr<AsyncPipeline> passing(const AsyncOptions& options) {
    return *AsyncPipeline::create(std::make_unique<IdentityProcessor>(), options);
}

double processCpuMs() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return 1e3 * double(now.tv_sec) + 1e-6 * double(now.tv_nsec);
}

}  // namespace

class AsyncFlowTest : public QObject {
    Q_OBJECT
private slots:
    void wakeUpKeepsOneSignal();
    void queueIsExact();

    void backPressureIsExact();
    void slowConsumerHoldsTheProducer();
    void smallItemsComeInOrder_data() { bothThreads(); }
    void smallItemsComeInOrder();
    void packetsTravelWhole();
    void flushEndsBothHalves_data() { bothThreads(); }
    void flushEndsBothHalves();
    void errorInside_data() { bothThreads(); }
    void errorInside();
    void cancelWakesBothHalves_data() { bothThreads(); }
    void cancelWakesBothHalves();
    void stopsAtAnyMoment_data() { bothThreads(); }
    void stopsAtAnyMoment();
    void endsWithAFullWriter_data() { bothThreads(); }
    void endsWithAFullWriter();
    void startsOver();
    void refusesWhatDoesNotFit();
    void nobodySpins();
    void realTimeCallsAreSafe();

private:
    static void bothThreads() {
        QTest::addColumn<int>("runs_on");
        QTest::newRow("own thread") << int(AsyncThread::own);
        QTest::newRow("consumer's thread") << int(AsyncThread::consumer);
    }
    static AsyncThread current() {
        return QByteArray(QTest::currentDataTag()) == "own thread" ? AsyncThread::own
                                                                   : AsyncThread::consumer;
    }
};

void AsyncFlowTest::wakeUpKeepsOneSignal() {
    WakeUp wake;
    const auto start = SteadyTime::now();
    QVERIFY(!wake.wait(10'000));
    QVERIFY(SteadyTime::now() - start >= 10ms);
    wake.signal();
    wake.signal();
    QVERIFY(wake.wait(kLongUs));
    QVERIFY(!wake.wait(0));  // two signals are one
    // Two threads in turn: a lost signal would stop them.
    WakeUp back;
    std::atomic<int> turns{0};
    std::thread other([&] {
        while (turns.load() < 2000) {
            if (!wake.wait(kLongUs)) return;
            turns.fetch_add(1);
            back.signal();
        }
    });
    for (int i = 0; i < 2000; ++i) {
        wake.signal();
        while (turns.load() <= i) {
            if (!back.wait(kLongUs)) break;
        }
    }
    other.join();
    QCOMPARE(turns.load(), 2000);
}

void AsyncFlowTest::queueIsExact() {
    ItemQueue queue(EndKind::pcm, {3, 8, 0});  // no power of two
    Item item;
    QVERIFY(!queue.front(item));
    for (int round = 0; round < 5; ++round) {
        for (int i = 0; i < 3; ++i) {
            Numbered numbered(3 * round + i, std::size_t(i + 1));
            QVERIFY(queue.tryPush(numbered.block) == Status::ok);
            std::fill(numbered.samples.begin(), numbered.samples.end(), -1.0F);  // it has a copy
        }
        QVERIFY(queue.tryPush(Numbered(99).block) == Status::again);
        QCOMPARE(queue.fill(), 3);
        for (int i = 0; i < 3; ++i) {
            QVERIFY(queue.front(item));
            QCOMPARE(numberOf(item), std::int64_t(3 * round + i));
            QCOMPARE(std::get<PcmBlock>(item).samples.size(), std::size_t(i + 1));
            queue.pop();
        }
    }
    PcmBlock whole = Numbered(0).block;
    std::vector<float> samples(2, 1.0F);
    std::vector<float> far(2, 2.0F);
    std::vector<float> linear(2, 3.0F);
    whole.samples = samples;
    whole.far = far;
    whole.linear = linear;
    whole.clipped = true;
    QVERIFY(queue.tryPush(whole) == Status::ok);
    QVERIFY(queue.front(item));
    const auto& kept = std::get<PcmBlock>(item);
    QVERIFY(kept.samples[1] == 1.0F && kept.far[1] == 2.0F && kept.linear[1] == 3.0F);
    QVERIFY(kept.clipped && !kept.lost);
    QVERIFY(kept.far.data() != far.data());
}

void AsyncFlowTest::backPressureIsExact() {
    // 4 items fit before the processing and 3 after it; the one in work still holds its slot.
    const auto pipeline = passing(room(4, 3));
    auto& in = pipeline->producer();
    auto& out = pipeline->consumer();
    for (int i = 0; i < 7; ++i) QVERIFY(in.pushFor(Numbered(i).block, kLongUs) == Status::ok);
    QVERIFY(in.pushFor(Numbered(7).block, kShortUs) == Status::again);
    auto stats = pipeline->stats();
    QCOMPARE(stats.pushed, std::int64_t(7));
    QCOMPARE(stats.in_fill, 4);
    QCOMPARE(stats.out_fill, 3);
    QVERIFY(stats.refused > 0 && stats.producer_waits > 0);
    // Each item taken makes room for one more. The one the consumer looks at keeps its slot.
    Item item;
    QVERIFY(out.pull(item) == Status::ok);
    QVERIFY(in.pushFor(Numbered(7).block, kShortUs) == Status::again);
    for (int i = 0; i < 20; ++i) {
        QCOMPARE(numberOf(item), std::int64_t(i));
        QVERIFY(out.pull(item) == Status::ok);
        QVERIFY(in.pushFor(Numbered(7 + i).block, kLongUs) == Status::ok);
        QVERIFY(in.pushFor(Numbered(99).block, 2000) == Status::again);
    }
    // With the processing in pull() only the one queue counts.
    const auto lazy = passing(room(4, 3, AsyncThread::consumer));
    for (int i = 0; i < 4; ++i) QVERIFY(lazy->producer().tryPush(Numbered(i).block) == Status::ok);
    QVERIFY(lazy->producer().tryPush(Numbered(4).block) == Status::again);
    QCOMPARE(lazy->stats().refused, std::int64_t(1));
    QCOMPARE(lazy->stats().producer_waits, std::int64_t(0));
}

void AsyncFlowTest::slowConsumerHoldsTheProducer() {
    const auto pipeline = passing(room(2, 2));
    std::atomic<int> pushed{0};
    std::thread producer([&] {
        for (int i = 0; i < 60; ++i) {
            if (pipeline->producer().pushFor(Numbered(i).block, kLongUs) != Status::ok) return;
            pushed.store(i + 1);
        }
        pipeline->producer().flush();
    });
    Item item;
    int got = 0;
    int furthest = 0;
    while (pipeline->consumer().pullFor(item, kLongUs) == Status::ok) {
        if (numberOf(item) != got) break;
        ++got;
        furthest = std::max(furthest, pushed.load() - got);
        std::this_thread::sleep_for(1ms);
    }
    producer.join();
    QCOMPARE(got, 60);
    QVERIFY2(furthest <= 4, qPrintable(QString::number(furthest)));
    const auto stats = pipeline->stats();
    QVERIFY(stats.producer_waits > 10);
    QCOMPARE(stats.pulled, std::int64_t(60));
    QCOMPARE(stats.dropped, std::int64_t(0));
}

void AsyncFlowTest::smallItemsComeInOrder() {
    constexpr int kItems = 20'000;
    auto row = composeTyped("row", std::make_unique<IdentityProcessor>("a"),
                            std::make_unique<GainProcessor>(0.0, "b"));
    const auto pipeline = *AsyncPipeline::create(std::move(row), room(5, 3, current()));
    std::thread producer([&] {
        Random random(1);
        for (int i = 0; i < kItems; ++i) {
            const Numbered numbered(i, 1 + std::size_t(7.0 * random.uniform()));
            if (pipeline->producer().pushFor(numbered.block, kLongUs) != Status::ok) return;
        }
        pipeline->producer().flush();
    });
    Item item;
    std::int64_t got = 0;
    Status status = Status::ok;
    for (; (status = pipeline->consumer().pullFor(item, kLongUs)) == Status::ok; ++got) {
        if (numberOf(item) != got) break;
    }
    producer.join();
    QVERIFY(status == Status::eof);
    QCOMPARE(got, std::int64_t(kItems));
    QCOMPARE(pipeline->stats().in_fill, 0);
}

void AsyncFlowTest::packetsTravelWhole() {
    const auto pipeline =
        *AsyncPipeline::create(std::make_unique<IdentityNode>(EndKind::packet), room(2, 2));
    for (int i = 0; i < 3; ++i) {
        std::vector<std::byte> payload(std::size_t(10 * i), std::byte(i));
        PacketView packet;
        packet.header.sequence = std::uint16_t(i);
        packet.payload = payload;
        QVERIFY(pipeline->producer().pushFor(packet, kLongUs) == Status::ok);
    }
    pipeline->producer().flush();
    Item item;
    for (int i = 0; i < 3; ++i) {
        QVERIFY(pipeline->consumer().pullFor(item, kLongUs) == Status::ok);
        const auto& packet = std::get<PacketView>(item);
        QCOMPARE(int(packet.header.sequence), i);
        QCOMPARE(packet.payload.size(), std::size_t(10 * i));
        for (const auto b : packet.payload) QVERIFY(b == std::byte(i));
    }
    QVERIFY(pipeline->consumer().pullFor(item, kLongUs) == Status::eof);
}

void AsyncFlowTest::flushEndsBothHalves() {
    // The node itself holds something back until the flush.
    const auto pipeline =
        *AsyncPipeline::create(std::make_unique<BlockSizeAdapter>(10), room(4, 4, current()));
    auto& in = pipeline->producer();
    Item item;
    QVERIFY(pipeline->consumer().pullFor(item, kShortUs) == Status::again);
    for (int i = 0; i < 3; ++i) QVERIFY(in.pushFor(Numbered(1).block, kLongUs) == Status::ok);
    QVERIFY(in.push(std::monostate{}) == Status::ok);
    QVERIFY(in.push(std::monostate{}) == Status::ok);
    QVERIFY(in.tryPush(Numbered(1).block) == Status::eof);
    QVERIFY(in.pushFor(Numbered(1).block, kLongUs) == Status::eof);
    std::size_t frames = 0;
    while (pipeline->consumer().pullFor(item, kLongUs) == Status::ok) {
        frames += std::get<PcmBlock>(item).samples.size();
    }
    QCOMPARE(frames, std::size_t(20));  // 12, padded
    QVERIFY(pipeline->consumer().pull(item) == Status::eof);
    QCOMPARE(item.index(), std::size_t(0));
    QVERIFY(pipeline->consumer().error().empty());
    QCOMPARE(pipeline->stats().dropped, std::int64_t(0));
}

void AsyncFlowTest::errorInside() {
    const auto pipeline = *AsyncPipeline::create(failingAt(5), room(20, 20, current()));
    for (int i = 0; i < 10; ++i) {
        const auto status = pipeline->producer().tryPush(Numbered(i).block);
        QVERIFY(status == Status::ok || (i > 5 && status == Status::error));
    }
    Item item;
    for (int i = 0; i < 5; ++i) {  // what came before is not lost
        QVERIFY(pipeline->consumer().pullFor(item, kLongUs) == Status::ok);
        QCOMPARE(numberOf(item), std::int64_t(i));
    }
    QVERIFY(pipeline->consumer().pullFor(item, kLongUs) == Status::error);
    QCOMPARE(pipeline->consumer().error(), std::string_view("it was to fail"));
    QVERIFY(pipeline->producer().tryPush(Numbered(11).block) == Status::error);
    QCOMPARE(pipeline->producer().error(), std::string_view("it was to fail"));
    const auto stats = pipeline->stats();
    QCOMPARE(stats.pulled + stats.dropped, stats.pushed);
    QVERIFY(stats.dropped >= 1);
    // A producer that sleeps before a full queue is told.
    const auto before = SteadyTime::now();
    const auto full = *AsyncPipeline::create(failingAt(2), room(1, 1, current()));
    Status pushed = Status::ok;
    std::thread producer([&] {
        for (int i = 0; pushed == Status::ok; ++i) {
            pushed = full->producer().pushFor(Numbered(i).block, kLongUs);
        }
    });
    while (full->consumer().pullFor(item, kLongUs) == Status::ok) {
    }
    producer.join();
    QVERIFY(pushed == Status::error);
    QVERIFY(SteadyTime::now() - before < 2s);
}

void AsyncFlowTest::cancelWakesBothHalves() {
    // The producer sleeps because the queue is full.
    const auto full = passing(room(2, 1, current()));
    Status pushed = Status::ok;
    std::thread producer([&] {
        while (pushed == Status::ok) {
            pushed = full->producer().pushFor(Numbered(1).block, WakeUp::kForever);
        }
    });
    while (full->stats().producer_waits == 0) std::this_thread::yield();
    const auto before = SteadyTime::now();
    full->cancel();
    producer.join();
    QVERIFY(SteadyTime::now() - before < 1s);
    QVERIFY(pushed == Status::eof);
    QCOMPARE(full->producer().error(), std::string_view("cancelled"));
    Item item;
    QVERIFY(full->consumer().pullFor(item, kLongUs) == Status::eof);
    const auto stats = full->stats();
    QCOMPARE(stats.pulled, std::int64_t(0));
    QVERIFY(stats.dropped >= stats.pushed);

    // The consumer sleeps because there is nothing.
    const auto empty = passing(room(2, 1, current()));
    Status pulled = Status::ok;
    std::thread consumer([&] {
        Item nothing;
        pulled = empty->consumer().pullFor(nothing, WakeUp::kForever);
    });
    while (empty->stats().consumer_waits == 0) std::this_thread::yield();
    empty->producer().cancel();
    consumer.join();
    QVERIFY(pulled == Status::eof);
    QVERIFY(empty->cancelled());
}

void AsyncFlowTest::stopsAtAnyMoment() {
    Random random(3);
    for (int round = 0; round < 150; ++round) {
        const auto pipeline = passing(room(1 + int(4.0 * random.uniform()), 2, current()));
        std::thread producer([&] {
            for (int i = 0;; ++i) {
                if (pipeline->producer().pushFor(Numbered(i).block, kLongUs) != Status::ok) return;
            }
        });
        bool ordered = true;
        std::thread consumer([&] {
            Item item;
            for (std::int64_t i = 0; pipeline->consumer().pullFor(item, kLongUs) == Status::ok;
                 ++i) {
                ordered = ordered && numberOf(item) == i;
            }
        });
        std::this_thread::sleep_for(std::chrono::microseconds(int(800.0 * random.uniform())));
        pipeline->cancel();
        producer.join();
        consumer.join();
        QVERIFY(ordered);
        const auto stats = pipeline->stats();
        QVERIFY(stats.pulled <= stats.pushed);
    }
}

void AsyncFlowTest::endsWithAFullWriter() {
    Gate gate;
    std::vector<std::unique_ptr<Node>> nodes;
    nodes.push_back(std::make_unique<GainProcessor>());
    nodes.push_back(gate.writer());
    const auto pipeline =
        *AsyncPipeline::create(*Pipeline::compose(std::move(nodes)), room(3, 1, current()));
    auto& out = pipeline->consumer();
    Item item;
    for (int i = 0; i < 3; ++i) {
        QVERIFY(pipeline->producer().tryPush(Numbered(i).block) == Status::ok);
    }
    QVERIFY(out.pullFor(item, kShortUs) == Status::again);
    QVERIFY(pipeline->producer().tryPush(Numbered(3).block) == Status::again);
    QCOMPARE(gate.taken.load(), 0);
    gate.open = true;
    pipeline->producer().flush();
    QVERIFY(out.pullFor(item, kLongUs) == Status::eof);
    QCOMPARE(gate.taken.load(), 3);
}

void AsyncFlowTest::startsOver() {
    const auto pipeline = passing(room(2, 2));
    Item item;
    for (int round = 0; round < 3; ++round) {
        QVERIFY(pipeline->producer().tryPush(Numbered(round).block) == Status::ok);
        QVERIFY(pipeline->consumer().pullFor(item, kLongUs) == Status::ok);
        QCOMPARE(numberOf(item), std::int64_t(round));
        if (round == 0) pipeline->cancel();
        if (round == 1) pipeline->producer().flush();
        QVERIFY(pipeline->reset().has_value());
        QCOMPARE(pipeline->stats().pushed, std::int64_t(0));
        QVERIFY(!pipeline->cancelled());
    }
}

void AsyncFlowTest::refusesWhatDoesNotFit() {
    QVERIFY(!AsyncPipeline::create(nullptr).has_value());
    const auto reader = AsyncPipeline::create(
        std::make_unique<VectorReader>(std::vector<float>(10), SampleRate{16000}, 10));
    QVERIFY(!reader.has_value());
    QVERIFY(QString::fromStdString(reader.error().message()).contains("open input"));
    const auto pipeline = passing(room(2, 2));
    QVERIFY(pipeline->producer().tryPush(Numbered(1, 65).block) == Status::error);
    QVERIFY(pipeline->producer().error().find("longer") != std::string_view::npos);
    QVERIFY(pipeline->producer().tryPush(PacketView{}) == Status::error);
    QVERIFY(pipeline->producer().error().find("PCM") != std::string_view::npos);
    QVERIFY(pipeline->producer().tryPush(Numbered(1, 64).block) == Status::ok);
    // What comes out may be too long for its queue as well.
    const auto longer = *AsyncPipeline::create(std::make_unique<BlockSizeAdapter>(100), room(4, 4));
    for (int i = 0; i < 2; ++i) {
        QVERIFY(longer->producer().pushFor(Numbered(1, 64).block, kLongUs) == Status::ok);
    }
    Item item;
    QVERIFY(longer->consumer().pullFor(item, kLongUs) == Status::error);
    QVERIFY(longer->consumer().error().find("longer") != std::string_view::npos);
}

void AsyncFlowTest::nobodySpins() {
    // One full and one empty pipeline with sleepers on all sides.
    const auto full = passing(room(1, 1));
    const auto empty = passing(room(1, 1));
    std::thread producer([&] {
        while (full->producer().pushFor(Numbered(1).block, WakeUp::kForever) == Status::ok) {
        }
    });
    std::thread consumer([&] {
        Item item;
        QCOMPARE(int(empty->consumer().pullFor(item, WakeUp::kForever)), int(Status::eof));
    });
    while (full->stats().producer_waits == 0 || empty->stats().consumer_waits == 0) {
        std::this_thread::yield();
    }
    const double before_ms = processCpuMs();
    std::this_thread::sleep_for(300ms);
    const double used_ms = processCpuMs() - before_ms;
    full->cancel();
    empty->cancel();
    producer.join();
    consumer.join();
    QVERIFY2(used_ms < 15.0, qPrintable(QString::number(used_ms)));
}

void AsyncFlowTest::realTimeCallsAreSafe() {
    const auto pipeline = passing(room(4, 4));
    auto& in = pipeline->producer();
    auto& out = pipeline->consumer();
    Numbered numbered(1);
    Item item;
    int pushed = 0;
    int pulled = 0;
    std::int64_t allocations = 0;
    std::int64_t frees = 0;
    std::int64_t locks = 0;
    for (int round = 0; round < 50; ++round) {
        // The other side sleeps now, so it has to be woken.
        std::this_thread::sleep_for(1ms);
        const test::RtGuard guard;
        for (int i = 0; i < 10; ++i) pushed += in.tryPush(numbered.block) == Status::ok ? 1 : 0;
        for (int i = 0; i < 10; ++i) pulled += out.pull(item) == Status::ok ? 1 : 0;
        if (round == 49) in.flush();
        pushed += pipeline->stats().in_fill > 1000 ? 1 : 0;
        allocations += guard.allocations();
        frees += guard.frees();
        locks += guard.locks();
    }
    QVERIFY(pushed >= 100 && pulled >= 100);
    const test::RtGuard guard;
    pipeline->cancel();
    QCOMPARE(allocations + guard.allocations(), std::int64_t(0));
    QCOMPARE(frees + guard.frees(), std::int64_t(0));
    QCOMPARE(locks + guard.locks(), std::int64_t(0));
}

}  // namespace doubletalk::flow

QTEST_APPLESS_MAIN(doubletalk::flow::AsyncFlowTest)
#include "async_flow_test.moc"
