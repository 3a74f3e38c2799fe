// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/downlink.h"

#include <QtTest>
#include <cmath>
#include <numbers>

#include "duplex_support.h"
#include "engine/duplex/pcm_payload.h"

using namespace doubletalk;
using namespace doubletalk::duplex;

namespace {

constexpr int kBlock = 160;

/// Downlink and loudspeaker of a 16 kHz engine; sends items as packets without a network.
class Rig {
public:
    explicit Rig(int stream_hz) {
        settings_.stream.rate_hz = stream_hz;
        settings_.jitter.buffer = "fixed";
        settings_.jitter.target_ms = 40;
        ok = downlink.prepare(settings_).has_value();
        const SampleRate rate{settings_.engine.rate_hz};
        const int lead = rate.framesOf(settings_.engine.playout_lead_ms);
        feed.prepare(rate, lead);
        account.prepare(lead + kBlock);
    }
    /// One block; item 0: nothing is sent.
    void step(ItemId item, const std::vector<float>& samples, DirectBlock direct = {}) {
        session::ExchangeRecord exchange;
        std::vector<float> out(kBlock);
        feed.render(out, exchange);
        account.rendered(exchange);
        played.insert(played.end(), out.begin(), out.end());
        BlockInput input;
        input.block = block_;
        input.time_ns = (block_ + 1) * kBlockNs;
        input.direct = direct;
        OwnedPacket packet;
        ArrivedPacket arrived;
        const int frames = settings_.stream.rate_hz / 50;
        if (block_ % 2 == 0 && item != 0 && at_ < samples.size()) {
            packet.header.sequence = sequence_++;
            packet.header.timestamp = std::uint32_t(block_ / 2) * std::uint32_t(frames);
            packet.header.frames = std::uint16_t(frames);
            packet.header.item = item;
            packet.header.item_sample = double(at_);
            packet.header.marker = at_ == 0;
            const auto n = std::min(samples.size() - at_, std::size_t(frames));
            std::vector<float> frame(samples.begin() + std::ptrdiff_t(at_),
                                     samples.begin() + std::ptrdiff_t(at_ + n));
            frame.resize(std::size_t(frames), 0.0F);
            packet.payload = toPcm16Payload(frame);
            at_ += std::size_t(frames);
            packet.header.last = at_ >= samples.size();
            arrived = {packet.view(), input.time_ns};
            input.packets = std::span(&arrived, 1);
        }
        downlink.process(input, 1.0, feed, account);
        ++block_;
    }
    void restartItem() { at_ = 0; }

    bool ok = false;
    Downlink downlink;
    LoudspeakerFeed feed;
    PlaybackAccount account;
    std::vector<float> played;

private:
    Settings settings_;
    BlockIndex block_ = 0;
    std::size_t at_ = 0;
    std::uint16_t sequence_ = 0;
};

/// A click in the middle of silence: its place can be seen to a fraction of a sample.
std::vector<float> clickAt(std::size_t length, std::size_t at, int rate_hz) {
    std::vector<float> samples(length, 0.0F);
    // A short bell of 1 kHz, well below every band edge.
    for (int i = -40; i <= 40; ++i) {
        const double t = double(i) / rate_hz;
        samples[std::size_t(std::int64_t(at) + i)] = float(
            0.5 * std::exp(-t * t / (2.0 * 4e-7)) * std::cos(2.0 * std::numbers::pi * 1000.0 * t));
    }
    return samples;
}

/// The peak's place between samples, by a parabola through three.
double peakOf(const std::vector<float>& signal) {
    std::size_t best = 1;
    for (std::size_t i = 1; i + 1 < signal.size(); ++i) {
        if (signal[i] > signal[best]) best = i;
    }
    const double a = signal[best - 1];
    const double b = signal[best];
    const double c = signal[best + 1];
    return double(best) + 0.5 * (a - c) / (a - 2.0 * b + c);
}

}  // namespace

