// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

// clang-format off
#ifndef Q_MOC_RUN  // which stumbles over the concepts of the standard library here
#include "duplex_support.h"
#include "engine/duplex/command_record.h"
#include "engine/session/event_log.h"
#endif
// clang-format on

using namespace doubletalk;
using namespace doubletalk::duplex;

namespace {

/// Into a line of events.jsonl and back, as a session does it.
session::CommandRecord throughFile(const session::CommandRecord& record) {
    std::string line;
    session::appendLine(line, record);
    const auto log = session::parseEvents(line, "test", false);
    return log && log->commands.size() == 1 ? log->commands[0] : session::CommandRecord{};
}

/// Values worth a round trip: both ends, one inside, and the default.
std::vector<params::ParamValue> valuesOf(const SettingRef& ref) {
    std::vector<params::ParamValue> values{ref.get(Settings{})};
    const auto& row = *ref.row;
    switch (row.kind) {
        case params::ParamKind::toggle:
            values.insert(values.end(), {true, false});
            break;
        case params::ParamKind::integer:
            values.insert(values.end(), {int(row.range.min), int(row.range.max)});
            break;
        case params::ParamKind::real:
            values.insert(values.end(), {row.range.min, row.range.max,
                                         row.range.min + (row.range.max - row.range.min) / 3.0});
            break;
        case params::ParamKind::text:
            if (row.choices != nullptr) {
                for (const auto choice : row.choices()) values.emplace_back(Name(choice));
            }
            break;
    }
    return values;
}

}  // namespace

class CommandRecordTest : public QObject {
    Q_OBJECT
private slots:
    void everySettingComesBack() {
        int count = 0;
        for (const auto& ref : allSettings()) {
            for (const auto& wanted : valuesOf(ref)) {
                const auto checked = params::checkParam(*ref.row, ref.fullName(), wanted);
                DT_VERIFY_OK(checked);
                const Command command{.kind = CommandKind::set,
                                      .setting = ref,
                                      .key = Name(ref.fullName()),
                                      .value = *checked,
                                      .source = "user"};
                const auto back = toCommand(throughFile(toRecord(command, 17)));
                DT_VERIFY_OK(back);
                QVERIFY2(back->value == *checked, ref.fullName().c_str());
                QCOMPARE(back->kind, CommandKind::set);
                QCOMPARE(back->setting.row, ref.row);
                QVERIFY(back->source == "user");
                ++count;
            }
        }
        QVERIFY(count > 100);
    }

    void theOtherKindsComeBack() {
        for (const auto kind : {CommandKind::interrupt, CommandKind::reset, CommandKind::note}) {
            const Command command{.kind = kind, .key = "spike", .source = "scene"};
            const auto record = throughFile(toRecord(command, 3));
            QCOMPARE(record.block, BlockIndex(3));
            const auto back = toCommand(record);
            DT_VERIFY_OK(back);
            QCOMPARE(back->kind, kind);
            QVERIFY(back->key == "spike");
            QVERIFY(back->source == "scene");
        }
        const Command discard{.kind = CommandKind::discard, .item = 4294967295U};
        const auto back = toCommand(throughFile(toRecord(discard, 0)));
        DT_VERIFY_OK(back);
        QCOMPARE(back->item, ItemId(4294967295U));
    }

    void directSpansComeBackToTheBit() {
        const ProvenanceSpan span{.item = 12,
                                  .frames = 160,
                                  .item_sample = 1.0e6 / 3.0,
                                  .item_samples_per_frame = 0.5,
                                  .last = true};
        const auto record = throughFile(toRecord(span, 9));
        QVERIFY(isDirectSpan(record));
        const auto back = toDirectSpan(record);
        DT_VERIFY_OK(back);
        QCOMPARE(back->item, span.item);
        QCOMPARE(back->frames, span.frames);
        QVERIFY(back->item_sample == span.item_sample);
        QVERIFY(back->item_samples_per_frame == span.item_samples_per_frame);
        QVERIFY(back->last);
        QVERIFY(!isDirectSpan(toRecord(Command{.kind = CommandKind::reset}, 0)));
    }

    void brokenRecordsAreErrors() {
        QVERIFY(!toCommand({.name = "sett"}));
        QVERIFY(!toCommand({.name = "set", .key = "echo.tail", .value = "1"}));
        QVERIFY(!toCommand({.name = "set", .key = "echo.tail_ms", .value = "many"}));
        QVERIFY(!toCommand({.name = "discard", .value = "x"}));
        QVERIFY(!toDirectSpan({.name = "direct", .key = "1", .value = "160"}));
        QVERIFY(!toDirectSpan({.name = "direct", .key = "1", .value = "-3 0 1 0"}));
    }
};

QTEST_APPLESS_MAIN(CommandRecordTest)
#include "command_record_test.moc"
