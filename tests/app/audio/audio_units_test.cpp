// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What needs no sound server.
#include <QtTest>
#include <array>
#include <atomic>
#include <cmath>
#include <deque>
#include <thread>
#include <vector>

#include "app/audio/device_watch.h"
#include "app/audio/latency_probe.h"
#include "app/audio/position_fit.h"
#include "app/audio/qt_audio_device.h"
#include "app/audio/sample_format.h"
#include "app/audio/tick_gaps.h"
#include "engine/core/random.h"
#include "engine/duplex/device_link.h"
#include "tests/support/rt_guard.h"

using namespace doubletalk;
using namespace doubletalk::audio;

namespace {

QAudioFormat formatOf(QAudioFormat::SampleFormat type, int channels) {
    QAudioFormat format;
    format.setSampleRate(48000);
    format.setChannelCount(channels);
    format.setSampleFormat(type);
    return format;
}

/// What it plays comes back after so many frames, in exchanges of both sides that differ in length.
class LoopDevice final : public device::AudioDevice {
public:
    LoopDevice(int delay_frames, float gain) : delay_frames_(delay_frames), gain_(gain) {}
    ~LoopDevice() override { stop(); }
    Result<void> open(SampleRate) override { return {}; }
    Result<void> start(device::DeviceCallback& callback) override {
        running_ = true;
        thread_ = std::thread([this, &callback] { run(callback); });
        return {};
    }
    void stop() override {
        running_ = false;
        if (thread_.joinable()) thread_.join();
    }
    device::DeviceInfo info() const override {
        return {.name = "loop", .rate = SampleRate{16000}, .real_time = true};
    }
    std::string lastError() const override { return {}; }

private:
    void run(device::DeviceCallback& callback) {
        std::deque<float> air(std::size_t(delay_frames_), 0.0F);
        std::array<float, 80> in{}, out{};
        auto due = std::chrono::steady_clock::now();
        while (running_) {
            callback.exchange({}, out, 0);
            for (const float x : out) air.push_back(gain_ * x);
            for (auto& x : in) {
                x = air.front();
                air.pop_front();
            }
            callback.exchange(in, {}, 0);
            due += std::chrono::milliseconds(5);
            std::this_thread::sleep_until(due);
        }
    }
    int delay_frames_;
    float gain_;
    std::atomic<bool> running_{false};
    std::thread thread_;
};

}  // namespace

