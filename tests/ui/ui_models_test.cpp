// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Models of the window, each under QAbstractItemModelTester in its strictest mode.

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QUndoStack>
#include <cmath>

#include "app/bench/bench.h"
#include "engine/duplex/settings.h"
#include "tests/ui/store_target.h"
#include "ui/models/event_model.h"
#include "ui/models/event_text.h"
#include "ui/models/health_rows.h"
#include "ui/models/history.h"
#include "ui/models/parameter_edits.h"
#include "ui/models/parameter_model.h"
#include "ui/models/preset_store.h"
#include "ui/models/queue_model.h"
#include "ui/models/session_list_model.h"
#include "ui/models/setting_text.h"

using namespace doubletalk;
using namespace doubletalk::ui;

namespace {

constexpr auto kFatal = QAbstractItemModelTester::FailureReportingMode::Fatal;

bench::QueuedSpeech queued(std::int64_t ticket, bench::QueuedSpeech::State state, double length_ms,
                           double heard_ms) {
    bench::QueuedSpeech entry;
    entry.ticket = ticket;
    entry.state = state;
    entry.title = QStringLiteral("entry %1").arg(ticket);
    entry.length_ms = length_ms;
    entry.heard_ms = heard_ms;
    return entry;
}

}  // namespace

class UiModelsTest : public QObject {
    Q_OBJECT

private slots:
    void numbersAndTimes() {
        QCOMPARE(numberText(-42.04, 1), QStringLiteral("−42.0"));
        QCOMPARE(numberText(-0.04, 1), QStringLiteral("0.0"));
        QCOMPARE(numberText(std::nan(""), 1), QStringLiteral("–"));
        QCOMPARE(timeText(75.0421), QStringLiteral("01:15.042"));
        QCOMPARE(timeText(59.9996), QStringLiteral("01:00.000"));
        QCOMPARE(timeText(3723.0, 0), QStringLiteral("1:02:03"));
    }

    void parametersComeFromTheTables() {
        StoreTarget target;
        ParameterEdits edits(target);
        ParameterModel model(edits);
        QAbstractItemModelTester tester(&model, kFatal);
        int rows = 0;
        for (int g = 0; g < model.rowCount(); ++g) rows += model.rowCount(model.index(g, 0));
        QCOMPARE(std::size_t(rows), duplex::allSettings().size());
        QCOMPARE(std::size_t(model.rowCount()), duplex::settingsModules().size());
        const auto tail = model.rowIndex("echo.tail_ms", ParameterModel::kRequested);
        QCOMPARE(model.data(tail, Qt::EditRole).toString(), QStringLiteral("256"));
        QCOMPARE(
            model.data(tail.siblingAtColumn(ParameterModel::kUnit), Qt::DisplayRole).toString(),
            QStringLiteral("ms"));
        QVERIFY(model.data(tail, Qt::ToolTipRole).toString().contains("32"));
        QCOMPARE(model.data(model.groupIndex("jitter"), ParameterModel::kKeyTextRole).toString(),
                 QStringLiteral("Adaptive"));
        model.setGroupOrder({"network", "jitter"});
        QCOMPARE(model.groupIndex("network").row(), 0);
        QCOMPARE(model.groupIndex("jitter").row(), 1);
    }

    void typedValuesAreRoundedAndShownInUse() {
        StoreTarget target;
        ParameterEdits edits(target);
        ParameterModel model(edits);
        QAbstractItemModelTester tester(&model, kFatal);
        const auto tail = model.rowIndex("echo.tail_ms", ParameterModel::kRequested);
        QVERIFY(model.setData(tail, "125 ms", Qt::EditRole));
        QCOMPARE(model.data(tail, Qt::EditRole).toString(), QStringLiteral("125"));
        QCOMPARE(
            model.data(tail.siblingAtColumn(ParameterModel::kInUse), Qt::DisplayRole).toString(),
            QStringLiteral("128"));
        QVERIFY(!model.data(tail, ParameterModel::kEqualRole).toBool());
        QVERIFY(model.data(tail, ParameterModel::kChangedRole).toBool());
        QCOMPARE(model.data(model.groupIndex("echo"), ParameterModel::kChangedRole).toInt(), 1);
        const auto trigger = model.rowIndex("barge_in.trigger_dbfs", ParameterModel::kRequested);
        QVERIFY(model.setData(trigger, QStringLiteral("−35,5"), Qt::EditRole));
        QCOMPARE(target.requested().barge_in.trigger_dbfs, -35.5);
        model.reset(tail);
        QCOMPARE(target.requested().echo.tail_ms, 256);
        QVERIFY(!model.data(tail, ParameterModel::kChangedRole).toBool());
    }

