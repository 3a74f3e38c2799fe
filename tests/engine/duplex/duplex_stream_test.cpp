// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>

#include "duplex_support.h"
#include "engine/device/audio_file.h"
#include "engine/device/file_device.h"
#include "engine/duplex/room_device.h"
#include "stream_support.h"

using namespace doubletalk;
using namespace doubletalk::duplex;
using namespace doubletalk::test;
using device::Pace;

namespace {

constexpr int kRateHz = 16000;
constexpr int kBlock = 160;

}  // namespace

class DuplexStreamTest : public QObject {
    Q_OBJECT
private slots:
    void startsStopsAndStartsAgain() {
        auto rig = makeRig(transparentSettings(), Pace::real_time);
        DT_VERIFY_OK(rig);
        auto& stream = *rig->stream;
        QVERIFY(!stream.write(level(10, 0.1F)));
        QVERIFY(stream.interrupt().get().stopped);
        stream.stop();
        for (int i = 0; i < 3; ++i) {
            DT_VERIFY_OK(stream.start());
            QVERIFY(!stream.start());
            QVERIFY(stream.running());
            const auto item = stream.beginItem();
            auto done = stream.whenDone(item);
            const auto wrote = stream.write(level(50, 0.1F), -1, true);
            DT_VERIFY_OK(wrote);
            QCOMPARE(*wrote, kRateHz / 20);
            QVERIFY(becomesReady(done));
            const auto report = done.get();
            QCOMPARE(report.item, item);
            QVERIFY(!report.interrupted && !report.stopped);
            QVERIFY(std::abs(report.heard_ms - 50.0) < 1e-6);
            // Asked again it is answered at once.
            QVERIFY(std::abs(stream.whenDone(item).get().heard_ms - 50.0) < 1e-6);
            stream.stop();
            stream.stop();
        }
        QCOMPARE(rig->device->allocations(), 0);
        QCOMPARE(rig->device->locks(), 0);
    }

    void isDestroyedWhileEverythingWaits() {
        std::future<HeardReport> done, silent;
        {
            auto rig = makeRig(transparentSettings(), Pace::stepped);
            DT_VERIFY_OK(rig);
            DT_VERIFY_OK(rig->stream->start());
            done = rig->stream->whenDone(rig->stream->beginItem());
            QVERIFY(rig->stream->write(level(100, 0.1F), 0));
            silent = rig->stream->interrupt();
        }
        QVERIFY(done.get().stopped);
        QVERIFY(silent.get().stopped);
        auto never_started = makeRig(transparentSettings(), Pace::real_time);
        DT_VERIFY_OK(never_started);
    }

    void aDeviceThatDoesNotStartLeavesItStopped() {
        auto rig = makeRig(transparentSettings(), Pace::real_time);
        DT_VERIFY_OK(rig);
        rig->device->refuse_start = true;
        const auto started = rig->stream->start();
        QVERIFY(!started);
        QVERIFY(started.error().message().find("gone") != std::string::npos);
        QVERIFY(!rig->stream->running());
        rig->device->refuse_start = false;
        DT_VERIFY_OK(rig->stream->start());
        QVERIFY(!DuplexStream::open(transparentSettings(), nullptr));
    }

