// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/tts_player.h"

#include <QtTest>
#include <cmath>

#include "duplex_support.h"
#include "engine/dsp/resampler.h"
#include "stream_support.h"

using namespace doubletalk;
using namespace doubletalk::duplex;
using namespace doubletalk::test;
using device::Pace;

namespace {

constexpr int kRateHz = 16000;
constexpr int kVoiceHz = 22050;

std::vector<float> tone(int frames, int rate_hz, double hz) {
    std::vector<float> samples(std::size_t(frames), 0.0F);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        samples[i] = float(0.5 * std::sin(2.0 * 3.14159265358979 * hz * double(i) / rate_hz));
    }
    return samples;
}

}  // namespace

class TtsPlayerTest : public QObject {
    Q_OBJECT
private slots:
    void chunksOfAnySizeBecomeOneUtterance() {
        auto rig = makeRig(transparentSettings(), Pace::real_time);
        DT_VERIFY_OK(rig);
        DT_VERIFY_OK(rig->stream->start());
        auto player = TtsPlayer::create(*rig->stream, kVoiceHz);
        DT_VERIFY_OK(player);
        auto& tts = **player;
        QVERIFY(!tts.push(tone(10, kVoiceHz, 440.0)));  // nothing begun
        const auto speech = tone(kVoiceHz * 6 / 10, kVoiceHz, 440.0);
        auto done = tts.begin();
        const auto before = std::chrono::steady_clock::now();
        for (std::size_t at = 0, n = 1; at < speech.size(); at += n, n = (n * 7 + 13) % 901) {
            n = std::min(n, speech.size() - at);
            QVERIFY(tts.push(std::span(speech).subspan(at, n)));
        }
        tts.finish();
        tts.finish();
        // 600 ms of speech into a buffer of 500: push() did not wait for it to be played.
        QVERIFY(std::chrono::steady_clock::now() - before < std::chrono::seconds(5));
        QVERIFY(!tts.push(speech));
        QVERIFY(tts.bufferedMs() > 0.0);
        QVERIFY(becomesReady(done));
        const auto report = done.get();
        QCOMPARE(report.item, tts.item());
        QVERIFY(!report.interrupted);
        QVERIFY2(std::abs(report.heard_ms - 600.0) < 0.1,
                 qPrintable(QString::number(report.heard_ms, 'f', 4)));
        rig->stream->stop();
        QCOMPARE(tts.bufferedMs(), 0.0);

        // What was played is the tone at the right place: the resampler's delay is not in it.
        const auto played = rig->device->played();
        const auto wanted = tone(kRateHz / 2, kRateHz, 440.0);
        const auto first =
            std::find_if(played.begin(), played.end(), [](float x) { return std::abs(x) > 0.02F; });
        QVERIFY(played.end() - first > std::ptrdiff_t(wanted.size()));
        // An underrun on a busy machine cuts the tone with silence; only whole ones are compared.
        if (rig->count(EventKind::underrun) == 0) {
            double best = 1e9;
            for (int lag = -8; lag <= 8; ++lag) {
                double error = 0.0;
                for (std::size_t i = 200; i < 6000; ++i) {
                    const double d = wanted[i] - first[std::ptrdiff_t(i) + lag];
                    error += d * d;
                }
                best = std::min(best, error / 5800.0);
            }
            QVERIFY2(best < 1e-3, qPrintable(QString::number(best)));
        }
    }

