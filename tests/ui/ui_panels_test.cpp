// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Panels of the window, as a user meets them, offscreen. With DT_GRABS=folder their pictures are
// kept there.

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QUndoStack>
#include <cmath>

#include "app/bench/live_feed.h"
#include "engine/duplex/scene_loop.h"
#include "engine/duplex/scene_material.h"
#include "engine/room/scene.h"
#include "tests/ui/store_target.h"
#include "ui/models/event_model.h"
#include "ui/models/guide_steps.h"
#include "ui/models/health_rows.h"
#include "ui/models/history.h"
#include "ui/models/parameter_edits.h"
#include "ui/models/parameter_model.h"
#include "ui/models/preset_store.h"
#include "ui/models/session_list_model.h"
#include "ui/panels/event_panel.h"
#include "ui/panels/health_panel.h"
#include "ui/panels/network_panel.h"
#include "ui/panels/parameter_panel.h"
#include "ui/panels/parameter_view.h"
#include "ui/panels/session_panel.h"
#include "ui/panels/speak_panel.h"
#include "ui/panels/transcript_panel.h"
#include "ui/theme/theme.h"
#include "ui/widgets/command_palette.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/guide_strip.h"
#include "ui/widgets/health_row_view.h"
#include "ui/widgets/key_card.h"
#include "ui/widgets/lamp_button.h"
#include "ui/widgets/level_meter.h"
#include "ui/widgets/quick_toggles.h"
#include "ui/widgets/status_content.h"

using namespace doubletalk;
using namespace doubletalk::ui;

