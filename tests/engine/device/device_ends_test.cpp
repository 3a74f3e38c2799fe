// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/device/device_ends.h"

#include <QTemporaryDir>
#include <QtTest>
#include <chrono>
#include <thread>
#include <vector>

#include "engine/device/audio_file.h"
#include "engine/device/file_device.h"
#include "engine/flow/async_runner.h"
#include "engine/flow/memory_nodes.h"
#include "tests/support/rt_guard.h"

namespace doubletalk::device {
namespace {

using flow::Item;
using flow::Status;
using namespace std::chrono_literals;

constexpr SampleRate kRate{16000};
constexpr std::size_t kBlock = 160;

/// No two of the first 30,000 are equal, none is 0, and 16 bits keep them.
std::vector<float> ramp(std::size_t frames) {
    std::vector<float> samples(frames);
    for (std::size_t i = 0; i < frames; ++i) samples[i] = float(i % 30'000 + 1) * 0x1.0p-15F;
    return samples;
}

flow::PcmBlock blockOf(std::vector<float>& samples, std::size_t at, std::size_t frames) {
    flow::PcmBlock block;
    block.samples = std::span(samples).subspan(at, frames);
    block.rate = kRate;
    return block;
}

}  // namespace

class DeviceEndsTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void readsTheMicrophone();
    void fillsTheLoudspeaker();
    void countsWhatIsLateOrMissing();
    void endsWithTheDevice();
    void refusesWhatDoesNotFit();
    void callbackIsRealTimeSafe();
    void lanesAtThePaceOfADevice();

private:
    static constexpr std::size_t kFileFrames = 5000;
    QTemporaryDir folder_;
    std::filesystem::path file_;
    std::vector<float> spoken_ = ramp(kFileFrames);
};

void DeviceEndsTest::initTestCase() {
    file_ = folder_.filePath("microphone.wav").toStdString();
    QVERIFY(writeAudio(file_, AudioData{kRate.hz, 1, spoken_}).has_value());
}

void DeviceEndsTest::readsTheMicrophone() {
    FileDevice device(file_);
    DeviceEndsOptions options;
    options.block_ms = 20;
    const auto ends = DeviceEnds::open(device, kRate, options);
    QVERIFY(ends.has_value());
    const auto reader = (*ends)->reader();
    Item item;
    QVERIFY(reader->pull(item) == Status::again);
    QCOMPARE(reader->waitHintUs(), 20'000);
    QVERIFY(device.step().has_value());
    QVERIFY(reader->pull(item) == Status::again);
    QCOMPARE(reader->waitHintUs(), 10'000);
    QVERIFY(device.step(4).has_value());
    for (std::size_t i = 0; i < 2; ++i) {
        QVERIFY(reader->pull(item) == Status::ok);
        const auto& block = std::get<flow::PcmBlock>(item);
        QCOMPARE(block.first_frame, std::int64_t(320 * i));
        QVERIFY(std::equal(block.samples.begin(), block.samples.end(),
                           spoken_.begin() + std::ptrdiff_t(320 * i)));
    }
    QVERIFY(reader->pull(item) == Status::again);
    (*ends)->stop();  // what is left is given
    QVERIFY(reader->pull(item) == Status::ok);
    QCOMPARE(std::get<flow::PcmBlock>(item).samples.size(), kBlock);
    QVERIFY(reader->pull(item) == Status::eof);
}

void DeviceEndsTest::fillsTheLoudspeaker() {
    FileDevice device(file_);
    DeviceEndsOptions options;
    options.playback_ms = 50;
    const auto ends = *DeviceEnds::open(device, kRate, options);
    const auto writer = ends->writer();
    auto sent = ramp(8 * kBlock);
    for (std::size_t i = 0; i < 5; ++i) {
        QVERIFY(writer->push(blockOf(sent, i * kBlock, kBlock)) == Status::ok);
    }
    QVERIFY(writer->push(blockOf(sent, 5 * kBlock, kBlock)) == Status::again);
    QCOMPARE(writer->waitHintUs(), 10'000);
    for (std::size_t i = 5; i < 8; ++i) {
        QVERIFY(device.step().has_value());
        QVERIFY(writer->push(blockOf(sent, i * kBlock, kBlock)) == Status::ok);
    }
    for (int i = 0; i < 5; ++i) {
        QVERIFY(writer->push(std::monostate{}) == Status::again);
        QCOMPARE(writer->waitHintUs(), (5 - i) * 10'000);
        QVERIFY(device.step().has_value());
    }
    QVERIFY(writer->push(std::monostate{}) == Status::ok);
    QVERIFY(writer->push(blockOf(sent, 0, kBlock)) == Status::eof);
    QVERIFY(device.step(2).has_value());
    auto heard = sent;
    heard.resize(10 * kBlock, 0.0F);
    QVERIFY(device.played() == heard);
    QCOMPARE(ends->stream().stats().missing_frames, std::int64_t(0));
    QCOMPARE(ends->stream().stats().played_frames, std::int64_t(8 * kBlock));
}

void DeviceEndsTest::countsWhatIsLateOrMissing() {
    FileDevice device(file_);
    DeviceEndsOptions options;
    options.capture_ms = 100;
    const auto ends = *DeviceEnds::open(device, kRate, options);
    const auto reader = ends->reader();
    const auto writer = ends->writer();
    auto sent = ramp(kBlock);
    QVERIFY(device.step(2).has_value());  // nobody wants to be heard yet
    QVERIFY(writer->push(blockOf(sent, 0, kBlock)) == Status::ok);
    QVERIFY(device.step(28).has_value());
    QCOMPARE(ends->stream().stats().missing_frames, std::int64_t(27 * kBlock));
    QVERIFY(writer->push(std::monostate{}) == Status::ok);
    QVERIFY(device.step().has_value());
    QCOMPARE(ends->stream().stats().missing_frames, std::int64_t(27 * kBlock));
    std::int64_t read = 0;
    Item item;
    while (reader->pull(item) == Status::ok) {
        read += std::int64_t(std::get<flow::PcmBlock>(item).samples.size());
    }
    const auto stats = ends->stream().stats();
    QCOMPARE(stats.captured_frames, std::int64_t(31 * kBlock));
    QVERIFY(stats.dropped_frames > 0);
    QVERIFY(read >= 1600);
    QVERIFY(read + stats.dropped_frames > stats.captured_frames - std::int64_t(kBlock));
    QVERIFY(read + stats.dropped_frames <= stats.captured_frames);
}

void DeviceEndsTest::endsWithTheDevice() {
    const auto stream = std::make_shared<DeviceStream>(kRate, DeviceEndsOptions{});
    DeviceReader reader(stream);
    DeviceWriter writer(stream);
    auto sent = ramp(kBlock);
    std::vector<float> out(kBlock);
    stream->exchange(sent, out, 1);
    QVERIFY(writer.push(blockOf(sent, 0, kBlock)) == Status::ok);
    stream->end("the device was unplugged");
    Item item;
    QVERIFY(reader.pull(item) == Status::ok);
    QVERIFY(reader.pull(item) == Status::error);
    QCOMPARE(reader.error(), std::string_view("the device was unplugged"));
    QVERIFY(writer.push(blockOf(sent, 0, kBlock)) == Status::error);
    QCOMPARE(writer.error(), std::string_view("the device was unplugged"));
    QVERIFY(writer.push(std::monostate{}) == Status::ok);  // nobody plays the rest
}

void DeviceEndsTest::refusesWhatDoesNotFit() {
    FileDevice device(file_);
    DeviceEndsOptions options;
    options.block_ms = 0;
    QVERIFY(!DeviceEnds::open(device, kRate, options).has_value());
    QVERIFY(!DeviceEnds::open(device, SampleRate{12345}).has_value());
    const auto ends = *DeviceEnds::open(device, kRate);
    QVERIFY(!DeviceEnds::open(device, kRate).has_value());  // it runs
    const auto writer = ends->writer();
    auto sent = ramp(4000);
    QVERIFY(writer->push(blockOf(sent, 0, 3201)) == Status::error);
    QVERIFY(writer->error().find("longer") != std::string_view::npos);
    QVERIFY(writer->push(blockOf(sent, 0, 3200)) == Status::ok);
    auto other = blockOf(sent, 0, kBlock);
    other.rate = SampleRate{8000};
    QVERIFY(writer->push(other) == Status::error);
    QVERIFY(writer->error().find("rate") != std::string_view::npos);
    QVERIFY(writer->push(PacketView{}) == Status::error);
}

void DeviceEndsTest::callbackIsRealTimeSafe() {
    const auto stream = std::make_shared<DeviceStream>(kRate, DeviceEndsOptions{});
    DeviceReader reader(stream);
    DeviceWriter writer(stream);
    auto sent = ramp(kBlock);
    std::vector<float> out(kBlock);
    Item item;
    int moved = 0;
    const test::RtGuard guard;
    for (int i = 0; i < 200; ++i) {
        if (i % 3 != 0) moved += writer.push(blockOf(sent, 0, kBlock)) == Status::ok ? 1 : 0;
        stream->exchange(sent, out, i);
        if (i > 100) moved += reader.pull(item) == Status::ok ? 1 : 0;
    }
    const auto allocations = guard.allocations() + guard.frees();
    const auto locks = guard.locks();
    QVERIFY(moved > 200);
    QCOMPARE(allocations, std::int64_t(0));
    QCOMPARE(locks, std::int64_t(0));
}

void DeviceEndsTest::lanesAtThePaceOfADevice() {
    FileDevice device(file_, Pace::real_time);
    const auto ends = *DeviceEnds::open(device, kRate);
    flow::AsyncRunner runner;
    const auto heard = std::make_shared<flow::VectorWriter>();
    flow::Lane from_device;
    from_device.name = "microphone to memory";
    from_device.reader = ends->reader();
    from_device.writer = heard;
    flow::Lane to_device;
    to_device.name = "memory to loudspeaker";
    to_device.reader = std::make_shared<flow::VectorReader>(ramp(4800), kRate, 100);
    to_device.writer = ends->writer();
    const auto start = std::chrono::steady_clock::now();
    const auto in = *runner.start(std::move(from_device));
    const auto out = *runner.start(std::move(to_device));
    QVERIFY(runner.wait(out).has_value());  // until the last frame was handed over
    QVERIFY(std::chrono::steady_clock::now() - start >= 290ms);
    QTRY_VERIFY_WITH_TIMEOUT(device.finished(), 5000);
    ends->stop();
    const auto result = runner.wait(in);
    QVERIFY(result.has_value());
    QVERIFY(!result->cancelled);
    QVERIFY(heard->samples().size() >= kFileFrames);
    QVERIFY(std::equal(spoken_.begin(), spoken_.end(), heard->samples().begin()));
    // The loudspeaker got all of it in order; a busy machine may put silence between.
    std::vector<float> played;
    for (const float x : device.played()) {
        if (x != 0.0F) played.push_back(x);
    }
    QVERIFY(played == ramp(4800));
    QCOMPARE(ends->stream().stats().dropped_frames, std::int64_t(0));
}

}  // namespace doubletalk::device

QTEST_GUILESS_MAIN(doubletalk::device::DeviceEndsTest)
#include "device_ends_test.moc"