    void writeBlocksUntilThereIsRoom() {
        auto rig = makeRig(transparentSettings(), Pace::stepped);
        DT_VERIFY_OK(rig);
        auto& stream = *rig->stream;
        DT_VERIFY_OK(stream.start());
        const auto speech = noiseOf(kRateHz, 0.5F, 3);
        const auto full = stream.write(speech, 30);
        DT_VERIFY_OK(full);
        // buffer.duration_ms, rounded up to the ring's power of two.
        QVERIFY2(*full >= kRateHz / 2 && *full < kRateHz * 6 / 10,
                 qPrintable(QString::number(*full)));
        QCOMPARE(*stream.write(std::span(speech).subspan(std::size_t(*full)), 0), 0);
        QVERIFY(std::abs(stream.bufferedMs() - 1000.0 * *full / kRateHz) < 1e-6);
        QVERIFY(rig->step(1));
        QVERIFY(stream.bufferedMs() > 1000.0 * *full / kRateHz - 21.0);

        std::atomic<int> rest{-1};
        std::thread writer(
            [&] { rest = *stream.write(std::span(speech).subspan(std::size_t(*full)), -1, true); });
        QVERIFY(rig->step(30));
        QCOMPARE(rest.load(), -1);
        const auto item = ItemId(1);
        auto done = stream.whenDone(item);
        bool stepped = true;
        while (stepped && done.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
            stepped = rig->step(1);
        }
        writer.join();
        QVERIFY(stepped);
        QCOMPARE(rest.load(), kRateHz - *full);
        QVERIFY(std::abs(done.get().heard_ms - 1000.0) < 1e-6);
        // Every sample reached the loudspeaker once, in order and unchanged.
        const auto played = rig->device->played();
        const auto at = std::search(played.begin(), played.end(), speech.begin(), speech.end());
        QVERIFY(at != played.end());
        QCOMPARE(audibleFramesOf(played), audibleFramesOf(speech));
        QVERIFY(rig->step(10));
        QCOMPARE(stream.bufferedMs(), 0.0);
    }

    void anEndAloneEndsTheItem() {
        auto rig = makeRig(transparentSettings(), Pace::stepped);
        DT_VERIFY_OK(rig);
        auto& stream = *rig->stream;
        DT_VERIFY_OK(stream.start());
        const auto item = stream.beginItem();
        auto done = stream.whenDone(item);
        QVERIFY(stream.write(level(30, 0.5F), 0));
        QVERIFY(rig->step(20));
        QVERIFY(done.wait_for(std::chrono::milliseconds(50)) == std::future_status::timeout);
        QVERIFY(*stream.endItem(item));
        QVERIFY(rig->step(20));
        QVERIFY(becomesReady(done));
        QVERIFY(std::abs(done.get().heard_ms - 30.0) < 1e-6);
        QVERIFY(stream.write(level(10, 0.5F), 0, true));  // begins by itself
        QVERIFY(rig->step(10));
        QVERIFY(eventually([&] { return rig->count(EventKind::item_ended) == 2; }));
    }

    void microphoneAudioComesInChunksWhole() {
        const QTemporaryDir folder;
        const auto file = std::filesystem::path(folder.path().toStdString()) / "mic.wav";
        const auto speech = noiseOf(kRateHz * 2 + 77, 0.5F, 9);
        DT_VERIFY_OK(device::writeAudio(file, {kRateHz, 1, speech}, true));
        for (const bool callback : {false, true}) {
            for (const int chunk_ms : {20, 30, 7}) {
                auto settings = transparentSettings();
                settings.buffer.chunk_ms = chunk_ms;
                auto rig = makeRig(settings, std::make_unique<device::FileDevice>(file));
                DT_VERIFY_OK(rig);
                auto& stream = *rig->stream;
                const auto chunk_frames = std::size_t(kRateHz / 1000 * chunk_ms);
                std::vector<float> got;
                if (callback) {
                    stream.setInputCallback([&](std::span<const float> chunk) {
                        QCOMPARE(chunk.size(), chunk_frames);
                        got.insert(got.end(), chunk.begin(), chunk.end());
                    });
                }
                DT_VERIFY_OK(stream.start());
                std::vector<float> chunk(chunk_frames);
                const auto read = [&](int timeout_ms) {
                    if (callback) return false;
                    const bool ok = stream.read(chunk, timeout_ms).ok;
                    if (ok) got.insert(got.end(), chunk.begin(), chunk.end());
                    return ok;
                };
                QVERIFY(!read(1));
                for (int i = 0; i < 210; ++i) {
                    QVERIFY(rig->step(1));
                    while (read(0)) {
                    }
                }
                stream.stop();
                while (read(-1)) {
                }
                const auto captured = rig->device->captured();
                QCOMPARE(got.size(),
                         (captured.size() + chunk_frames - 1) / chunk_frames * chunk_frames);
                QVERIFY(std::equal(captured.begin(), captured.end(), got.begin()));
                QVERIFY(std::equal(speech.begin(), speech.end(), got.begin()));
                QCOMPARE(stream.engine().unreadFrames(), 0);
            }
        }
    }

