// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <cmath>
#include <numbers>
#include <string>

#include "engine/room/active_level.h"
#include "engine/room/json_object.h"
#include "engine/room/room_params.h"
#include "engine/room/sha256.h"

using namespace doubletalk;

namespace {

std::string hashOf(const std::string& text) {
    return room::sha256Hex({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

}  // namespace

class SmallPartsTest : public QObject {
    Q_OBJECT

private slots:
    /// Examples of FIPS 180-2, and every length around a block's edge against each other.
    void sha256MatchesTheStandard() {
        QCOMPARE(hashOf(""), std::string("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b"
                                         "7852b855"));
        QCOMPARE(hashOf("abc"), std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410f"
                                            "f61f20015ad"));
        QCOMPARE(hashOf("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
                 std::string("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"));
        QCOMPARE(hashOf(std::string(1'000'000, 'a')),
                 std::string("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
    }

    /// Speech level counts speech only: half a signal of silence changes nothing.
    void activeLevelLeavesPausesOut() {
        std::vector<float> tone(16000 * 4);
        for (std::size_t i = 0; i < tone.size(); ++i) {
            tone[i] = 0.1F * float(std::sin(2.0 * std::numbers::pi * 300.0 * double(i) / 16000));
        }
        // 0.1 peak is -20 dB, a sine -3.01 below.
        const double level = room::activeLevelDbfs(tone, 16000);
        QVERIFY2(std::abs(level + 23.01) < 0.1, qPrintable(QString::number(level)));
        tone.resize(16000 * 12, 0.0F);
        // The hang-over of 0.2 s after 4 s costs 0.2 dB.
        const double with_pause = room::activeLevelDbfs(tone, 16000);
        QVERIFY2(std::abs(with_pause - level) < 0.35, qPrintable(QString::number(with_pause)));
        room::setActiveLevel(tone, 16000, -40.0);
        QVERIFY(std::abs(room::activeLevelDbfs(tone, 16000) + 40.0) < 0.05);
        // Loudest at its very end: one sample must not stand for the whole.
        std::vector<float> rising(8000);
        for (std::size_t i = 0; i < rising.size(); ++i) {
            rising[i] = (i % 2 == 0 ? 0.1F : -0.1F) * (0.9F + 0.1F * float(i) / 8000.0F);
        }
        const double constant = room::activeLevelDbfs(rising, 16000);
        QVERIFY2(std::abs(constant + 20.4) < 0.3, qPrintable(QString::number(constant)));
        std::vector<float> silence(1000);
        room::setActiveLevel(silence, 16000, -26.0);
        QCOMPARE(silence, std::vector<float>(1000));
        QVERIFY(std::isinf(room::activeLevelDbfs({}, 16000)));
    }

    void nearestFindsTypingMistakes() {
        const std::vector<std::string> known = {"loudspeaker_ppm", "microphone_ppm", "seed"};
        QCOMPARE(room::nearest("microfone_ppm", known), std::string("microphone_ppm"));
        QCOMPARE(room::nearest("sed", known), std::string("seed"));
        QCOMPARE(room::nearest("zzz", known), std::string());
    }

    /// Every member has a row whose default lies inside the range, and it reads back what it set.
    void roomTableCoversTheSettings() {
        room::RoomParams params;
        QCOMPARE(room::roomParamTable().size() * sizeof(double), sizeof params);
        for (const auto& row : room::roomParamTable()) {
            const std::string name(row.text.name);
            const auto checked = params::checkParam(row, name, row.get(&params));
            QVERIFY2(checked.has_value(), name.c_str());
            row.set(&params, params::ParamValue(row.range.max));
            QCOMPARE(std::get<double>(row.get(&params)), row.range.max);
            QVERIFY2(!row.text.label.empty() && !row.text.unit.empty() && !row.text.help.empty(),
                     name.c_str());
        }
    }
};

QTEST_APPLESS_MAIN(SmallPartsTest)
#include "small_parts_test.moc"
