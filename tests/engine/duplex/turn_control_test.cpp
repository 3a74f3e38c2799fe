// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/turn_control.h"

#include <QtTest>
#include <vector>

#include "duplex_support.h"

using namespace doubletalk;
using namespace doubletalk::duplex;
using namespace doubletalk::test;

class TurnControlTest : public QObject {
    Q_OBJECT
private slots:
    /// The silence of a microphone that is away is no residual of a good canceller.
    void whatNobodyHeardSaysNothingOfTheCanceller_data() {
        QTest::addColumn<bool>("heard");
        QTest::newRow("heard") << true;
        QTest::newRow("lost") << false;
    }
    void whatNobodyHeardSaysNothingOfTheCanceller() {
        QFETCH(bool, heard);
        TurnControl turn;
        DT_VERIFY_OK(turn.prepare({}));
        const std::vector<float> clean(160, 0.0F), far(160, 0.25F);
        bool wants = false;
        for (BlockIndex block = 0; block < 2000; ++block) {
            const auto reference = heard ? std::span<const float>(far) : std::span<const float>();
            wants = wants || turn.process(block, clean, reference, true).wants_headroom;
        }
        QCOMPARE(wants, heard);
    }
};

QTEST_APPLESS_MAIN(TurnControlTest)
#include "turn_control_test.moc"