    void aReaderIsLetGoByStop() {
        auto rig = makeRig(transparentSettings(), Pace::stepped);
        DT_VERIFY_OK(rig);
        DT_VERIFY_OK(rig->stream->start());
        std::thread reader([&] {
            std::vector<float> chunk(320);
            while (rig->stream->read(chunk).ok) {
            }
        });
        std::thread writer([&] { (void)rig->stream->write(level(5000, 0.1F)); });
        QVERIFY(rig->step(3));
        rig->stream->stop();
        reader.join();
        writer.join();
    }

    void settingsChangeWhileRunning() {
        auto rig = makeRig(transparentSettings(), Pace::real_time);
        DT_VERIFY_OK(rig);
        auto& stream = *rig->stream;
        DT_VERIFY_OK(stream.start());
        const std::vector<std::pair<const char*, const char*>> engines{
            {"echo.canceller", "nlms"}, {"noise.reducer", "webrtc"},
            {"jitter.buffer", "fixed"}, {"loss.concealer", "silence"},
            {"vad.detector", "energy"}, {"echo.canceller", "speexdsp"}};
        for (const auto& [name, value] : engines) {
            DT_VERIFY_OK(stream.set(name, value));
            QVERIFY2(eventually([&, want = std::string_view(value)] {
                         const auto events = rig->eventsSoFar();
                         return std::any_of(events.begin(), events.end(), [&](const Event& e) {
                             return e.kind == EventKind::engine_changed && e.text == want;
                         });
                     }),
                     name);
        }
        DT_VERIFY_OK(stream.set("barge_in.fade_ms", "20"));
        QCOMPARE(stream.settings().barge_in.fade_ms, 20);
        QVERIFY(!stream.set("barge_in.fade_ms", "2000"));
        QVERIFY(!stream.set("barge_in.fate_ms", "20"));
        QVERIFY(!stream.set("engine.rate_hz", "8000"));
        const auto refused = stream.set("jitter.min_ms", "300");
        QVERIFY(!refused);
        QVERIFY(refused.error().what.find("jitter.min_ms=300") != std::string::npos);
        QVERIFY(refused.error().what.find("jitter.max_ms=200") != std::string::npos);
        QCOMPARE(stream.settings().jitter.min_ms, 40);
        DT_VERIFY_OK(stream.set("jitter.max_ms", "400"));
        DT_VERIFY_OK(stream.set("jitter.min_ms", "300"));
        auto contradicting = stream.settings();
        contradicting.buffer.chunk_ms = contradicting.buffer.duration_ms + 1;
        QVERIFY(!DuplexStream::open(contradicting, std::make_unique<device::NullDevice>()));
        QVERIFY(eventually([&] { return rig->count(EventKind::parameter_changed) == 9; }));
        QVERIFY(stream.reset());
        QVERIFY(eventually([&] { return rig->count(EventKind::reset) == 1; }));
        stream.stop();
        QCOMPARE(QString::fromUtf8(stream.engine().loop().uplink().traits().name), "speexdsp");
        QCOMPARE(rig->device->locks() + rig->device->allocations(), 0);
    }

    void theLastOfManySwitchesWins() {
        auto rig = makeRig(transparentSettings(), Pace::real_time);
        DT_VERIFY_OK(rig);
        auto& stream = *rig->stream;
        DT_VERIFY_OK(stream.start());
        for (int round = 0; round < 10; ++round) {
            for (const char* name : {"nlms", "speexdsp", "none"}) {
                DT_VERIFY_OK(stream.set("echo.canceller", name));
                std::this_thread::sleep_for(std::chrono::milliseconds(round));
            }
        }
        DT_VERIFY_OK(stream.set("echo.canceller", "nlms"));
        QVERIFY(eventually([&] { return rig->count(EventKind::parameter_changed) == 31; }));
        QVERIFY(eventually([&] {
            const auto events = rig->eventsSoFar();
            const auto last = std::find_if(events.rbegin(), events.rend(), [](const Event& e) {
                return e.kind == EventKind::engine_changed;
            });
            return last != events.rend() && last->text == "nlms";
        }));
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        stream.stop();
        QCOMPARE(QString::fromUtf8(stream.engine().loop().uplink().traits().name), "nlms");
    }

