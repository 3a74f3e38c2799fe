// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest/QTest>
#include <QtTest>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <thread>
#include <vector>

#include "engine/core/thread_role.h"
#include "engine/device/audio_file.h"
#include "engine/device/file_device.h"
#include "engine/device/null_device.h"

namespace doubletalk::device {
namespace {

constexpr SampleRate kRate{16000};

/// Plays back what it hears one block later, and keeps notes.
class Echo final : public DeviceCallback {
public:
    void exchange(std::span<const float> in, std::span<float> out,
                  std::int64_t time_ns) noexcept override {
        std::copy(before_.begin(), before_.begin() + std::ptrdiff_t(out.size()), out.begin());
        std::copy(in.begin(), in.end(), before_.begin());
        same_size = same_size && in.size() == out.size();
        on_rt = on_rt && threadRole() == ThreadRole::rt;
        forward = forward && time_ns > time;
        time = time_ns;
        ++calls;
    }
    std::atomic<int> calls = 0;
    std::int64_t time = -1;
    bool same_size = true;
    bool on_rt = true;
    bool forward = true;

private:
    std::array<float, std::size_t(kMaxBlockFrames)> before_{};
};

class Folder {
public:
    Folder() : path(std::filesystem::temp_directory_path() / "doubletalk_audio_device_test") {
        std::filesystem::create_directories(path);
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    std::filesystem::path path;
};

}  // namespace

class AudioDeviceTest : public QObject {
    Q_OBJECT
private slots:
    void refusesTheWrongOrder();
    void stepsOnDemand();
    void filePlaysAsMicrophone();
    void fileRepeats();
    void missingFileSaysSo();
    void pumpKeepsPace();
};

void AudioDeviceTest::refusesTheWrongOrder() {
    NullDevice device(Pace::stepped);
    Echo echo;
    QVERIFY(!device.start(echo).has_value());
    QVERIFY(!device.lastError().empty());
    QVERIFY(!device.step().has_value());
    QVERIFY(!device.open(SampleRate{44100}).has_value());
    QVERIFY(device.open(kRate).has_value());
    QVERIFY(device.lastError().empty());
    QVERIFY(device.start(echo).has_value());
    QVERIFY(!device.start(echo).has_value());
    QVERIFY(!device.open(kRate).has_value());
    device.stop();
    device.stop();
    QVERIFY(!device.step().has_value());
    QCOMPARE(echo.calls.load(), 0);
}

void AudioDeviceTest::stepsOnDemand() {
    NullDevice device(Pace::stepped);
    Echo echo;
    QVERIFY(device.open(SampleRate{48000}).has_value());
    QVERIFY(device.start(echo).has_value());
    QVERIFY(device.step(100).has_value());
    QCOMPARE(echo.calls.load(), 100);
    QCOMPARE(echo.time, 100 * kBlockNs);
    QVERIFY(echo.on_rt && echo.same_size && echo.forward);
    QCOMPARE(device.blocks(), std::int64_t(100));
    const auto info = device.info();
    QCOMPARE(info.block_frames, 480);
    QCOMPARE(info.rate.hz, 48000);
    QVERIFY(!info.real_time);
}

void AudioDeviceTest::filePlaysAsMicrophone() {
    const Folder folder;
    AudioData audio{16000, 1, std::vector<float>(1000)};
    for (std::size_t i = 0; i < 1000; ++i) audio.samples[i] = float(i) / 1024.0F;
    const auto file = folder.path / "microphone.wav";
    QVERIFY(writeAudio(file, audio, true).has_value());
    FileDevice device(file);
    Echo echo;
    QVERIFY(device.open(kRate).has_value());
    QCOMPARE(device.microphoneFrames(), std::int64_t(1000));
    QVERIFY(device.start(echo).has_value());
    QVERIFY(device.step(6).has_value());
    QVERIFY(!device.finished());
    QVERIFY(device.step(2).has_value());
    QVERIFY(device.finished());
    device.stop();
    QCOMPARE(device.played().size(), std::size_t(8 * 160));
    for (std::size_t i = 0; i < device.played().size(); ++i) {
        const bool inside = i >= 160 && i < 1160;
        QCOMPARE(device.played()[i], inside ? audio.samples[i - 160] : 0.0F);
    }
    const auto saved = folder.path / "played.wav";
    QVERIFY(device.savePlayed(saved).has_value());
    const auto back = readMono(saved, 16000);
    QVERIFY(back.has_value());
    QVERIFY(*back == device.played());
}

void AudioDeviceTest::fileRepeats() {
    const Folder folder;
    const auto file = folder.path / "short.wav";
    QVERIFY(writeAudio(file, {16000, 1, std::vector<float>(100, 0.5F)}, true).has_value());
    FileDevice device(file, Pace::stepped, FileEnd::repeat);
    Echo echo;
    QVERIFY(device.open(kRate).has_value());
    QVERIFY(device.start(echo).has_value());
    QVERIFY(device.step(5).has_value());
    for (std::size_t i = 160; i < 800; ++i) QCOMPARE(device.played()[i], 0.5F);
    // Opened again it starts over.
    device.stop();
    QVERIFY(device.open(kRate).has_value());
    QVERIFY(device.played().empty() && !device.finished());
}

void AudioDeviceTest::missingFileSaysSo() {
    FileDevice device("no/such/file.wav");
    const auto result = device.open(kRate);
    QVERIFY(!result.has_value());
    QVERIFY(result.error().kind == ErrorKind::not_found);
    QVERIFY(QString::fromStdString(device.lastError()).contains("file.wav"));
    Echo echo;
    QVERIFY(!device.start(echo).has_value());
}

void AudioDeviceTest::pumpKeepsPace() {
    NullDevice device;
    Echo echo;
    QVERIFY(device.open(kRate).has_value());
    QVERIFY(device.info().real_time);
    const auto before = std::chrono::steady_clock::now();
    QVERIFY(device.start(echo).has_value());
    QVERIFY(!device.step().has_value());
    while (echo.calls.load() < 30 &&
           std::chrono::steady_clock::now() - before < std::chrono::seconds(20)) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    const auto took = std::chrono::steady_clock::now() - before;
    device.stop();
    const int calls = echo.calls.load();
    QVERIFY(calls >= 30);
    QVERIFY(took >= std::chrono::milliseconds(295));  // never faster than real time
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    QCOMPARE(echo.calls.load(), calls);  // nothing after stop()
    QVERIFY(echo.on_rt && echo.forward);
}

}  // namespace doubletalk::device

QTEST_APPLESS_MAIN(doubletalk::device::AudioDeviceTest)
#include "audio_device_test.moc"
