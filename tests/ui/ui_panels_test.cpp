// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Panels of the window, as a user meets them, offscreen. With DT_GRABS=folder their pictures are
// kept there.

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDockWidget>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QStatusBar>
#include <QTableView>
#include <QTest>
#include <QToolBar>
#include <QToolButton>
#include <QUndoStack>

#include "app/bench/bench.h"
#include "tests/ui/panel_support.h"
#include "ui/models/parameter_model.h"
#include "ui/models/queue_model.h"
#include "ui/models/session_list_model.h"
#include "ui/panels/network_panel.h"
#include "ui/panels/parameter_panel.h"
#include "ui/panels/parameter_view.h"
#include "ui/panels/session_panel.h"
#include "ui/panels/speak_panel.h"
#include "ui/theme/style_sheet.h"
#include "ui/widgets/command_palette.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/key_card.h"
#include "ui/widgets/lamp_button.h"
#include "ui/widgets/quick_toggles.h"
#include "ui/widgets/status_content.h"
#include "ui/window_layout.h"

using namespace doubletalk;
using namespace doubletalk::ui;

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
        // What was typed wrongly is over with another preset, also where that sets nothing.
        auto* settings = panel.findChild<ParameterModel*>();
        const auto loss = settings->rowIndex("network.loss_percent", ParameterModel::kRequested);
        QVERIFY(!settings->setData(loss, "9000", Qt::EditRole));
        QVERIFY(!loss.data(ParameterModel::kProblemRole).toString().isEmpty());
        panel.choosePreset("Hands-free, small room");
        QVERIFY(loss.data(ParameterModel::kProblemRole).toString().isEmpty());
        QVERIFY(rig.edits.set("noise.strength_ratio", "0.4"));
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
        // The value as it is changes nothing, also with other digits.
        const int steps = rig.edits.undoStack().count();
        QSignalSpy changes(&rig.target, &ParameterTarget::changed);
        QTest::keyClick(fields[0], Qt::Key_Return);
        QCOMPARE(changes.count(), 0);
        QCOMPARE(rig.edits.undoStack().count(), steps);
        // Enter and Escape give the keys back to the window; letters do not get in.
        panel.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&panel));
        fields[0]->setFocus();
        fields[0]->selectAll();
        QTest::keyClicks(fields[0], "npkc");
        QCOMPARE(line->text(), QStringLiteral("55.0"));
        QTest::keyClicks(fields[0], "56");
        QTest::keyClick(fields[0], Qt::Key_Return);
        QCOMPARE(rig.target.requested().network.delay_ms, 56.0);
        QVERIFY(!fields[0]->hasFocus());
        fields[0]->setFocus();
        fields[0]->selectAll();
        QTest::keyClicks(fields[0], "57");
        QTest::keyClick(fields[0], Qt::Key_Escape);
        QCOMPARE(rig.target.requested().network.delay_ms, 56.0);
        QCOMPARE(line->text(), QStringLiteral("56.0"));
        QVERIFY(!fields[0]->hasFocus());
        line->setText("55");
        QTest::keyClick(fields[0], Qt::Key_Return);
        line->setText("99999");
        QTest::keyClick(fields[0], Qt::Key_Return);
        QCOMPARE(rig.target.requested().network.delay_ms, 55.0);
        QVERIFY(!panel.findChild<ErrorBar*>()->isHidden());
        keepPicture(panel, "network-error");
        // The value as it is takes the message back, and so does a change by anybody else.
        line->setText("55");
        QTest::keyClick(fields[0], Qt::Key_Return);
        QVERIFY(panel.findChild<ErrorBar*>()->isHidden());
        line->setText("99999");
        QTest::keyClick(fields[0], Qt::Key_Return);
        QVERIFY(!panel.findChild<ErrorBar*>()->isHidden());
        QVERIFY(rig.edits.set("network.loss_percent", "7"));
        QVERIFY(panel.findChild<ErrorBar*>()->isHidden());
        QVERIFY(!fields[0]->property("problem").toBool());
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
        // A trace is chosen while nothing runs.
        const auto buttons = panel.findChildren<QToolButton*>();
        const auto trace = std::find_if(buttons.begin(), buttons.end(),
                                        [](auto* button) { return button->menu() != nullptr; });
        QVERIFY(trace != buttons.end() && !(*trace)->isEnabled());
        panel.setRunning(false);
        QVERIFY((*trace)->isEnabled());
        panel.setTrace("/traces/wifi office.csv");
        QCOMPARE((*trace)->text(), QStringLiteral("wifi office"));
        QSignalSpy wanted(&panel, &NetworkPanel::traceWanted);
        (*trace)->menu()->actions().front()->trigger();
        QCOMPARE(wanted.count(), 1);
        QVERIFY(wanted[0][0].toString().isEmpty());
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
        queue[0].heard_error_ms = 57.7;
        panel.setQueue(queue, 4100);
        // A place with its error is shown whole.
        const auto place = panel.table().model()->index(0, QueueModel::kPosition).data().toString();
        QVERIFY2(place.contains("± 57.7 ms"), qPrintable(place));
        const int needed = QFontMetrics(Theme::current().number()).horizontalAdvance(place);
        QVERIFY(panel.table().columnWidth(QueueModel::kPosition) >= needed + 16);
        QSignalSpy moved(&panel, &SpeakPanel::moveWanted);
        panel.table().selectRow(2);
        panel.activateWindow();
        panel.table().setFocus();
        QVERIFY(QTest::qWaitForWindowActive(&panel));
        QTest::keyClick(&panel.table(), Qt::Key_Up, Qt::AltModifier);
        QTRY_COMPARE(moved.count(), 1);
        QCOMPARE(moved[0][0].toLongLong(), 3);
        keepPicture(panel, "speak");
        QSignalSpy removed(&panel, &SpeakPanel::removeWanted);
        panel.table().selectRow(0);
        QTest::keyClick(&panel.table(), Qt::Key_Delete);
        QCOMPARE(removed.count(), 0);  // it was heard
        panel.table().selectRow(2);
        QTest::keyClick(&panel.table(), Qt::Key_Delete);
        QCOMPARE(removed.count(), 1);
    }

    void theQueueShowsWhatSpeaksAndWhatIsNew() {
        using State = bench::QueuedSpeech::State;
        SpeakPanel panel;
        panel.resize(520, 240);
        panel.show();
        std::vector<bench::QueuedSpeech> queue;
        const auto add = [&](State state) {
            queue.emplace_back().state = state;
            queue.back().ticket = std::int64_t(queue.size());
            panel.setQueue(queue, 0.0);
        };
        const auto seen = [&](int row) {
            const auto rect = panel.table().visualRect(panel.model().index(row, 0));
            return panel.table().viewport()->rect().contains(rect.center());
        };
        for (int i = 0; i < 20; ++i) {
            add(i < 8 ? State::heard : State::waiting);
            QVERIFY2(seen(i), qPrintable(QString::number(i)));
        }
        QVERIFY(!seen(8));
        queue[8].state = State::speaking;
        panel.setQueue(queue, 0.0);
        QVERIFY(seen(8) && seen(9));
        // Only what is new moves the list: the user may look elsewhere.
        panel.table().scrollToTop();
        queue[8].heard_ms = 100.0;
        panel.setQueue(queue, 0.0);
        QVERIFY(seen(0));
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
                   label->text().contains("Next problem") && label->text().contains("time ruler");
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
        QStatusBar bar;
        StatusContent status;
        status.resize(1400, 26);
        bench::MachineState machine;
        machine.load_ratio = 0.14;
        machine.late_blocks = 3;
        status.setMachine(machine, true);
        status.setFramesPerSecond(30.0);
        status.setRecording(15.0);
        status.setRoundTrip(41.6);
        bar.addPermanentWidget(&status, 1);
        bar.show();
        const int height = bar.sizeHint().height();
        status.setProgress("Importing", 0.4, true);
        QTest::qWait(20);
        QCOMPARE(bar.sizeHint().height(), height);
        const auto red = [&] {
            for (const auto* cell : status.findChildren<QLabel*>()) {
                if (cell->accessibleName().startsWith("Overruns"))
                    return cell->text().contains(Theme::current().colour(Token::problem).name());
            }
            qFatal("no overruns");
        };
        QVERIFY(red());
        status.setMachine(machine, false);
        QVERIFY(!red());
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
        // Listed anew in the middle of a double click: the row stays selected.
        sessions.setFolders(folder.path(), {folder.filePath("gone"), folder.filePath("lost")});
        sessions.table().selectRow(1);
        const auto chosen =
            sessions.model().index(1, 0).data(SessionListModel::kFolderRole).toString();
        sessions.setFolders(folder.path(), {folder.filePath("lost"), folder.filePath("gone")});
        const auto rows = sessions.table().selectionModel()->selectedRows();
        QCOMPARE(rows.size(), 1);
        QCOMPARE(rows[0].data(SessionListModel::kFolderRole).toString(), chosen);
    }

    void docksKeepTheirPlaces() {
        QTemporaryDir folder;
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, folder.path());
        QMap<QString, QSize> sizes;
        {
            Docked docked({1600, 1000});
            QCOMPARE(docked.width("parameters"), 296);
            QCOMPARE(docked.width("health"), 248);
            QVERIFY(!docked.isTabOf("events", "echo_path"));
            docked.window.resizeDocks({docked.layout.dock("parameters")}, {341}, Qt::Horizontal);
            docked.window.resizeDocks({docked.layout.dock("events")}, {333}, Qt::Vertical);
            docked.layout.dock("speak")->raise();
            QTest::qWait(50);
            QCOMPARE(docked.width("parameters"), 341);
            for (const auto& id : docked.inFront()) sizes[id] = docked.layout.dock(id)->size();
            QCOMPARE(sizes.size(), 5);
            docked.layout.save(Workspace::echo);
        }
        Docked docked({1600, 1000});
        QCOMPARE(docked.inFront(), sizes.keys());
        for (const auto& id : docked.inFront()) QCOMPARE(docked.layout.dock(id)->size(), sizes[id]);

        QSignalSpy narrow(&docked.layout, &WindowLayout::narrowChanged);
        docked.window.resize(1280, 800);
        QTRY_COMPARE(narrow.count(), 1);
        QTRY_COMPARE(docked.width("parameters"), 264);
        QCOMPARE(docked.width("health"), 132);
        QVERIFY(docked.isTabOf("events", "echo_path"));
        QVERIFY(docked.isTabOf("latency", "echo_path"));
        docked.window.resize(1600, 1000);
        QTRY_COMPARE(narrow.count(), 2);
        QTRY_COMPARE(docked.width("parameters"), 341);
        QVERIFY(!docked.isTabOf("events", "echo_path"));
    }

    void buttonsKeepTheirWidthWhateverTheyShow() {
        QToolBar bar;
        const auto widthOf = [&](const char* kind) {
            QToolButton button(&bar);
            button.setText("Interrupt");
            setKind(button, kind);
            return button.sizeHint().width();
        };
        QCOMPARE(widthOf("interrupt"), widthOf("field"));
    }

    void lampsAreEightPxOnEveryScreen() {
        LampButton button("AEC");
        button.setLamp(Lamp::on);
        for (const double ratio : {1.0, 2.0}) {
            const auto image = button.icon().pixmap(button.iconSize(), ratio).toImage();
            int least = image.width(), most = 0;
            for (int x = 0; x < image.width(); ++x) {
                if (qAlpha(image.pixel(x, image.height() / 2)) < 128) continue;
                least = std::min(least, x);
                most = std::max(most, x);
            }
            const double width = (most - least + 1) / ratio;
            QVERIFY2(std::abs(width - 8.0) <= 1.0, qPrintable(QString::number(width)));
        }
    }

