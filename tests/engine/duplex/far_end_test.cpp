// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/far_end.h"

#include <QtTest>
#include <set>

#include "engine/duplex/pcm_payload.h"

using namespace doubletalk;
using namespace doubletalk::duplex;

namespace {

constexpr SampleRate kRate{16000};
constexpr StreamFormat kFormat{kRate, 20};

std::vector<float> ramp(std::size_t n) {
    std::vector<float> samples(n);
    for (std::size_t i = 0; i < n; ++i) samples[i] = float(i % 1000) / 2000.0F;
    return samples;
}

/// A network that only delays.
network::NetworkParams plain(double delay_ms = 20.0) {
    network::NetworkParams params;
    params.delay_ms = delay_ms;
    params.jitter_law = "none";
    return params;
}

struct Got {
    PacketHeader header;
    std::vector<std::byte> payload;
    std::int64_t arrival_ns = 0;
    BlockIndex block = 0;
};

std::vector<Got> run(FarEnd& far_end, BlockIndex from, BlockIndex to) {
    std::vector<Got> all;
    for (BlockIndex block = from; block < to; ++block) {
        far_end.step((block + 1) * kBlockNs);
        for (const auto& [packet, arrival_ns] : far_end.arrived()) {
            all.push_back(
                {packet.header, {packet.payload.begin(), packet.payload.end()}, arrival_ns, block});
        }
    }
    return all;
}

}  // namespace

class FarEndTest : public QObject {
    Q_OBJECT
private slots:
    void packetsCarryTheItem() {
        const auto samples = ramp(1000);  // 3 packets and a part
        FarEnd far_end(kFormat, kRate, {{.id = 1, .at_s = 0.1, .samples = samples}}, 1, plain());
        const auto got = run(far_end, 0, 40);
        QCOMPARE(got.size(), std::size_t(4));
        for (std::size_t i = 0; i < got.size(); ++i) {
            const auto& header = got[i].header;
            QCOMPARE(int(header.sequence), int(i));
            QCOMPARE(header.timestamp - got[0].header.timestamp, std::uint32_t(320 * i));
            QCOMPARE(header.item, ItemId(1));
            QCOMPARE(header.item_sample, 320.0 * double(i));
            QCOMPARE(int(header.frames), i < 3 ? 320 : 40);  // no more than the item has
            QCOMPARE(header.marker, i == 0);
            QCOMPARE(header.last, i == 3);
            QCOMPARE(header.send_ns, std::int64_t(100'000'000 + 20'000'000 * i));
            QCOMPARE(got[i].arrival_ns, header.send_ns + 20'000'000);
            // A packet is there at the first block whose end is not before its arrival.
            QVERIFY((got[i].block + 1) * kBlockNs >= got[i].arrival_ns);
            QVERIFY(got[i].block * kBlockNs < got[i].arrival_ns);
            const auto n = std::min<std::size_t>(320, samples.size() - 320 * i);
            const auto from = samples.begin() + std::ptrdiff_t(320 * i);
            const std::vector<float> frame(from, from + std::ptrdiff_t(n));
            QVERIFY(got[i].payload == toPcm16Payload(frame));
        }
        QVERIFY(far_end.idle());
    }

    /// Speech that is still being made begins when there is enough of it; nothing of it is sent all
    /// at once, with the times of when its maker began.
    void whatIsBeingMadeIsSentAtItsPace_data() {
        QTest::addColumn<int>("made_ms");
        QTest::newRow("long") << 1000;
        QTest::newRow("ends before there is enough") << 200;
    }
    void whatIsBeingMadeIsSentAtItsPace() {
        QFETCH(int, made_ms);
        constexpr std::int64_t kTicket = 7;
        FarEnd far_end(kFormat, kRate, {}, 1, plain());
        far_end.step(kBlockNs);
        far_end.add({.ticket = kTicket, .open = true});
        const auto samples = ramp(std::size_t(made_ms) * 16);
        std::vector<Got> got;
        for (BlockIndex block = 1; block < 150; ++block) {
            const auto at = std::size_t(block - 1) * 160;
            if (at < samples.size()) {
                far_end.append(kTicket, std::span(samples).subspan(at, 160),
                               at + 160 >= samples.size());
            }
            for (auto& one : run(far_end, block, block + 1)) got.push_back(std::move(one));
        }
        QCOMPARE(got.size(), samples.size() / 320);
        for (std::size_t i = 0; i < got.size(); ++i) {
            QCOMPARE(got[i].header.send_ns - got[0].header.send_ns, std::int64_t(i) * 20'000'000);
            const auto late_ns = (got[i].block + 1) * kBlockNs - got[i].arrival_ns;
            QVERIFY2(late_ns >= 0 && late_ns < kBlockNs, qPrintable(QString::number(i)));
        }
    }