namespace {

void keepPicture(QWidget& widget, const QString& name) {
    const auto folder = qEnvironmentVariable("DT_GRABS");
    if (folder.isEmpty()) return;
    for (const bool dark : {true, false}) {
        Theme::current().setDark(dark);
        QTest::qWait(30);
        widget.grab().save(folder + '/' + name + (dark ? "-dark.png" : "-light.png"));
    }
    Theme::current().setDark(true);
}

struct Rig {
    QTemporaryDir folder;
    StoreTarget target;
    ParameterEdits edits{target};
    PresetStore presets{QStringLiteral(DT_SOURCE_DIR "/resources/presets"), folder.path()};
};

/// A whole scene on the virtual clock, as a window would see it.
void runScene(const std::string& id, double duration_s, StoreTarget& target, History& history) {
    auto scene = room::loadScene(id);
    QVERIFY(scene);
    QVERIFY(target.store.setJson(scene->settings, duplex::SettingSource::scene, id));
    auto material = duplex::prepareScene(*scene, target.requested());
    QVERIFY2(material, material ? "" : material.error().message().c_str());
    auto loop = duplex::SceneLoop::create(target.requested(), std::move(*material), scene->seed);
    QVERIFY(loop);
    bench::LiveFeed feed;
    feed.prepare();
    for (int block = 0; block < int(duration_s * 100); ++block) {
        (*loop)->step();
        feed.push((*loop)->engine(), (*loop)->input());
        if (block % 10 == 9) history.poll(feed);
    }
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

class UiPanelsTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { Theme::current().applyTo(*qApp); }

    void parameterRowsAreEditedAndReset() {
        Rig rig;
        ParameterPanel panel(rig.edits, rig.presets);
        panel.resize(296, 780);
        panel.show();
        panel.showSetting("echo.tail_ms");
        auto& view = panel.view();
        QTest::keyClick(&view, Qt::Key_Return);
        auto* editor = view.findChild<QAbstractSpinBox*>();
        QVERIFY(editor != nullptr);
        auto* line = editor->findChild<QLineEdit*>();
        line->setText("125");
        QTest::keyClick(editor, Qt::Key_Return);
        QTRY_COMPARE(rig.target.requested().echo.tail_ms, 128);
        panel.showSetting("echo.tail_ms");
        QTest::keyClick(&view, Qt::Key_Return);
        editor = view.findChild<QAbstractSpinBox*>();
        QTest::keyClick(editor, Qt::Key_Up);
        QCOMPARE(rig.target.requested().echo.tail_ms, 160);
        editor->findChild<QLineEdit*>()->setText("9000");
        QTest::keyClick(editor, Qt::Key_Return);
        QTRY_VERIFY(view.noteHeight(view.currentIndex()) > 0);
        QCOMPARE(rig.target.requested().echo.tail_ms, 160);
        keepPicture(panel, "parameters-rejected");
        panel.showSetting("echo.residual_suppression");
        QTest::keyClick(&view, Qt::Key_Space);
        QVERIFY(!rig.target.requested().echo.residual_suppression);
        QTest::mouseClick(view.viewport(), Qt::LeftButton, {},
                          view.fieldRect(view.currentIndex()).center());
        QVERIFY(rig.target.requested().echo.residual_suppression);
        panel.showSetting("echo.tail_ms");
        QTest::keyClick(&view, Qt::Key_Delete);
        QCOMPARE(rig.target.requested().echo.tail_ms, 256);
        rig.edits.undoStack().undo();
        QVERIFY(rig.target.requested().echo.tail_ms != 256);
    }

    void presetsAndSearch() {
        Rig rig;
        ParameterPanel panel(rig.edits, rig.presets);
        panel.resize(296, 780);
        panel.show();
        auto* box = panel.findChild<QComboBox*>();
        panel.choosePreset("Hands-free, small room");
        QCOMPARE(box->currentText(), QStringLiteral("Hands-free, small room"));
        QVERIFY(rig.edits.set("noise.strength_ratio", "0.4"));
        QCOMPARE(box->currentText(), QStringLiteral("Hands-free, small room *"));
        rig.target.in_use = rig.target.requested();
        rig.target.in_use.echo.canceller = "none";
        rig.target.bent = true;
        rig.target.waiting.insert("room.rt60_ms");
        panel.refresh();
        keepPicture(panel, "parameters");
        panel.setSearch("reverberant");  // only in the help of the tail
        auto* rows = panel.view().model();
        QCOMPARE(rows->rowCount(), 1);
        QCOMPARE(rows->rowCount(rows->index(0, 0)), 1);
        keepPicture(panel, "parameters-search");
        panel.setSearch("dBFS level");
        QVERIFY(rows->rowCount() >= 2);
        panel.setSearch("");
        QCOMPARE(std::size_t(rows->rowCount()), duplex::settingsModules().size());
        QVERIFY(panel.view().isExpanded(rows->index(0, 0)));
        QVERIFY(!panel.view().isExpanded(rows->index(1, 0)));
        panel.showOnlyChanged(true);
        QVERIFY(rows->rowCount() >= 1 && rows->rowCount() < 14);
    }

    void errorBar() {
        ErrorBar bar;
        bar.resize(400, 32);
        QVERIFY(!bar.isVisible());
        bool acted = false;
        bar.showError("The microphone is gone: plug it in or choose another", "Choose",
                      [&] { acted = true; });
        QVERIFY(bar.isVisible());
        keepPicture(bar, "error-bar");
        QTest::mouseClick(bar.findChild<QPushButton*>(), Qt::LeftButton);
        QVERIFY(acted && !bar.isVisible());
    }

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
        health.setMachine(machine);
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
        item.state = bench::QueuedSpeech::State::interrupted;
        item.title =
            "Here is the plan for the day. First the kitchen calls for a new delivery of coffee.";
        item.length_ms = 6000;
        item.heard_ms = 3000;
        transcript.setQueue({item});
        transcript.addUnderstood(8.0, 9.5, "go forward ten meters");
        QVERIFY(transcript.plainText().contains("go forward ten meters"));
        QVERIFY(transcript.plainText().contains("cut at 00:03.000"));
        keepPicture(transcript, "transcript");
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

    void quickToggles() {
        Rig rig;
        QWidget bar;
        QuickToggles toggles(rig.edits, &bar);
        auto* aec = toggles.buttons().front();
        QCOMPARE(aec->lamp(), Lamp::on);
        aec->click();
        QVERIFY(!rig.target.requested().echo.enabled);
        QCOMPARE(aec->lamp(), Lamp::off);
        rig.edits.undoStack().undo();
        QCOMPARE(aec->lamp(), Lamp::on);
        for (auto* action : aec->menu()->actions()) {
            if (action->data() == "nlms") action->trigger();
        }
        QVERIFY(rig.target.requested().echo.canceller == "nlms");
        rig.target.in_use = rig.target.requested();
        rig.target.in_use.echo.canceller = "none";
        rig.target.bent = true;
        emit rig.target.changed();
        QCOMPARE(aec->lamp(), Lamp::failed);
        auto* layout = new QHBoxLayout(&bar);
        for (auto* button : toggles.buttons()) layout->addWidget(button);
        keepPicture(bar, "toggles");
    }

    void networkIsLive() {
        Rig rig;
        NetworkPanel panel(rig.edits);
        panel.resize(1056, 84);
        panel.show();
        const auto fields = panel.findChildren<QAbstractSpinBox*>();
        QVERIFY(fields.size() >= 8);
        auto* line = fields[0]->findChild<QLineEdit*>();
        line->setText("55");
        QTest::keyClick(fields[0], Qt::Key_Return);
        QCOMPARE(rig.target.requested().network.delay_ms, 55.0);
        line->setText("99999");
        QTest::keyClick(fields[0], Qt::Key_Return);
        QCOMPARE(rig.target.requested().network.delay_ms, 55.0);
        QVERIFY(!panel.findChild<ErrorBar*>()->isHidden());
        keepPicture(panel, "network-error");
        line->setText("60");
        QTest::keyClick(fields[0], Qt::Key_Return);
        QVERIFY(panel.findChild<ErrorBar*>()->isHidden());
        QSignalSpy spike(&panel, &NetworkPanel::spikeWanted);
        for (auto* button : panel.findChildren<QToolButton*>()) {
            if (button->text().startsWith("Spike")) button->click();
        }
        QCOMPARE(spike.count(), 0);  // nothing runs
        panel.setRunning(true);
        for (auto* button : panel.findChildren<QToolButton*>()) {
            if (button->text().startsWith("Spike")) button->click();
        }
        QCOMPARE(spike.count(), 1);
        QCOMPARE(spike[0][0].toDouble(), 300.0);
        keepPicture(panel, "network");
    }

    void speak() {
        using State = bench::QueuedSpeech::State;
        SpeakPanel panel;
        panel.resize(520, 240);
        panel.show();
        QSignalSpy spoken(&panel, &SpeakPanel::speakTextWanted);
        auto* line = panel.findChild<QLineEdit*>();
        line->setText("  Hello there ");
        QTest::keyClick(line, Qt::Key_Return);
        QCOMPARE(spoken.count(), 1);
        QCOMPARE(spoken[0][0].toString(), QStringLiteral("Hello there"));
        QTest::keyClick(line, Qt::Key_Return);
        QCOMPARE(spoken.count(), 1);  // nothing to say
        std::vector<bench::QueuedSpeech> queue(4);
        const State states[] = {State::interrupted, State::speaking, State::waiting, State::failed};
        for (int i = 0; i < 4; ++i) {
            queue[std::size_t(i)].ticket = i + 1;
            queue[std::size_t(i)].state = states[i];
            queue[std::size_t(i)].title =
                i == 1 ? "welcome_long.wav" : "Here is the plan for the day";
            queue[std::size_t(i)].length_ms = i == 3 ? 0 : 6250;
            queue[std::size_t(i)].heard_ms = i < 2 ? 2310.5 : 0;
        }
        panel.setQueue(queue, 4100);
        QSignalSpy moved(&panel, &SpeakPanel::moveWanted);
        panel.table().selectRow(2);
        panel.activateWindow();
        panel.table().setFocus();
        QVERIFY(QTest::qWaitForWindowActive(&panel));
        QTest::keyClick(&panel.table(), Qt::Key_Up, Qt::AltModifier);
        QTRY_COMPARE(moved.count(), 1);
        QCOMPARE(moved[0][0].toLongLong(), 3);
        keepPicture(panel, "speak");
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

    void keyCardAndPalette() {
        QMainWindow window;
        window.resize(1000, 700);
        auto* session = window.menuBar()->addMenu("&Session");
        auto* run = session->addAction("&Run");
        run->setShortcut(Qt::Key_R);
        auto* record = session->addAction("Record");
        record->setShortcut(Qt::SHIFT | Qt::Key_R);
        auto* view = window.menuBar()->addMenu("&View");
        view->addAction("Follow")->setShortcut(Qt::Key_F);
        auto* hidden = new QAction("Next problem", &window);
        hidden->setShortcut(Qt::Key_N);
        window.addAction(hidden);
        KeyCard card(&window);
        window.show();
        card.toggle();
        const auto labels = card.findChildren<QLabel*>();
        QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel* label) {
            return label->text().contains("Run") && label->text().contains("Shift+R") &&
                   label->text().contains("Next problem");
        }));
        keepPicture(window, "keys");
        QTest::keyClick(&card, Qt::Key_Escape);
        QVERIFY(!card.isVisible());