private:
    /// Empty docks in a window of their own.
    struct Docked {
        explicit Docked(const QSize& size) {
            window.setCentralWidget(new QWidget);
            layout.add("parameters", "Parameters", new QWidget, Qt::LeftDockWidgetArea);
            layout.add("health", "Health", new QWidget, Qt::RightDockWidgetArea);
            for (const auto& id : ids().mid(2))
                layout.add(id, id, new QWidget, Qt::BottomDockWidgetArea);
            layout.stack("events", {"speak"});
            window.resize(size);
            layout.restore(Workspace::echo);
            window.show();
            QTest::qWait(400);
        }
        [[nodiscard]] static QStringList ids() {
            return {"parameters", "health", "echo_path", "delay_variation",
                    "latency",    "events", "speak"};
        }
        [[nodiscard]] QStringList inFront() const {
            QStringList front;
            for (const auto& id : ids()) {
                if (!layout.dock(id)->visibleRegion().isEmpty()) front << id;
            }
            front.sort();
            return front;
        }
        [[nodiscard]] int width(const QString& id) const { return layout.dock(id)->width(); }
        [[nodiscard]] bool isTabOf(const QString& id, const QString& other) const {
            return window.tabifiedDockWidgets(layout.dock(other)).contains(layout.dock(id));
        }
        QMainWindow window;
        QMenu menu;
        WindowLayout layout{window, menu};
    };
};

QTEST_MAIN(UiPanelsTest)
#include "ui_panels_test.moc"