    /// A canceller with a length of its own: what it uses is told, not what was set.
    void tailInUseIsTheFiltersOwn() {
        StoreTarget target;
        ParameterEdits edits(target);
        ParameterModel model(edits);
        History history;
        QVERIFY(!history.filterMs());
        bench::EchoPath path;
        path.frames = 1024;
        history.setEchoPath(path);
        QCOMPARE(history.filterMs().value_or(0.0), 64.0);
        edits.setFilterMs(history.filterMs());
        model.refresh();
        const auto tail = model.rowIndex("echo.tail_ms", ParameterModel::kInUse);
        QCOMPARE(tail.data().toString(), QStringLiteral("64"));
        QVERIFY(!tail.data(ParameterModel::kEqualRole).toBool());
        // Another canceller tells none.
        bench::FeedBlock block;
        for (; block.block < 400; ++block.block) history.addBlock(block);
        edits.setFilterMs(history.filterMs());
        model.refresh();
        QCOMPARE(tail.data().toString(), QStringLiteral("256"));
    }

    void rejectedInputKeepsTheLastGoodValue() {
        StoreTarget target;
        ParameterEdits edits(target);
        ParameterModel model(edits);
        QAbstractItemModelTester tester(&model, kFatal);
        const auto tail = model.rowIndex("echo.tail_ms", ParameterModel::kRequested);
        for (const auto* bad : {"9999", "long", ""}) {
            QVERIFY(!model.setData(tail, bad, Qt::EditRole));
            QCOMPARE(target.requested().echo.tail_ms, 256);
            QCOMPARE(model.data(tail, Qt::EditRole).toString(), QStringLiteral("256"));
            QVERIFY(!model.data(tail, ParameterModel::kProblemRole).toString().isEmpty());
        }
        QVERIFY(model.setData(tail, "128", Qt::EditRole));
        QVERIFY(model.data(tail, ParameterModel::kProblemRole).toString().isEmpty());
        QCOMPARE(edits.undoStack().count(), 1);
    }

    void othersChangeIsTold() {
        StoreTarget target;
        ParameterEdits edits(target);
        ParameterModel model(edits);
        QSignalSpy told(&model, &QAbstractItemModel::dataChanged);
        model.refresh();
        QCOMPARE(told.count(), 0);
        target.in_use = target.requested();
        target.in_use.echo.canceller = "none";
        target.bent = true;
        target.waiting.insert("engine.rate_hz");
        model.refresh();
        QVERIFY(told.count() > 0);
        const auto row = model.rowIndex("echo.canceller", ParameterModel::kInUse);
        QCOMPARE(model.data(row, Qt::DisplayRole).toString(), QStringLiteral("None"));
        QVERIFY(!model.data(row, ParameterModel::kEqualRole).toBool());
        QCOMPARE(
            model.data(model.rowIndex("engine.rate_hz", ParameterModel::kInUse), Qt::DisplayRole)
                .toString(),
            QStringLiteral("after restart"));
    }

