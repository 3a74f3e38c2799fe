// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/packet.h"

#include <QtTest>

#include "engine/core/name.h"
#include "engine/core/result.h"

namespace doubletalk {

class PacketTest : public QObject {
    Q_OBJECT
private slots:
    void sequenceNumbersWrap();
    void formatsKnowTheirSizes();
    void ratesRoundToFrames();
    void namesAreCutNotBroken();
    void errorsReadAsOneLine();
};

void PacketTest::sequenceNumbersWrap() {
    QCOMPARE(sequenceDelta(5, 3), 2);
    QCOMPARE(sequenceDelta(3, 5), -2);
    QCOMPARE(sequenceDelta(0, 65535), 1);
    QCOMPARE(sequenceDelta(65535, 0), -1);
    QCOMPARE(sequenceDelta(10, 65530), 16);
    QCOMPARE(sequenceDelta(32767, 0), 32767);
    QCOMPARE(sequenceDelta(32768, 0), -32768);  // exactly half way: RFC 1982 leaves it open
    for (int a = 0; a < 65536; a += 97) {
        for (const int d : {-20000, -1, 0, 1, 20000}) {
            QCOMPARE(sequenceDelta(std::uint16_t(a + d), std::uint16_t(a)), d);
        }
    }
}

void PacketTest::formatsKnowTheirSizes() {
    QCOMPARE(StreamFormat{}.frameFrames(), 320);
    QCOMPARE((StreamFormat{SampleRate{24000}, 20}.frameFrames()), 480);
    QCOMPARE((StreamFormat{SampleRate{8000}, 30}.maxPayloadBytes()), 480);
}

void PacketTest::ratesRoundToFrames() {
    const SampleRate rate{44100};
    QCOMPARE(rate.framesOf(10.0), 441);
    QCOMPARE(rate.framesOf(1.0), 44);
    QCOMPARE(rate.toMs(FrameCount{441}), 10.0);
    QVERIFY(!rate.isEngineRate());
    QVERIFY(SampleRate{48000}.isEngineRate());
    QCOMPARE((FrameIndex{10} - FrameIndex{4}).value, std::int64_t(6));
}

void PacketTest::namesAreCutNotBroken() {
    const std::string longer(100, 'x');
    QCOMPARE(Name(longer).view().size(), Name::kCapacity);
    QVERIFY(Name("webrtc") == "webrtc");
    QVERIFY(!(Name("webrtc") == "webrt"));
    QVERIFY(Name("").empty());
}

void PacketTest::errorsReadAsOneLine() {
    QCOMPARE((Error{ErrorKind::usage, "too large", "echo.tail_ms", "at most 512"}.message()),
             std::string("echo.tail_ms: too large (at most 512)"));
    QCOMPARE((Error{ErrorKind::io, "disk full", {}, {}}.message()), std::string("disk full"));
}

}  // namespace doubletalk

QTEST_APPLESS_MAIN(doubletalk::PacketTest)
#include "packet_test.moc"