    void anItemOfNothingEnds() {
        FarEnd far_end(kFormat, kRate, {{.id = 1, .at_s = 0.1, .samples = {}}}, 1, plain());
        const auto got = run(far_end, 0, 40);
        QCOMPARE(got.size(), std::size_t(1));
        QCOMPARE(int(got[0].header.frames), 1);
        QVERIFY(got[0].header.last);
    }

    void itemsFollowEachOtherOnOneGrid() {
        FarEnd far_end(
            kFormat, kRate,
            {{.id = 2, .at_s = 0.05, .samples = ramp(320)},
             {.id = 1, .at_s = 0.0, .samples = ramp(1600)}},  // 100 ms: longer than until 2
            1, plain());
        const auto got = run(far_end, 0, 60);
        QCOMPARE(got.size(), std::size_t(6));
        QCOMPARE(got[4].header.item, ItemId(1));
        QVERIFY(got[4].header.last);
        QCOMPARE(got[5].header.item, ItemId(2));
        QCOMPARE(int(got[5].header.sequence), 5);
        QCOMPARE(got[5].header.send_ns - got[4].header.send_ns, std::int64_t(20'000'000));
        QCOMPARE(got[5].header.timestamp - got[4].header.timestamp, std::uint32_t(320));
        QVERIFY(!got[5].header.marker);  // no silence between them
    }

    void aPauseGoesOnInTheTimeStamps() {
        FarEnd far_end(kFormat, kRate,
                       {{.id = 1, .at_s = 0.0, .samples = ramp(320)},
                        {.id = 2, .at_s = 0.5, .samples = ramp(320)}},
                       1, plain());
        const auto got = run(far_end, 0, 80);
        QCOMPARE(got.size(), std::size_t(2));
        QVERIFY(got[1].header.marker);
        QCOMPARE(got[1].header.timestamp - got[0].header.timestamp, std::uint32_t(8000));
    }

    void interruptStopsWhatIsSentAndWhatWaits() {
        FarEnd far_end(kFormat, kRate,
                       {{.id = 1, .at_s = 0.0, .samples = ramp(16000)},
                        {.id = 2, .at_s = 0.1, .samples = ramp(3200)},
                        {.id = 3, .at_s = 0.6, .samples = ramp(320)}},
                       1, plain(40.0));
        const auto before = run(far_end, 0, 30);
        QCOMPARE(far_end.interrupt(), ItemId(1));
        const auto after = run(far_end, 30, 100);
        // Two 20 ms packets were under way in the 40 ms network.
        QVERIFY(!after.empty());
        std::size_t of_first = 0;
        for (const auto& got : after) {
            QVERIFY(got.header.item != 2);
            of_first += got.header.item == 1 ? 1 : 0;
        }
        QCOMPARE(of_first, std::size_t(2));
        QCOMPARE(before.size() + of_first, std::size_t(16));  // sent at 0, 20, ... 300 ms
        QCOMPARE(after.back().header.item, ItemId(3));
        QVERIFY(far_end.idle());
    }

    void directItemsComeAsBlocks() {
        const auto samples = ramp(500);
        FarEnd far_end({SampleRate{8000}, 20}, kRate,
                       {{.id = 1, .at_s = 0.0, .samples = samples, .direct = true}}, 1, plain());
        std::vector<float> got;
        std::vector<ProvenanceSpan> spans;
        for (BlockIndex block = 0; block < 6; ++block) {
            far_end.step((block + 1) * kBlockNs);
            const auto direct = far_end.direct();
            got.insert(got.end(), direct.samples.begin(), direct.samples.end());
            spans.insert(spans.end(), direct.spans.begin(), direct.spans.end());
            QVERIFY(far_end.arrived().empty());
        }
        QVERIFY(got == samples);
        QCOMPARE(spans.size(), std::size_t(4));
        QVERIFY(spans.back().last);
        // Positions count in the stream's samples: half as many.
        QCOMPARE(spans.back().positionAfter(spans.back().frames), 250.0);
    }

    void lostPacketsAreTold() {
        auto params = plain();
        params.loss_percent = 30.0;
        FarEnd far_end(kFormat, kRate, {{.id = 1, .at_s = 0.0, .samples = ramp(160000)}}, 3,
                       params);
        std::set<int> seen;
        std::size_t lost = 0;
        for (BlockIndex block = 0; block < 1100; ++block) {
            far_end.step((block + 1) * kBlockNs);
            for (const auto& arrived : far_end.arrived()) {
                QVERIFY(seen.insert(arrived.packet.header.sequence).second);
            }
            for (const auto& record : far_end.lost()) {
                QVERIFY(seen.insert(record.header.sequence).second);
                ++lost;
            }
        }
        QCOMPARE(seen.size(), std::size_t(500));  // every packet once, here or there
        QVERIFY(lost > 100 && lost < 200);        // 150 +- 5 sigma
    }
};

QTEST_APPLESS_MAIN(FarEndTest)
#include "far_end_test.moc"