class AudioUnitsTest : public QObject {
    Q_OBJECT
private slots:
    void samplesSurviveEveryFormat_data() {
        QTest::addColumn<int>("type");
        QTest::addColumn<int>("channels");
        QTest::addColumn<double>("error");
        for (const int channels : {1, 2}) {
            QTest::addRow("int16, %d", channels) << int(QAudioFormat::Int16) << channels << 1.6e-5;
            QTest::addRow("int32, %d", channels) << int(QAudioFormat::Int32) << channels << 1e-7;
            QTest::addRow("float, %d", channels) << int(QAudioFormat::Float) << channels << 0.0;
        }
    }
    void samplesSurviveEveryFormat() {
        QFETCH(int, type);
        QFETCH(int, channels);
        QFETCH(double, error);
        const auto format = formatOf(QAudioFormat::SampleFormat(type), channels);
        std::array<float, 6> in{0.0F, 0.5F, -0.25F, -1.0F, 0.123456F, 2.0F}, out{};
        std::vector<char> bytes(std::size_t(format.bytesForFrames(int(in.size()))));
        {
            const test::RtGuard guard;
            fromMono(in, format, bytes);
            toMono(bytes, format, out);
            QCOMPARE(guard.allocations(), 0);
            QCOMPARE(guard.locks(), 0);
        }
        for (std::size_t i = 0; i + 1 < in.size(); ++i) {
            QVERIFY(std::abs(double(out[i]) - in[i]) <= error);
        }
        QVERIFY(std::abs(out.back() - 1.0F) < 1e-4F);  // clipped, not wrapped
    }
    void stereoBecomesItsMean() {
        const auto format = formatOf(QAudioFormat::Float, 2);
        const std::array<float, 4> stereo{0.5F, 0.1F, -1.0F, 1.0F};
        std::array<float, 2> mono{};
        toMono({reinterpret_cast<const char*>(stereo.data()), sizeof(stereo)}, format, mono);
        QCOMPARE(mono[0], 0.3F);
        QCOMPARE(mono[1], 0.0F);
    }
    void formatsStayWithinWhatIsConverted() {
        auto preferred = formatOf(QAudioFormat::UInt8, 6);
        preferred.setSampleRate(192000);
        const auto asked = streamFormat(preferred, 0, 0);
        QCOMPARE(asked.sampleRate(), 48000);
        QCOMPARE(asked.channelCount(), 2);
        QCOMPARE(asked.sampleFormat(), QAudioFormat::Int16);
        QCOMPARE(streamFormat(preferred, 4000, 1).sampleRate(), 8000);
        QCOMPARE(streamFormat(preferred, 22050, 1).sampleRate(), 22050);
    }
    void tickGapsKnowTheirTail() {
        TickGaps gaps;
        std::int64_t now = 1;
        gaps.tick(now);
        for (int k = 0; k < 1000; ++k) gaps.tick(now += k % 50 == 0 ? 12'050'000 : 2'050'000);
        QCOMPARE(gaps.ticks(), 1000);
        QVERIFY(std::abs(gaps.p99Ms() - 12.1) < 1e-6);  // 2 % are late
        gaps.reset();
        gaps.tick(now);
        for (int k = 0; k < 1000; ++k) gaps.tick(now += k % 200 == 0 ? 12'050'000 : 2'050'000);
        QVERIFY(std::abs(gaps.p99Ms() - 2.1) < 1e-6);  // half a percent
        QVERIFY(std::abs(gaps.maxMs() - 12.05) < 1e-6);
    }
    void positionFitSmoothsASteppedClock() {
        PositionFit fit;
        QVERIFY(!fit.ready());
        Random random(1);
        std::int64_t t = 1'000'000'000'000;
        const auto origin = t;
        const double rate = 48000.0 * (1.0 + 200e-6);
        for (int k = 0; k < 3000; ++k) {
            t += 2'000'000 + std::int64_t(random.uniform() * 200'000);
            const double exact = rate * double(t - origin) * 1e-9;
            fit.add(t, 240.0 * std::floor(exact / 240.0));
        }
        const double middle = rate * double(t - origin) * 1e-9 - 120.0;
        QVERIFY(std::abs(fit.at(t) - middle) < 24.0);  // half a millisecond
        QVERIFY(std::abs(fit.framesPerS() / rate - 1.0) < 1e-3);
        QVERIFY(std::abs(fit.sigmaFrames() - 240.0 / std::sqrt(12.0)) < 10.0);
    }
    void chirpFindsAKnownDelay() {
        LoopDevice device(800, 0.1F);  // 50 ms
        const auto report = measureLatency(device, {.chirps = 3});
        QVERIFY2(report, report ? "" : report.error().message().c_str());
        QCOMPARE(report->found, 3);
        QVERIFY2(std::abs(report->median_ms - 50.0) < 6.0,
                 qPrintable(QString::number(report->median_ms)));
        QVERIFY(report->confidence_ratio > 0.99);
    }
    void chirpRefusesWhenNothingComesBack() {
        LoopDevice device(800, 0.0F);
        const auto report = measureLatency(device, {.chirps = 3});
        QVERIFY(!report);
        QCOMPARE(report.error().kind, ErrorKind::not_found);
        QVERIFY(report.error().message().find("0 of 3 chirps came back") != std::string::npos);
        QVERIFY(!report.error().hint.empty());
        QVERIFY(!measureLatency(device, {.chirps = 2}));
    }
    void aLossIsToldOnceAndAReturnWhenItSounds() {
        using S = StreamState;
        DeviceWatch watch;
        DeviceStatus status;
        const auto follow = [&](std::vector<DeviceEvent> events, StreamState input) {
            status.input.state = input;
            watch.follow(events, status);
        };
        const auto event = [](StreamState state, const char* text) {
            return DeviceEvent{0, Direction::input, state, text};
        };
        using News = std::vector<std::string>;
        follow({event(S::starting, "runs")}, S::running);
        QCOMPARE(watch.takeNews(), News{"runs"});
        follow({event(S::lost, "stands still")}, S::lost);
        QCOMPARE(watch.takeNews(), News{"stands still"});
        QCOMPARE(watch.problem(), std::string("stands still"));
        // It opens again and again and gives nothing.
        for (int i = 0; i < 3; ++i) {
            follow({event(S::starting, "runs again")}, S::starting);
            QCOMPARE(watch.problem(), std::string("stands still"));
            follow({event(S::lost, "stands still")}, S::lost);
            status.input.message = "there is no such device";
            follow({}, S::lost);
            QCOMPARE(watch.problem(), std::string("stands still"));
        }
        QCOMPARE(watch.takeNews(), News{});
        follow({event(S::starting, "runs again")}, S::starting);
        follow({}, S::running);
        QCOMPARE(watch.problem(), std::string());
        QCOMPARE(watch.takeNews(), News{"runs again"});
    }

    void wrongUseIsRefused() {
        QtAudioDevice nothing({.input = {.device = "none"}, .output = {.device = "none"}});
        const auto opened = nothing.open(SampleRate{16000});
        QVERIFY(!opened);
        QCOMPARE(opened.error().kind, ErrorKind::usage);
        QVERIFY(!nothing.lastError().empty());
        QtAudioDevice device({});
        QVERIFY(!device.open(SampleRate{44100}));
        device.stop();  // at any time
    }
    /// A loudspeaker whose microphone stands still: made-up blocks take its exchanges along.
    void linkCarriesTwoClocks() {
        const SampleRate rate{16000};
        duplex::DeviceLink link;
        duplex::LoudspeakerFeed feed;
        link.prepare(rate);
        feed.prepare(rate, 2000);
        std::array<float, 160> block{}, out{};
        link.exchange(std::span(block).first(100), std::span(out).first(80), 1, feed);
        link.exchange({}, std::span(out).first(80), 2, feed);
        link.exchange(std::span(block).first(90), {}, 3, feed);
        link.take(block);
        QCOMPARE(link.exchanges().size(), 3u);
        QCOMPARE(link.playback().size(), 160u);
        for (int k = 0; k < 2000; ++k) {  // 10 s without a captured frame, ring of 512 exchanges
            link.exchange({}, std::span(out).first(80), 4 + k, feed);
            if (k % 2 == 1) {
                link.makeUp(block, 4 + k);
                QCOMPARE(link.playback().size(), 160u);
                QVERIFY(link.exchanges().back().lost);
            }
        }
        QCOMPARE(link.missedFrames(), 0);
        link.exchange(std::span(block).first(130), {}, 5000, feed);
        QCOMPARE(link.capturedFrames(), 160);
        link.take(block);
        QCOMPARE(link.exchanges().size(), 1u);
    }
};

QTEST_GUILESS_MAIN(AudioUnitsTest)
#include "audio_units_test.moc"