    void pushNeverWaits() {
        auto rig = makeRig(transparentSettings(), Pace::stepped);  // nothing is played
        DT_VERIFY_OK(rig);
        DT_VERIFY_OK(rig->stream->start());
        auto player = TtsPlayer::create(*rig->stream, kRateHz);
        DT_VERIFY_OK(player);
        auto done = (*player)->begin();
        const std::vector<float> second(kRateHz, 0.25F);
        for (int i = 0; i < 10; ++i) QVERIFY((*player)->push(second));
        (*player)->finish();
        QVERIFY2(std::abs((*player)->bufferedMs() - 10'000.0) < 30.0,
                 qPrintable(QString::number((*player)->bufferedMs())));
        bool stepped = true;
        while (stepped && done.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
            stepped = rig->step(1);
            // The feeder is a thread of its own: the device must not run away from it.
            stepped &= eventually([&] {
                return rig->stream->bufferedMs() > 300.0 || (*player)->bufferedMs() < 310.0;
            });
        }
        QVERIFY(stepped);
        QVERIFY(std::abs(done.get().heard_ms - 10'000.0) < 1e-6);
        QCOMPARE(framesNear(rig->device->played(), 0.25F), 10 * kRateHz);
    }

    void utterancesPlayOneAfterTheOther() {
        auto rig = makeRig(transparentSettings(), Pace::real_time);
        DT_VERIFY_OK(rig);
        DT_VERIFY_OK(rig->stream->start());
        auto player = TtsPlayer::create(*rig->stream, kRateHz);
        DT_VERIFY_OK(player);
        std::vector<std::future<HeardReport>> done;
        for (const float value : {0.25F, 0.5F, 0.125F}) {
            done.push_back((*player)->begin());
            QVERIFY((*player)->push(std::vector<float>(kRateHz / 4, value)));
            if (value != 0.5F) (*player)->finish();  // the next begin() finishes that one
        }
        for (auto& future : done) {
            QVERIFY(becomesReady(future));
            const auto report = future.get();
            QVERIFY(!report.interrupted);
            QVERIFY2(std::abs(report.heard_ms - 250.0) < 1e-6,
                     qPrintable(QString::number(report.heard_ms)));
        }
        rig->stream->stop();
        for (const float value : {0.25F, 0.5F, 0.125F}) {
            const auto near = framesNear(rig->device->played(), value);
            QVERIFY2(std::abs(near - kRateHz / 4) <= 40, qPrintable(QString::number(near)));
        }
    }

    void anInterruptionDropsTheRest() {
        auto rig = makeRig(transparentSettings(), Pace::real_time);
        DT_VERIFY_OK(rig);
        DT_VERIFY_OK(rig->stream->start());
        auto player = TtsPlayer::create(*rig->stream, kRateHz);
        DT_VERIFY_OK(player);
        auto& tts = **player;
        for (int round = 0; round < 5; ++round) {
            auto done = tts.begin();
            QVERIFY(tts.push(std::vector<float>(kRateHz * 3, 0.5F)));
            auto waiting = tts.begin();  // never comes to sound
            QVERIFY(tts.push(std::vector<float>(kRateHz, 0.125F)));
            tts.finish();
            std::this_thread::sleep_for(std::chrono::milliseconds(round * 11));
            auto silent = tts.interrupt();
            QVERIFY(!tts.push(std::vector<float>(100, 0.5F)));
            // A second utterance at once.
            auto second = tts.begin();
            QVERIFY(tts.push(std::vector<float>(kRateHz / 8, 0.25F)));
            tts.finish();
            for (auto* future : {&silent, &done, &waiting, &second}) {
                QVERIFY(becomesReady(*future));
            }
            const auto first = done.get();
            QVERIFY(first.interrupted && first.heard_ms < 3000.0);
            QVERIFY(waiting.get().interrupted);
            const auto report = second.get();
            QVERIFY(!report.interrupted);
            QVERIFY(std::abs(report.heard_ms - 125.0) < 1e-6);
        }
        rig->stream->stop();
        const auto played = rig->device->played();
        const auto second = framesNear(played, 0.25F);
        QVERIFY2(std::abs(second - 5 * kRateHz / 8) <= 5 * 40, qPrintable(QString::number(second)));
        QVERIFY(framesNear(played, 0.125F) <= 5 * 40);
    }

    void endsInAnyOrder() {
        auto rig = makeRig(transparentSettings(), Pace::stepped);
        DT_VERIFY_OK(rig);
        DT_VERIFY_OK(rig->stream->start());
        std::future<HeardReport> cut;
        {
            auto player = TtsPlayer::create(*rig->stream, kVoiceHz);
            DT_VERIFY_OK(player);
            cut = (*player)->begin();
            QVERIFY((*player)->push(tone(kVoiceHz * 5, kVoiceHz, 300.0)));
        }
        QVERIFY(rig->step(5));
        QVERIFY(becomesReady(cut));
        QVERIFY(cut.get().interrupted);

        auto player = TtsPlayer::create(*rig->stream, kVoiceHz);
        DT_VERIFY_OK(player);
        auto stopped = (*player)->begin();
        QVERIFY((*player)->push(tone(kVoiceHz, kVoiceHz, 300.0)));
        rig->stream->stop();
        QVERIFY(becomesReady(stopped));
        QVERIFY(stopped.get().stopped);
        QVERIFY(!(*player)->push(tone(10, kVoiceHz, 300.0)));
        // And on with the next run of the stream.
        DT_VERIFY_OK(rig->stream->start());
        auto again = (*player)->begin();
        QVERIFY((*player)->push(tone(kVoiceHz / 10, kVoiceHz, 300.0)));
        (*player)->finish();
        bool stepped = true;
        while (stepped && again.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
            stepped = rig->step(1);
        }
        QVERIFY(stepped);
        QVERIFY(std::abs(again.get().heard_ms - 100.0) < 0.1);
        QVERIFY(!TtsPlayer::create(*rig->stream, 0));
    }
};

QTEST_APPLESS_MAIN(TtsPlayerTest)
#include "tts_player_test.moc"