class DownlinkTest : public QObject {
    Q_OBJECT
private slots:
    void provenanceIsRightToASample_data() {
        QTest::addColumn<int>("stream_hz");
        for (const int hz : {8000, 16000, 24000, 48000}) QTest::addRow("%d Hz", hz) << hz;
    }
    void provenanceIsRightToASample() {
        QFETCH(int, stream_hz);
        Rig rig(stream_hz);
        QVERIFY(rig.ok);
        const auto length = std::size_t(stream_hz);  // 1 s
        const auto click = std::size_t(stream_hz / 2 + 37);
        const auto samples = clickAt(length, click, stream_hz);
        for (int block = 0; block < 130; ++block) rig.step(1, samples);
        const auto* heard = rig.account.ledger().find(1);
        QVERIFY(heard != nullptr);
        QVERIFY(heard->ended);
        // Its end is its length, within one sample.
        QVERIFY2(std::abs(heard->heard_samples - double(length)) <= 1.0,
                 qPrintable(QString::number(heard->heard_samples)));
        // The click sounds where the account puts its sample.
        const double frames_per_sample = 16000.0 / stream_hz;
        const double want = double(heard->first_playback_frame) + double(click) * frames_per_sample;
        QVERIFY2(
            std::abs(peakOf(rig.played) - want) <= 1.0,
            qPrintable(QString("sounds at %1, accounted %2").arg(peakOf(rig.played)).arg(want)));
        QCOMPARE(heard->concealed_frames, std::int64_t(0));
    }

    void directAudioSounds() {
        Rig rig(16000);
        const auto samples = clickAt(16000, 8000, 16000);
        for (std::size_t at = 0; at < 24000; at += kBlock) {
            if (at < samples.size()) {
                const ProvenanceSpan span{.item = 1,
                                          .frames = kBlock,
                                          .item_sample = double(at),
                                          .last = at + kBlock >= samples.size()};
                rig.step(0, {}, {std::span(samples).subspan(at, kBlock), std::span(&span, 1)});
            } else {
                rig.step(0, {});
            }
        }
        const auto* heard = rig.account.ledger().find(1);
        QVERIFY(heard != nullptr && heard->ended);
        QCOMPARE(heard->heard_samples, 16000.0);
        QVERIFY(std::abs(peakOf(rig.played) - double(heard->first_playback_frame + 8000)) <= 1.0);
    }

    void interruptDropsTheItemForEver() {
        Rig rig(16000);
        const std::vector<float> samples(16000, 0.25F);
        for (int block = 0; block < 40; ++block) rig.step(1, samples);
        const double before = rig.account.ledger().find(1)->heard_samples;
        QVERIFY(before > 0.0);
        rig.feed.interrupt(0);
        rig.downlink.interrupt();
        const auto dropped = rig.downlink.playout().state().jitter.discarded;
        rig.played.clear();
        for (int block = 0; block < 60; ++block) rig.step(1, samples);  // the sender goes on
        for (const float x : rig.played) QCOMPARE(x, 0.0F);
        QCOMPARE(rig.account.ledger().find(1)->heard_samples, before);
        QVERIFY(rig.downlink.playout().state().jitter.discarded - dropped >= 25);
        QCOMPARE(rig.downlink.playout().state().jitter.lost, 0);
        // Another item is played.
        rig.restartItem();
        for (int block = 0; block < 130; ++block) rig.step(2, samples);
        QVERIFY(rig.account.ledger().find(2) != nullptr);
        QVERIFY(rig.account.ledger().find(2)->ended);
        QCOMPARE(rig.account.ledger().find(1)->heard_samples, before);
    }

    /// What arrives of an item is not wanted any more, what came before still plays; then it is
    /// interrupted.
    void interruptDropsWhatWasDiscardedBefore() {
        Rig rig(16000);
        const std::vector<float> samples(16000, 0.25F);
        for (int block = 0; block < 40; ++block) rig.step(1, samples);
        rig.downlink.discardUpTo(1);
        rig.feed.interrupt(0);
        rig.downlink.interrupt();
        rig.played.clear();
        for (int block = 0; block < 60; ++block) rig.step(1, samples);
        for (const float x : rig.played) QCOMPARE(x, 0.0F);
    }

    void discardUpToKeepsLaterItems() {
        Rig rig(16000);
        rig.downlink.discardUpTo(3);
        const std::vector<float> samples(3200, 0.25F);
        for (int block = 0; block < 30; ++block) rig.step(3, samples);
        QVERIFY(rig.account.ledger().find(3) == nullptr);
        QVERIFY(rig.downlink.playout().state().jitter.discarded > 0);
        rig.restartItem();
        for (int block = 0; block < 60; ++block) rig.step(4, samples);
        QVERIFY(rig.account.ledger().find(4) != nullptr);
        QVERIFY(rig.account.ledger().find(4)->ended);
    }
};

QTEST_APPLESS_MAIN(DownlinkTest)
#include "downlink_test.moc"