    void aRoomNeedsOneClock() {
        room::RoomParams room;
        room.loudspeaker_ppm = 50.0;
        QVERIFY(!makeRig(Settings{},
                         std::make_unique<RoomDevice>(room, 1, std::vector<room::TalkerSignal>{})));
    }

    void everyThreadAtOnce() {
        auto rig = makeRig(transparentSettings(), Pace::real_time);
        DT_VERIFY_OK(rig);
        auto& stream = *rig->stream;
        DT_VERIFY_OK(stream.start());
        std::atomic<bool> going{true};
        std::atomic<bool> backwards{false};
        std::atomic<int> chunks{0}, written{0};
        std::vector<std::thread> threads;
        for (int i = 0; i < 2; ++i) {
            threads.emplace_back([&] {
                while (going) {
                    const auto item = stream.beginItem();
                    const auto wrote = stream.write(item, level(30, 0.1F), 200, true);
                    if (wrote) written += *wrote;
                }
            });
        }
        threads.emplace_back([&] {
            std::vector<float> chunk(320);
            while (going) chunks += stream.read(chunk, 50).ok ? 1 : 0;
        });
        threads.emplace_back([&] {
            PlaybackPosition last;
            while (going) {
                const auto now = stream.position();
                if (now.rendered_frames < last.rendered_frames ||
                    now.audible_frames < last.audible_frames ||
                    now.audible_frames > now.rendered_frames || stream.bufferedMs() < 0.0) {
                    backwards = true;
                }
                last = now;
                std::this_thread::yield();
            }
        });
        threads.emplace_back([&] {
            int i = 0;
            while (going) {
                (void)stream.set("noise.strength_ratio", i % 2 == 0 ? "0.5" : "0.6");
                (void)stream.settings();
                (void)stream.inputStats();
                if (++i % 8 == 0) (void)stream.interrupt().wait_for(std::chrono::seconds(30));
                std::this_thread::sleep_for(std::chrono::milliseconds(10));
            }
        });
        const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(1500);
        QVERIFY(eventually([&] {
            return std::chrono::steady_clock::now() > end && chunks > 10 && written > kRateHz / 10;
        }));
        going = false;
        for (auto& thread : threads) thread.join();
        stream.stop();
        QVERIFY(!backwards);
        QCOMPARE(rig->device->allocations() + rig->device->locks(), 0);
    }

    void positionFollowsTheDevice() {
        auto rig = makeRig(transparentSettings(), Pace::stepped);
        DT_VERIFY_OK(rig);
        QCOMPARE(rig->stream->position().rendered_frames, 0);
        DT_VERIFY_OK(rig->stream->start());
        for (int i = 1; i <= 20; ++i) {
            QVERIFY(rig->step(1));
            QCOMPARE(rig->stream->position().rendered_frames, i * kBlock);
        }
        room::RoomParams room;
        auto late = makeRig(transparentSettings(),
                            std::make_unique<RoomDevice>(room, 1, std::vector<room::TalkerSignal>{},
                                                         Pace::stepped));
        DT_VERIFY_OK(late);
        DT_VERIFY_OK(late->stream->start());
        QVERIFY(late->step(40));
        const auto position = late->stream->position();
        const auto lag = late->device->info().output_latency_ms;
        QVERIFY(lag >= room.bulk_delay_ms);
        QVERIFY(position.audible_frames >= 40 * kBlock - std::int64_t(lag * 16) - 1);
        QVERIFY(position.audible_frames <= 41 * kBlock - std::int64_t(lag * 16) + 1);
    }
};

QTEST_APPLESS_MAIN(DuplexStreamTest)
#include "duplex_stream_test.moc"