        CommandPalette palette(&window);
        QSignalSpy ran(run, &QAction::triggered);
        QSignalSpy setting(&palette, &CommandPalette::settingChosen);
        palette.openPalette();
        auto* query = palette.findChild<QLineEdit*>();
        query->setText("tail len");
        keepPicture(window, "palette");
        QTest::keyClick(query, Qt::Key_Return);
        QCOMPARE(setting.count(), 1);
        QCOMPARE(setting[0][0].toString(), QStringLiteral("echo.tail_ms"));
        palette.openPalette();
        query->setText("ru");
        QTest::keyClick(query, Qt::Key_Return);
        QCOMPARE(ran.count(), 1);
        QCOMPARE(CommandPalette::matchScore("Jitter buffer", "xyz"), 0);
    }

    void statusAndSessions() {
        StatusContent status;
        status.resize(1400, 26);
        bench::MachineState machine;
        machine.load_ratio = 0.14;
        machine.late_blocks = 3;
        status.setMachine(machine, true);
        status.setFramesPerSecond(30.0);
        status.setRecording(15.0);
        status.setRoundTrip(41.6);
        status.setProgress("Importing", 0.4, true);
        keepPicture(status, "status");
        QTemporaryDir folder;
        SessionPanel sessions;
        sessions.resize(520, 240);
        sessions.show();
        sessions.setFolders(folder.path(), {folder.filePath("gone")});
        QSignalSpy open(&sessions, &SessionPanel::openWanted);
        sessions.table().selectRow(0);
        emit sessions.table().activated(sessions.model().index(0, 0));
        QCOMPARE(open.count(), 0);  // nothing readable there
        keepPicture(sessions, "sessions");
    }
};

QTEST_MAIN(UiPanelsTest)
#include "ui_panels_test.moc"
