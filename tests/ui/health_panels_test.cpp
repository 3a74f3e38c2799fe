// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the window says about a run: health, events, guide, transcript, offscreen.

#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QScrollArea>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <cmath>

#include "app/bench/bench.h"
#include "engine/duplex/health.h"
#include "engine/room/scene.h"
#include "tests/ui/panel_support.h"
#include "tests/ui/scene_history.h"
#include "ui/models/event_model.h"
#include "ui/models/guide_steps.h"
#include "ui/models/health_rows.h"
#include "ui/models/history.h"
#include "ui/panels/event_panel.h"
#include "ui/panels/health_panel.h"
#include "ui/panels/transcript_panel.h"
#include "ui/plots/problem_list.h"
#include "ui/widgets/guide_strip.h"
#include "ui/widgets/health_row_view.h"
#include "ui/widgets/level_meter.h"

using namespace doubletalk;
using namespace doubletalk::ui;

namespace {

/// A whole scene on the virtual clock, as a window would see it.
void runScene(const std::string& id, double duration_s, StoreTarget& target, History& history) {
    const auto scene = room::loadScene(id);
    QVERIFY(scene);
    QVERIFY(target.store.setJson(scene->settings, duplex::SettingSource::scene, id));
    SceneHistory(id).run(history, duration_s);
    QVERIFY(history.nowS() > duration_s - 0.1);
}

void addLevelBlocks(History& history, int from, int to, std::int16_t level) {
    for (int i = from; i < to; ++i) {
        bench::FeedBlock block;
        block.block = i;
        for (auto& tap : block.columns)
            tap.fill({std::int16_t(-level), level, std::int16_t(level / 2)});
        history.addBlock(block);
    }
}

bench::FeedRow row(int block, std::initializer_list<std::pair<std::string_view, double>> values) {
    bench::FeedRow made;
    made.block = block;
    made.values.fill(std::nan(""));
    const auto columns = duplex::ChainMeter::columns();
    for (const auto& [id, value] : values) {
        const auto at = std::find(columns.begin(), columns.end(), id) - columns.begin();
        made.values[std::size_t(at)] = value;
    }
    return made;
}

}  // namespace

class HealthPanelsTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { Theme::current().applyTo(*qApp); }

    void sceneInHealthEventsGuideAndTranscript() {
        Rig rig;
        History history;
        runScene("barge_in", 13.0, rig.target, history);
        QVERIFY(history.nowS() > 12.9);
        HealthPanel health(history, rig.target);
        health.resize(248, 880);
        health.show();
        bench::MachineState machine;
        machine.block_max_ms = 1.4;
        machine.load_ratio = 0.14;
        health.setMachine(&machine);
        health.setRunning(true);
        for (int i = 0; i < 12; ++i) health.refresh();
        const auto& reader = health.reader();
        QCOMPARE(reader.find("delay")->word, QStringLiteral("locked"));
        QCOMPARE(reader.find("delay")->verdict, Verdict::good);
        QCOMPARE(reader.find("stop")->verdict != Verdict::no_data, true);
        QVERIFY(reader.find("stop")->value.toDouble() > 20.0);
        QVERIFY(reader.find("erle")->value.contains('+') ||
                reader.find("erle")->value.contains(QChar(0x2212)));
        QCOMPARE(reader.stops(), 1);
        keepPicture(health, "health");
        health.resize(140, 880);
        keepPicture(health, "health-narrow");

        EventPanel events(history);
        events.resize(400, 300);
        events.show();
        events.refresh();
        keepPicture(events, "events");
        QVERIFY(events.model().rowCount() > 5);
        QVERIFY(events.csv().startsWith("time_s,kind,value,cause\n"));

        GuideStrip guide(history);
        guide.resize(1050, 44);
        for (int i = 0; i < 20; ++i) guide.refresh();
        QCOMPARE(guide.steps()[0].state, StepState::done);
        QCOMPARE(guide.steps()[1].state, StepState::done);
        QCOMPARE(guide.steps()[3].state, StepState::current);
        QCOMPARE(guide.steps()[4].state, StepState::done);
        keepPicture(guide, "guide");

        TranscriptPanel transcript(history);
        transcript.resize(460, 220);
        transcript.show();
        bench::QueuedSpeech item;
        item.item = history.assistant().front().item;
        item.run = 2;
        item.state = bench::QueuedSpeech::State::interrupted;
        item.title =
            "Here is the plan for the day. First the kitchen calls for a new delivery of coffee.";
        item.length_ms = 6000;
        item.heard_ms = 3000;
        // The same item of another run is another one.
        auto other = item;
        other.run = 1;
        other.title = "This was said before.";
        transcript.setQueue({other, item}, 2);
        QVERIFY(!transcript.plainText().contains("before"));
        transcript.addUnderstood(8.0, 9.5, "go forward ten meters");
        QVERIFY(transcript.plainText().contains("go forward ten meters"));
        QVERIFY(transcript.plainText().contains("cut at 00:03.000"));
        keepPicture(transcript, "transcript");
    }

    /// The ratio keeps its last value while no echo is measured.
    void divergenceIsOverWithTheEcho() {
        History history;
        for (int i = 0; i < 60; ++i) {
            history.addRow(row(i * 10 + 9, {{"divergence_ratio", i < 20 ? 0.0 : 0.3},
                                            {"erle_db", i < 30 ? -2.0 : std::nan("")}}));
        }
        ProblemList problems;
        problems.update(history, 16000);
        QCOMPARE(problems.all().size(), std::size_t(1));
        const auto& found = problems.all().front();
        QCOMPARE(found.kind, ProblemKind::divergence);
        QVERIFY2(found.at.from_s > 1.7 && found.at.to_s < 3.2, qPrintable(found.text));
    }

    /// Where an utterance ends, the quotient of two decaying powers says nothing of the canceller.
    void endOfAnUtteranceIsNoFault() {
        StoreTarget target;
        History history;
        HealthReader reader;
        for (int i = 0; i < 46; ++i) {
            const double fall = std::max(0, i - 39) * 4.0;
            history.addRow(
                row(i * 10 + 9, {{"erle_db", 40.0 - fall}, {"erle_linear_db", 30.0 - fall}}));
        }
        reader.update(history, target.inUse(), nullptr, 16000, true);
        QCOMPARE(reader.find("erle")->verdict, Verdict::good);
        QCOMPARE(reader.find("erle")->value, QStringLiteral("30.0 + 10.0"));
        // Switched off: what is left has no filter's share.
        for (int i = 46; i < 76; ++i) {
            history.addRow(row(i * 10 + 9, {{"erle_db", 0.5}, {"erle_linear_db", std::nan("")}}));
        }
        reader.update(history, target.inUse(), nullptr, 16000, true);
        QCOMPARE(reader.find("erle")->value, QStringLiteral("0.5"));
    }

    void valuesAreJudged() {
        StoreTarget target;
        History history;
        HealthReader reader;
        reader.update(history, target.inUse(), nullptr, 16000, false);
        QCOMPARE(reader.summary().word, QStringLiteral("Not running"));
        for (const auto& shown : reader.rows()) {
            QCOMPARE(shown.verdict, Verdict::no_data);
            QVERIFY2(!shown.tip.isEmpty() && !shown.rule.isEmpty(), qPrintable(shown.id));
            QVERIFY2(shown.numbers.isEmpty(), qPrintable(shown.numbers));
        }
        for (int i = 0; i < 40; ++i) {
            history.addRow(row(i * 10 + 9, {{"drift_ppm", 120.0},
                                            {"erle_db", 12.0},
                                            {"erle_linear_db", 8.0},
                                            {"jitter_ms", 4.0},
                                            {"concealed_ratio", 0.06},
                                            {"loss_ratio", 0.02},
                                            {"barge_in_headroom_db", 8.0},
                                            {"echo_delay_ms", -12.0}}));
        }
        history.addEvent({.block = 300,
                          .kind = EventKind::health_changed,
                          .value = 2.0,
                          .text = "failing",
                          .cause = "the reference comes after its echo"});
        reader.update(history, target.inUse(), nullptr, 16000, true);
        QCOMPARE(reader.summary().word, QStringLiteral("Failing"));
        QVERIFY(reader.summary().reason.contains("reference"));
        QCOMPARE(reader.find("drift")->verdict, Verdict::failing);
        QCOMPARE(reader.find("erle")->verdict, Verdict::watch);
        QCOMPARE(reader.find("erle")->value, QStringLiteral("8.0 + 4.0"));
        QCOMPARE(reader.find("concealed")->verdict, Verdict::failing);
        QCOMPARE(reader.find("lost")->verdict, Verdict::watch);
        QCOMPARE(reader.find("jitter")->verdict, Verdict::good);
        QCOMPARE(reader.find("headroom")->verdict, Verdict::watch);
        QCOMPARE(reader.find("delay")->verdict, Verdict::failing);
        QCOMPARE(reader.find("block")->verdict, Verdict::no_data);
        QCOMPARE(reader.find("drift")->value, QStringLiteral("+120"));
        QVERIFY(reader.summary().reason.contains(reader.find("concealed")->name));
        // What only a running engine tells.
        bench::MachineState machine;
        machine.block_max_ms = 12.0;
        machine.block_p99_ms = 1.4;
        machine.drift_confidence_ppm = 2.2;
        machine.rules_fired = 1U << unsigned(duplex::HealthRule::reference_late) |
                              1U << unsigned(duplex::HealthRule::drift);
        reader.update(history, target.inUse(), &machine, 16000, true);
        QCOMPARE(reader.find("drift")->value, QStringLiteral("+120 ± 3"));
        // Known worse than the limit it is no fault yet.
        machine.drift_confidence_ppm = 250.0;
        reader.update(history, target.inUse(), &machine, 16000, true);
        QCOMPARE(reader.find("drift")->verdict, Verdict::good);
        QCOMPARE(reader.find("drift")->word, QStringLiteral("measuring"));
        machine.drift_confidence_ppm = 2.2;
        reader.update(history, target.inUse(), &machine, 16000, true);
        QCOMPARE(reader.find("block")->value, QStringLiteral("1.4"));
        QCOMPARE(reader.find("block")->verdict, Verdict::good);
        QCOMPARE(reader.summary().fired.size(), 2);
        QVERIFY2(reader.summary().reason.contains("6 rules pass"),
                 qPrintable(reader.summary().reason));

        history.addRow(row(409, {{"jitter_ms", 4.0}, {"loss_ratio", 0.02}, {"lost", 1.0}}));
        reader.update(history, target.inUse(), &machine, 16000, true);
        QCOMPARE(reader.find("lost")->numbers, QStringLiteral("1 packet lost."));
        // A run that is over is not healthy any more; an opened session stays what it was.
        reader.update(history, target.inUse(), &machine, 16000, false);
        QCOMPARE(reader.summary().word, QStringLiteral("Not running"));
        QVERIFY(reader.summary().reason.startsWith("Last run: Failing"));
        reader.update(history, target.inUse(), nullptr, 16000, false);
        QCOMPARE(reader.summary().word, QStringLiteral("Failing"));

        HealthRowView view;
        view.resize(248, 43);
        view.setRow(*reader.find("drift"), 10.0);
        QVERIFY(!view.noteShown());  // not before a second
        view.setRow(*reader.find("drift"), 11.1);
        QVERIFY(view.noteShown());
        const int note_height = view.height();
        view.toggleWhy();
        QVERIFY(view.height() > note_height);
        keepPicture(view, "health-why");
        view.toggleWhy();
        view.setRow(*reader.find("jitter"), 12.0);
        QVERIFY(view.noteShown());
        view.setRow(*reader.find("jitter"), 14.1);
        QVERIFY(!view.noteShown());
    }

    /// Its device could not be opened: nothing of the run before is said of it.
    void aRunThatNeverBeganIsNotJudged() {
        StoreTarget target;
        History history;
        HealthReader reader;
        bench::MachineState machine;
        machine.block_max_ms = 2.0;
        machine.block_p99_ms = 1.0;
        machine.rules_fired = 1U << unsigned(duplex::HealthRule::buffer_fill) |
                              1U << unsigned(duplex::HealthRule::divergence);
        reader.update(history, target.inUse(), &machine, 16000, false);
        QCOMPARE(reader.summary().word, QStringLiteral("Not running"));
        QCOMPARE(reader.summary().reason, QStringLiteral("Press Run (R)"));
        QCOMPARE(reader.find("block")->verdict, Verdict::no_data);
        // Word and rules agree also while the machine's numbers are those of a second ago.
        addLevelBlocks(history, 0, 10, 3000);
        reader.update(history, target.inUse(), &machine, 16000, true);
        QCOMPARE(reader.summary().word, QStringLiteral("Healthy"));
        QCOMPARE(reader.summary().fired, QStringList());
        QVERIFY(reader.summary().reason.startsWith("8 rules pass"));
        // Without data there is nothing to ask "Why?" about.
        for (int i = 0; i < 40; ++i) history.addRow(row(i * 10 + 9, {{"drift_ppm", 120.0}}));
        reader.update(history, target.inUse(), &machine, 16000, true);
        HealthRowView view;
        view.resize(248, 43);
        view.setRow(*reader.find("drift"), 10.0);
        view.setRow(*reader.find("drift"), 11.1);
        QVERIFY(view.noteShown());
        history.clear();
        reader.update(history, target.inUse(), &machine, 16000, false);
        view.setRow(*reader.find("drift"), history.nowS());
        QVERIFY(!view.noteShown());
    }

    void latencyIsToldWithItsValue() {
        StoreTarget target;
        History history;
        HealthReader reader;
        bench::MachineState machine;
        machine.rules_fired = 1U << unsigned(duplex::HealthRule::latency);
        const auto text = std::string(duplex::Health::ruleText(duplex::HealthRule::latency));
        history.addEvent({.block = 100,
                          .kind = EventKind::health_changed,
                          .value = 1.0,
                          .text = "degraded",
                          .cause = Name(text)});
        const auto reason = [&](int block, double plays) {
            history.addRow(row(block, {{"latency_ms", 203.4}, {"assistant_plays", plays}}));
            reader.update(history, target.inUse(), &machine, 16000, true);
            return reader.summary().reason;
        };
        const auto playing = reason(9, 1.0);
        QVERIFY2(playing.startsWith("Latency 203 ms is above the limit of 200 ms, 7 rules pass"),
                 qPrintable(playing));
        const auto silent = reason(19, 0.0);
        QVERIFY2(silent.startsWith("Latency at rest, nothing plays; it was 203 ms"),
                 qPrintable(silent));
        for (const auto& said : reader.summary().fired + reader.summary().passed) {
            QVERIFY2(!said.contains('_'), qPrintable(said));
        }
    }

    /// No chain is called healthy of which a value fails: METRICS has a target of 200 ms for a stop
    /// and counts it as missed after 2 s.
    void bandsAndStateAgree() {
        const auto stopped = [](double ms) {
            StoreTarget target;
            History history;
            addLevelBlocks(history, 0, 500, 3000);
            history.addEvent({.block = 100, .kind = EventKind::talker_started, .frame = 16000});
            history.addEvent({.block = 110,
                              .kind = EventKind::barge_in_decided,
                              .frame = 17600,
                              .value = 12.0,
                              .value2 = 16000.0});
            history.addEvent({.block = 110,
                              .kind = EventKind::interrupt_issued,
                              .frame = 17600,
                              .cause = "barge_in"});
            history.addEvent({.block = 120,
                              .kind = EventKind::playback_silent,
                              .frame = 16000 + std::int64_t(ms * 16.0),
                              .item = 1,
                              .value = 900.0});
            const bench::MachineState machine;
            HealthReader reader;
            reader.update(history, target.inUse(), &machine, 16000, true);
            return reader;
        };
        const auto quick = stopped(162.0);
        QCOMPARE(quick.find("stop")->value, QStringLiteral("162"));
        QCOMPARE(quick.find("stop")->verdict, Verdict::good);
        QCOMPARE(quick.summary().word, QStringLiteral("Healthy"));
        QVERIFY(quick.summary().reason.startsWith("8 rules pass"));
        const auto slow = stopped(425.0);
        QCOMPARE(slow.find("stop")->verdict, Verdict::watch);
        QCOMPARE(slow.summary().word, QStringLiteral("Healthy"));
        QVERIFY(slow.summary().reason.contains("1 value to watch"));
        QVERIFY(slow.find("stop")->marker > slow.find("stop")->parts[0].to_ratio);
        const auto missed = stopped(2300.0);
        QCOMPARE(missed.find("stop")->verdict, Verdict::failing);
        QCOMPARE(missed.summary().word, QStringLiteral("Degraded"));
        QVERIFY(missed.summary().reason.contains(missed.find("stop")->name));
    }

    void metersHoldPeaksAndClips() {
        Rig rig;
        History history;
        HealthPanel panel(history, rig.target);
        addLevelBlocks(history, 0, 20, 16384);
        panel.refresh();
        auto* meter = panel.findChildren<LevelMeter*>()[1];
        QVERIFY(std::abs(meter->heldPeak() + 6.02) < 0.05);
        addLevelBlocks(history, 20, 60, 328);
        panel.refresh();
        QVERIFY(std::abs(meter->heldPeak() + 6.02) < 0.05);
        addLevelBlocks(history, 60, 260, 328);
        panel.refresh();
        QVERIFY(std::abs(meter->heldPeak() + 40.0) < 0.1);
        addLevelBlocks(history, 260, 270, 32767);
        panel.refresh();
        QVERIFY(meter->clipped());
        addLevelBlocks(history, 270, 470, 328);
        panel.refresh();
        QVERIFY(meter->clipped());
        QTest::mouseClick(meter, Qt::LeftButton);
        QVERIFY(!meter->clipped());
    }

    void aNarrowColumnCutsNothing() {
        Rig rig;
        History history;
        HealthPanel panel(history, rig.target);
        panel.resize(132, 800);
        panel.show();
        QCoreApplication::processEvents();
        auto* scroll = panel.findChild<QScrollArea*>();
        QVERIFY(scroll->widget()->width() <= scroll->viewport()->width());
        for (const auto* label : scroll->widget()->findChildren<QLabel*>()) {
            if (!label->isVisible() || label->wordWrap()) continue;
            const auto margins = label->contentsMargins();
            QVERIFY2(label->fontMetrics().horizontalAdvance(label->text()) <=
                         label->width() - margins.left() - margins.right(),
                     qPrintable(label->text()));
        }
    }

    void eventsAreFilteredAndStepped() {
        History history;
        for (int i = 0; i < 30; ++i) {
            history.addEvent(
                {.block = i * 100,
                 .kind = i % 10 == 5 ? EventKind::clipping : EventKind::parameter_changed,
                 .text = "echo.tail_ms",
                 .cause = "form"});
        }
        EventPanel panel(history);
        panel.resize(420, 260);
        panel.show();
        panel.refresh();
        QSignalSpy selected(&panel, &EventPanel::timeSelected);
        panel.nextProblem();
        panel.nextProblem();
        QCOMPARE(selected.back()[0].toDouble(), 15.0);
        panel.previousProblem();
        QCOMPARE(selected.back()[0].toDouble(), 5.0);
        panel.setProblemsOnly(true);
        QCOMPARE(panel.table().model()->rowCount(), 3);
        panel.setProblemsOnly(false);
        panel.setText("tail");
        QCOMPARE(panel.table().model()->rowCount(), 27);
        panel.setText("no such thing");
        QCOMPARE(panel.table().model()->rowCount(), 0);
        panel.setText("");
        panel.selectTime(14.2);
        panel.copySelection();
        QVERIFY(QApplication::clipboard()->text().startsWith("00:14.000\tParameter"));
        QCOMPARE(panel.csv().count('\n'), 31);
        const auto index = panel.table().model()->index(3, 0);
        emit panel.table().doubleClicked(index);
        QCOMPARE(selected.back()[0].toDouble(), 3.0);
    }

    void heardWords() {
        const QString text = "one two three four";
        QCOMPARE(TranscriptPanel::heardLength(text, 0, 1000), 0);
        QCOMPARE(TranscriptPanel::heardLength(text, 1000, 1000), int(text.size()));
        QCOMPARE(text.left(TranscriptPanel::heardLength(text, 500, 1000)).trimmed(),
                 QString("one two"));
        QCOMPARE(TranscriptPanel::heardLength(text, 500, 0), 0);
    }

    void guideFollowsMeasurements() {
        History history;
        QCOMPARE(guideSteps(history, 16000)[0].state, StepState::to_come);
        addLevelBlocks(history, 0, 10, 32767);
        bench::FeedBlock block;
        for (int i = 10; i < 130; ++i) {
            block.block = i;
            block.item = 1;
            block.clipped = i == 50;
            history.addBlock(block);
        }
        auto steps = guideSteps(history, 16000);
        QCOMPARE(steps[0].state, StepState::failed);
        QCOMPARE(steps[1].state, StepState::current);
        for (int i = 0; i < 30; ++i) {
            history.addRow(row(i * 10 + 9, {{"erle_db", i < 10 ? 5.0 : 25.0}}));
        }
        steps = guideSteps(history, 16000);
        QCOMPARE(steps[2].state, StepState::to_come);  // the far end sounded for 1.3 s only
        history.addEvent(
            {.block = 100, .kind = EventKind::delay_state, .value = 84.1, .text = "locked"});
        addLevelBlocks(history, 130, 300, 100);
        steps = guideSteps(history, 16000);
        QCOMPARE(steps[1].state, StepState::done);
        QCOMPARE(steps[2].state, StepState::done);
        QVERIFY2(steps[2].result.contains("1.3 s"), qPrintable(steps[2].result));
        QCOMPARE(steps[3].state, StepState::current);
    }
};

QTEST_MAIN(HealthPanelsTest)
#include "health_panels_test.moc"
