// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/flow/buffer_manager.h"

#include <QtTest>
#include <chrono>
#include <cmath>
#include <thread>
#include <vector>

#include "tests/support/rt_guard.h"

namespace doubletalk::flow {
namespace {

constexpr SampleRate kRate{16000};
constexpr std::size_t kChunk = 320;

std::vector<float> constant(std::size_t n, float value) { return std::vector<float>(n, value); }

}  // namespace

class BufferManagerTest : public QObject {
    Q_OBJECT
private slots:
    void init();
    void defaultsAreTwentyFiveChunks();
    void padsShortAndCutsOrSplitsLong();
    void keepsTheTimeOfEveryChunk();
    void convertsSixteenBit();
    void countsOverrunsAndUnderruns();
    void waitsUntilTheTimeOut();
    void wakesWhenAudioComes();
    void statisticsFollowTheFill();
    void refusesImpossibleSettings();
    void writerAndReaderInParallel();
    void neitherAllocatesNorLocks();

private:
    std::unique_ptr<BufferManager> buffer_;
};

void BufferManagerTest::init() {
    buffer_ = std::make_unique<BufferManager>();
    QVERIFY(buffer_->prepare(kRate, BufferParams{}).has_value());
}

void BufferManagerTest::defaultsAreTwentyFiveChunks() {
    QCOMPARE(buffer_->chunkFrames(), int(kChunk));
    int taken = 0;
    while (buffer_->write(constant(kChunk, 0.1F), 0) == 1) ++taken;
    QCOMPARE(taken, 25);  // 500 ms of 20 ms, whatever the ring below rounds up to
    QCOMPARE(buffer_->stats().fill_ratio, 1.0);
}

void BufferManagerTest::padsShortAndCutsOrSplitsLong() {
    std::vector<float> out(kChunk);
    QCOMPARE(buffer_->write(constant(100, 0.5F), 0), 1);
    QVERIFY(buffer_->read(out, 0).ok);
    QCOMPARE(out[99], 0.5F);
    QCOMPARE(out[100], 0.0F);
    QCOMPARE(out[kChunk - 1], 0.0F);
    QCOMPARE(buffer_->write(constant(700, 0.5F), 0, LongChunk::cut), 1);
    QCOMPARE(buffer_->stats().latency_ms, 20.0);
    QVERIFY(buffer_->read(out, 0).ok);
    QCOMPARE(out[kChunk - 1], 0.5F);
    QCOMPARE(buffer_->write(constant(700, 0.5F), 0, LongChunk::split), 3);
    for (int i = 0; i < 3; ++i) QVERIFY(buffer_->read(out, 0).ok);
    QCOMPARE(out[59], 0.5F);
    QCOMPARE(out[60], 0.0F);
    QCOMPARE(buffer_->stats().padded_chunks, std::int64_t(2));
    QCOMPARE(buffer_->write(std::span<const float>{}, 0), 0);
}

void BufferManagerTest::keepsTheTimeOfEveryChunk() {
    buffer_->write(constant(kChunk, 0.1F), 1'000'000);
    buffer_->write(constant(2 * kChunk, 0.1F), 50'000'000);
    std::vector<float> out(kChunk);
    QCOMPARE(buffer_->read(out, 0).time_ns, std::int64_t(1'000'000));
    QCOMPARE(buffer_->read(out, 0).time_ns, std::int64_t(50'000'000));
    QCOMPARE(buffer_->read(out, 0).time_ns, std::int64_t(70'000'000));
}

void BufferManagerTest::convertsSixteenBit() {
    const std::vector<std::int16_t> in(kChunk, std::int16_t(-16384));
    QCOMPARE(buffer_->write(in, 0), 1);
    std::vector<float> out(kChunk);
    QVERIFY(buffer_->read(std::span<float>(out), 0).ok);
    QCOMPARE(out[0], -0.5F);
    QCOMPARE(buffer_->write(constant(kChunk, 2.0F), 0), 1);
    std::vector<std::int16_t> out16(kChunk);
    QVERIFY(buffer_->read(std::span<std::int16_t>(out16), 0).ok);
    QCOMPARE(out16[0], std::int16_t(32767));
}

void BufferManagerTest::countsOverrunsAndUnderruns() {
    std::vector<float> out(kChunk, 9.0F);
    QVERIFY(!buffer_->read(out, 0).ok);
    QCOMPARE(out[0], 0.0F);
    QCOMPARE(buffer_->stats().underruns, std::int64_t(1));
    QCOMPARE(buffer_->write(constant(27 * kChunk + 1, 0.1F), 0), 25);
    QCOMPARE(buffer_->stats().overruns, std::int64_t(3));
    QCOMPARE(buffer_->stats().chunks, std::int64_t(25));
    QVERIFY(buffer_->read(out, 0).ok);
    QCOMPARE(buffer_->write(constant(kChunk, 0.1F), 0), 1);
}

void BufferManagerTest::waitsUntilTheTimeOut() {
    std::vector<float> out(kChunk);
    const auto before = std::chrono::steady_clock::now();
    QVERIFY(!buffer_->read(out, 30).ok);
    const auto waited = std::chrono::steady_clock::now() - before;
    QVERIFY(waited >= std::chrono::milliseconds(30));
    QVERIFY(waited < std::chrono::seconds(5));  // a loaded machine, but no hang
}

void BufferManagerTest::wakesWhenAudioComes() {
    std::thread writer([this] {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        buffer_->write(constant(kChunk, 0.25F), 5);
    });
    std::vector<float> out(kChunk);
    const auto before = std::chrono::steady_clock::now();
    const auto chunk = buffer_->read(out, 20'000);
    writer.join();
    QVERIFY(chunk.ok);
    QCOMPARE(out[0], 0.25F);
    QVERIFY(std::chrono::steady_clock::now() - before < std::chrono::seconds(10));
}

void BufferManagerTest::statisticsFollowTheFill() {
    QVERIFY(std::isnan(buffer_->stats().mean_latency_ms));
    QVERIFY(!buffer_->stats().healthy);  // empty
    buffer_->write(constant(10 * kChunk, 0.1F), 0);
    auto stats = buffer_->stats();
    QCOMPARE(stats.fill_ratio, 0.4);
    QCOMPARE(stats.latency_ms, 200.0);
    QVERIFY(stats.healthy);
    std::vector<float> out(kChunk);
    for (int i = 0; i < 3; ++i) buffer_->read(out, 0);
    stats = buffer_->stats();
    QCOMPARE(stats.mean_latency_ms, 180.0);  // 200, 180 and 160 ms were inside
    QCOMPARE(stats.chunks_read, std::int64_t(3));
    buffer_->write(constant(17 * kChunk, 0.1F), 0);
    QVERIFY(!buffer_->stats().healthy);  // 96 %
}

void BufferManagerTest::refusesImpossibleSettings() {
    BufferManager buffer;
    QVERIFY(!buffer.prepare(kRate, BufferParams{.duration_ms = 40, .chunk_ms = 50}).has_value());
    QVERIFY(!buffer.prepare(kRate, BufferParams{.healthy_min_ratio = 0.9, .healthy_max_ratio = 0.1})
                 .has_value());
    std::vector<float> out(10, 1.0F);
    QVERIFY(!buffer.read(out, 0).ok);
    QCOMPARE(buffer.write(out, 0), 0);
    for (const auto& row : bufferParamTable()) {
        const BufferParams params;
        const auto value = row.get(&params);
        const auto checked = params::checkParam(row, row.text.name, value);
        QVERIFY(checked.has_value() && *checked == value);  // defaults lie in range and on the step
    }
}

void BufferManagerTest::writerAndReaderInParallel() {
    constexpr int kChunks = 5000;
    // 400 ms make 16 chunks with 25 ms: the ring of stamps below is then exactly as long.
    QVERIFY(buffer_->prepare(kRate, BufferParams{.duration_ms = 400, .chunk_ms = 25}).has_value());
    const auto frames = std::size_t(buffer_->chunkFrames());
    std::thread writer([this, frames] {
        std::vector<float> in(frames);
        for (int i = 0; i < kChunks;) {
            std::fill(in.begin(), in.end(), float(i));
            if (buffer_->write(in, i) == 1) {
                ++i;
            } else {
                std::this_thread::yield();
            }
        }
    });
    std::vector<float> out(frames);
    bool whole = true;
    for (int i = 0; i < kChunks; ++i) {
        const auto chunk = buffer_->read(out, 10'000);
        whole = whole && chunk.ok && chunk.time_ns == i && out.front() == float(i) &&
                out.back() == float(i);
    }
    writer.join();
    QVERIFY(whole);
    QCOMPARE(buffer_->stats().chunks_read, std::int64_t(kChunks));
}

void BufferManagerTest::neitherAllocatesNorLocks() {
    const auto in = constant(1000, 0.1F);
    const std::vector<std::int16_t> in16(500);
    std::vector<float> out(kChunk);
    const test::RtGuard guard;
    for (int i = 0; i < 100; ++i) {
        buffer_->write(in, i);
        buffer_->write(in16, i);
        buffer_->read(out, 0);
    }
    QCOMPARE(guard.allocations(), std::int64_t(0));
    QCOMPARE(guard.locks(), std::int64_t(0));
}

}  // namespace doubletalk::flow

QTEST_APPLESS_MAIN(doubletalk::flow::BufferManagerTest)
#include "buffer_manager_test.moc"