    void lookingForChangesIsCheap() {
        StoreTarget target;
        ParameterEdits edits(target);
        ParameterModel model(edits);
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < 20; ++i) model.refresh();
        // A few times a second on the GUI thread, which must not stop for 50 ms.
        QVERIFY2(timer.elapsed() / 20.0 < 25.0,
                 qPrintable(QString::number(timer.elapsed() / 20.0)));
        qInfo("%.2f ms a look", double(timer.nsecsElapsed()) / 20e6);
    }

    void undoMergesEditsOfOneRow() {
        StoreTarget target;
        ParameterEdits edits(target);
        edits.setClock([] { return 0; });
        QVERIFY(edits.set("echo.tail_ms", "128"));
        QVERIFY(edits.set("echo.tail_ms", "160"));
        QVERIFY(edits.set("noise.enabled", "false"));
        QVERIFY(!edits.set("noise.enabled", "maybe"));
        QCOMPARE(edits.undoStack().count(), 2);
        edits.undoStack().undo();
        QVERIFY(target.requested().noise.enabled);
        QVERIFY(!edits.isChanged("noise.enabled"));
        edits.undoStack().undo();
        QCOMPARE(target.requested().echo.tail_ms, 256);
        QCOMPARE(target.sourceOf("echo.tail_ms"), duplex::SettingSource::defaults);
        edits.undoStack().redo();
        QCOMPARE(target.requested().echo.tail_ms, 160);
    }

    void undoTakesWhatAUserSeesAsOneStep() {
        StoreTarget target;
        ParameterEdits edits(target);
        std::int64_t now_ns = 0;
        edits.setClock([&now_ns] { return now_ns; });
        auto& stack = edits.undoStack();
        // Switches and choices are steps of their own, however fast.
        QVERIFY(edits.set("echo.enabled", "false"));
        QVERIFY(edits.set("echo.enabled", "true"));
        stack.undo();
        QVERIFY(!target.requested().echo.enabled);
        stack.undo();
        QVERIFY(target.requested().echo.enabled);
        QVERIFY(edits.set("echo.canceller", "nlms"));
        QVERIFY(edits.set("echo.canceller", "none"));
        stack.undo();
        QCOMPARE(edits.rawText("echo.canceller"), QStringLiteral("nlms"));
        stack.clear();
        // Numbers are, after a second.
        QVERIFY(edits.set("echo.tail_ms", "128"));
        now_ns += 900'000'000;
        QVERIFY(edits.set("echo.tail_ms", "160"));
        now_ns += 900'000'000;
        QVERIFY(edits.set("echo.tail_ms", "192"));
        now_ns += 1'100'000'000;
        QVERIFY(edits.set("echo.tail_ms", "224"));
        QCOMPARE(stack.count(), 2);
        stack.undo();
        QCOMPARE(target.requested().echo.tail_ms, 192);
        stack.undo();
        QCOMPARE(target.requested().echo.tail_ms, 256);
        // Back where it was without a pause: no step that undoes nothing.
        stack.clear();
        QVERIFY(edits.set("echo.tail_ms", "128"));
        QVERIFY(edits.set("echo.tail_ms", "256"));
        QCOMPARE(stack.count(), 0);
    }

    void presets() {
        QTemporaryDir folder;
        StoreTarget target;
        ParameterEdits edits(target);
        PresetStore store(QStringLiteral(DT_SOURCE_DIR "/resources/presets"), folder.path());
        QCOMPARE(store.problems(), QStringList());
        QVERIFY(store.presets().size() >= 5);
        for (const auto& preset : store.presets()) {
            QVERIFY2(store.apply(preset, edits), qPrintable(preset.title));
            QVERIFY2(store.matches(preset, edits), qPrintable(preset.title));
        }
        const auto defaults = store.presets().front();
        QVERIFY(store.apply(defaults, edits));
        QVERIFY(store.matches(defaults, edits));
        QVERIFY(edits.set("echo.tail_ms", "128"));
        QVERIFY(!store.matches(defaults, edits));
        QVERIFY(!store.save(defaults.title, edits));
        QVERIFY(!store.save(" ", edits));
        QVERIFY(store.save("Mine: 1/2", edits));
        QVERIFY(store.rename("Mine: 1/2", "Other"));
        QVERIFY(!store.rename("Other", defaults.title));
        PresetStore again(QStringLiteral(DT_SOURCE_DIR "/resources/presets"), folder.path());
        QVERIFY(again.presets().back().own);
        QCOMPARE(again.presets().back().title, QStringLiteral("Other"));
        QVERIFY(again.apply(defaults, edits));
        QVERIFY(again.apply(again.presets().back(), edits));
        QCOMPARE(target.requested().echo.tail_ms, 128);
        const auto steps = edits.undoStack().index();
        edits.undoStack().undo();
        QCOMPARE(edits.undoStack().index(), steps - 1);
        QCOMPARE(target.requested().echo.tail_ms, 256);
        QVERIFY(again.remove("Other"));
        QVERIFY(!again.remove(defaults.title));
        QFile damaged(folder.filePath("x.json"));
        QVERIFY(damaged.open(QIODevice::WriteOnly));
        damaged.write("{\"title\": \"x\", \"settings\": {\"echo.tail_ms\": 9}}");
        damaged.close();
        PresetStore third(QStringLiteral(DT_SOURCE_DIR "/resources/presets"), folder.path());
        QCOMPARE(third.problems().size(), 1);
    }

    void eventsInWords() {
        History history;
        EventModel model(history);
        QAbstractItemModelTester tester(&model, kFatal);
        history.addEvent({.block = 100, .kind = EventKind::talker_started, .frame = 16000});
        history.addEvent({.block = 104, .kind = EventKind::voice_on});
        history.addEvent({.block = 110,
                          .kind = EventKind::barge_in_decided,
                          .frame = 17600,
                          .item = 3,
                          .value = 11.2,
                          .value2 = 16640});
        history.addEvent({.block = 110,
                          .kind = EventKind::interrupt_issued,
                          .frame = 17600,
                          .item = 3,
                          .cause = "barge_in"});
        history.addEvent({.block = 113,
                          .kind = EventKind::playback_silent,
                          .frame = 18592,
                          .item = 3,
                          .value = 1234.0});
        history.addEvent({.block = 120, .kind = EventKind::clipping});
        for (int i = 0; i < 5; ++i) {
            history.addEvent({.block = 130 + i,
                              .kind = EventKind::frame_concealed,
                              .frame = -1,
                              .value = i == 0 ? 1.0 : 0.0});
        }
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        model.refresh();
        QCOMPARE(inserted.count(), 1);
        QCOMPARE(model.rowCount(), 6);  // no voice_on, one of the concealed frames
        const auto silent = model.index(3, EventModel::kValue);
        QCOMPARE(model.data(silent, Qt::DisplayRole).toString(), QStringLiteral("162 ms"));
        QVERIFY(model.data(silent.siblingAtColumn(EventModel::kCause), Qt::DisplayRole)
                    .toString()
                    .contains("1234 ms"));
        QCOMPARE(model.problemRow(0.0, 1), 4);
        QCOMPARE(model.problemRow(1.2, 1), 5);
        QCOMPARE(model.problemRow(1.3, 1), -1);
        QCOMPARE(model.problemRow(1.3, -1), 4);
        model.setAll(true);
        QCOMPARE(model.rowCount(), 11);
        history.clear();
        model.refresh();
        QCOMPARE(model.rowCount(), 0);
    }

    void silenceOfADeviceIsOneRow() {
        History history;
        const auto silence = [&](BlockIndex block) {
            history.addEvent({.block = block, .kind = EventKind::silence_inserted});
        };
        for (BlockIndex block = 100; block < 150; ++block) {
            silence(block);
            if (block == 120) history.addEvent({.block = 120, .kind = EventKind::reset});
        }
        silence(200);
        EventModel model(history);
        QAbstractItemModelTester tester(&model, kFatal);
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(model.problems(), 2);
        const auto length = [&](int row) {
            return model.data(model.index(row, EventModel::kValue), Qt::DisplayRole).toString();
        };
        QCOMPARE(length(0), QStringLiteral("500 ms"));
        QCOMPARE(length(2), QStringLiteral("10 ms"));
        silence(201);  // the newest goes on
        QSignalSpy told(&model, &QAbstractItemModel::dataChanged);
        model.refresh();
        QCOMPARE(told.count(), 1);
        QCOMPARE(told[0][0].toModelIndex().row(), 2);
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(length(2), QStringLiteral("20 ms"));
        model.setAll(true);
        QCOMPARE(model.rowCount(), 53);
    }

    void aLostDeviceIsNoHealth() {
        History history;
        HealthReader reader;
        bench::MachineState machine;
        history.addBlock({.block = 0});
        reader.update(history, {}, &machine, 16000, true);
        QVERIFY(reader.summary().verdict != Verdict::failing);
        machine.device_problem = "Microphone 'x': the device was taken away";
        reader.update(history, {}, &machine, 16000, true);
        QCOMPARE(reader.summary().verdict, Verdict::failing);
        QVERIFY(reader.summary().reason.startsWith(machine.device_problem));
    }

    void everyKindHasWords() {
        for (int kind = 0; kind <= int(EventKind::talker_ended); ++kind) {
            Event event;
            event.kind = EventKind(kind);
            const auto words = eventWords(event, {}, 16000);
            QVERIFY2(!words.kind.contains('_') && !words.kind.isEmpty(), qPrintable(words.kind));
        }
    }

    void manyEventsAreCheap() {
        History history;
        for (int i = 0; i < 20000; ++i) {
            history.addEvent({.block = i, .kind = EventKind::parameter_changed});
        }
        EventModel model(history);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        for (int i = 0; i < 20000; ++i) {
            history.addEvent({.block = 20000 + i, .kind = EventKind::parameter_changed});
        }
        model.refresh();
        QCOMPARE(inserted.count(), 1);
        QCOMPARE(model.rowCount(), 40000);
    }

    void queue() {
        using State = bench::QueuedSpeech::State;
        QueueModel model;
        QAbstractItemModelTester tester(&model, kFatal);
        std::vector<bench::QueuedSpeech> queue{queued(1, State::speaking, 4000, 1234.4),
                                               queued(2, State::waiting, 0, 0)};
        model.setQueue(queue);
        QCOMPARE(model.data(model.index(0, QueueModel::kPosition), Qt::DisplayRole).toString(),
                 QStringLiteral("00:01.234"));
        queue[0].heard_error_ms = 2.6;
        queue[0].heard_ms = 1235.4;
        model.setQueue(queue);
        QCOMPARE(model.data(model.index(0, QueueModel::kPosition), Qt::DisplayRole).toString(),
                 QStringLiteral("00:01.235 ± 2.6 ms"));
        QCOMPARE(model.data(model.index(1, QueueModel::kLength), Qt::DisplayRole).toString(),
                 QStringLiteral("–"));
        QVERIFY(model.data(model.index(1, 0), QueueModel::kMovableRole).toBool());
        QVERIFY(!model.data(model.index(0, 0), QueueModel::kMovableRole).toBool());
        QCOMPARE(
            model.headerData(QueueModel::kPosition, Qt::Horizontal, Qt::DisplayRole).toString(),
            QStringLiteral("Heard"));
        const auto right = int(Qt::AlignVCenter | Qt::AlignRight);
        QCOMPARE(model.data(model.index(0, QueueModel::kPosition), Qt::TextAlignmentRole).toInt(),
                 right);
        QVERIFY(model.data(model.index(0, 0), Qt::TextAlignmentRole).toInt() != right);
        QCOMPARE(model.data(model.index(0, 0), Qt::ToolTipRole).toString(), queue[0].title);
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        QSignalSpy told(&model, &QAbstractItemModel::dataChanged);
        queue[0].state = State::interrupted;
        queue.push_back(queued(3, State::rendering, 0, 0));
        model.setQueue(queue);
        QCOMPARE(reset.count(), 0);
        QCOMPARE(told.count(), 1);
        QCOMPARE(model.rowOf(3), 2);
        std::swap(queue[1], queue[2]);
        model.setQueue(queue);
        QCOMPARE(model.rowOf(3), 1);
    }

    void sessions() {
        QTemporaryDir folder;
        const auto make = [&](const char* name, const QByteArray& json) {
            QDir(folder.path()).mkpath(name);
            QFile file(folder.filePath(QString(name) + "/session.json"));
            if (file.open(QIODevice::WriteOnly)) file.write(json);
        };
        make("good", R"({"format_version":1,"rate_hz":16000,"complete":true,"bit_exact":true,
             "scene":{"title":"The user interrupts"},"written":{"audio_frames":352000}})");
        make("killed", R"({"format_version":1,"rate_hz":16000,"complete":false})");
        make("broken", "{");
        QDir(folder.path()).mkpath("other");
        SessionListModel model;
        QAbstractItemModelTester tester(&model, kFatal);
        model.scan(folder.path(), {folder.filePath("good"), folder.filePath("gone")});
        QCOMPARE(model.rowCount(), 4);
        QHash<QString, SessionEntry> by_name;
        for (const auto& entry : model.entries()) by_name[entry.folder.section('/', -1)] = entry;
        QCOMPARE(by_name["good"].length_s, 22.0);
        QVERIFY(by_name["good"].title.contains("The user interrupts"));
        QVERIFY(by_name["good"].bit_exact);
        QVERIFY(std::isnan(by_name["killed"].length_s));
        QVERIFY(!by_name["broken"].readable && !by_name["broken"].note.isEmpty());
        QVERIFY(!by_name["gone"].readable);
    }
};

QTEST_MAIN(UiModelsTest)
#include "ui_models_test.moc"
