// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window.h"

#include <QAbstractItemView>
#include <QAction>
#include <QDockWidget>
#include <QLineEdit>
#include <QProcess>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTableWidget>
#include <QToolBar>
#include <QToolButton>
#include <QtTest>
#include <cmath>

#include "tests/ui/scene_history.h"
#include "ui/models/event_model.h"
#include "ui/models/history.h"
#include "ui/models/session_list_model.h"
#include "ui/offline_dialog.h"
#include "ui/panels/event_panel.h"
#include "ui/panels/health_panel.h"
#include "ui/panels/parameter_panel.h"
#include "ui/panels/session_panel.h"
#include "ui/panels/transcript_panel.h"
#include "ui/plots/time_stack.h"
#include "ui/replay_dialog.h"
#include "ui/theme/theme.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/guide_strip.h"
#include "ui/widgets/lamp_button.h"
#include "ui/widgets/status_content.h"
#include "ui/window_actions.h"

using namespace doubletalk;
using namespace doubletalk::ui;
using bench::BenchState;

namespace {

constexpr int kLongMs = 60'000;
constexpr const char* kPreset = "Lossy Wi-Fi";

bool has(const History& history, EventKind kind) {
    return std::any_of(history.events().begin(), history.events().end(),
                       [&](const Event& event) { return event.kind == kind; });
}

}  // namespace

class MainWindowTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        QStandardPaths::setTestModeEnabled(true);
        QVERIFY(folder_.isValid());
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, folder_.path());
        QCoreApplication::setOrganizationName("doubletalk-test");
        Theme::current().applyTo(*qobject_cast<QApplication*>(QCoreApplication::instance()));
    }

    void oneRunShowsConvergenceAndBargeIn() {
        MainWindow window;
        window.show();
        runToTheEnd(window);
        const auto& history = window.history();
        QVERIFY(std::abs(history.nowS() - 22.0) < 1e-9);
        QVERIFY(has(history, EventKind::canceller_ready));
        QVERIFY(has(history, EventKind::barge_in_decided));
        QVERIFY(history.echoPath() != nullptr);
        QVERIFY(history.packets().size() > 500);
        const auto& erle = history.series("erle_db").values;
        QVERIFY(*std::max_element(erle.begin(), erle.end(), [](double a, double b) {
            return !std::isfinite(a) || (std::isfinite(b) && a < b);
        }) > 25.0);
        for (auto* stack : window.findChildren<TimeStack*>()) {
            if (stack->isVisible()) QVERIFY(stack->framesDrawn() > 0);
        }
        for (auto* bar : window.findChildren<ErrorBar*>()) QCOMPARE(bar->text(), QString());
        // What the scene's assistant said is there without a word from the user, cut where it was.
        const auto* transcript = window.findChild<TranscriptPanel*>();
        window.findChild<QDockWidget*>("transcript")->raise();
        QVERIFY(QTest::qWaitFor(
            [&] {
                return transcript->plainText().contains("Assistant") &&
                       transcript->plainText().contains("cut at");
            },
            kLongMs));
        QVERIFY(!window.bench().queue().empty());
        for (const auto& speech : window.bench().queue()) {
            QVERIFY(speech.scene && !speech.title.isEmpty() && speech.heard_ms > 0.0);
        }
        // It draws more than one colour.
        const auto picture = window.grab().toImage();
        QSet<QRgb> colours;
        for (int x = 0; x < picture.width(); x += 7) {
            for (int y = 0; y < picture.height(); y += 7) colours.insert(picture.pixel(x, y));
        }
        QVERIFY(colours.size() > 50);
    }

    void timesFollowTheRateOfWhatIsShown() {
        QSettings().clear();
        const auto session = recorded("at 16 kHz");
        MainWindow window;
        window.show();
        QVERIFY(window.bench().set("engine.rate_hz", "48000"));
        runToTheEnd(window);
        QVERIFY(window.bench().set("engine.rate_hz", "16000"));  // for the next run
        const auto& history = window.history();
        auto* events = window.findChild<EventPanel*>();
        events->refresh();
        auto& rows = events->model();
        rows.setAll(true);
        const auto shown_s = [&] {
            double newest_s = 0.0;
            for (int row = 0; row < rows.rowCount(); ++row) {
                newest_s = std::max(newest_s, rows.timeOf(row));
            }
            return newest_s;
        };
        const auto really_s = [&](int rate_hz) {
            double newest_s = 0.0;
            for (const auto& event : history.events()) {
                newest_s = std::max(newest_s, eventTimeS(event, rate_hz));
            }
            return newest_s;
        };
        QCOMPARE(shown_s(), really_s(48000));
        QVERIFY(shown_s() <= history.nowS());
        const auto* health = window.findChild<HealthPanel*>();
        const auto* guide = window.findChild<GuideStrip*>();
        constexpr int kDoubleTalk = 4;
        const auto at_48k = guideSteps(history, 48000)[kDoubleTalk].result;
        QVERIFY(at_48k != guideSteps(history, 16000)[kDoubleTalk].result);
        QTRY_COMPARE(guide->steps()[kDoubleTalk].result, at_48k);
        QTRY_VERIFY2(at_48k.contains(" " + health->reader().find("stop")->value + " ms"),
                     qPrintable(at_48k + health->reader().find("stop")->value));

        QVERIFY(window.bench().set("engine.rate_hz", "48000"));
        window.openSession(session);
        QTRY_COMPARE_WITH_TIMEOUT(window.windowTitle(), QString("at 16 kHz – Doubletalk"), kLongMs);
        events->refresh();
        QCOMPARE(shown_s(), really_s(16000));
        QVERIFY(really_s(48000) < really_s(16000));
    }

    void whatIsKeptOpensAndReplays() {
        MainWindow window;
        window.show();
        QSignalSpy kept(&window.bench(), &bench::Bench::sessionKept);
        window.actions().record->trigger();
        QVERIFY(window.bench().recording());
        runToTheEnd(window);
        QVERIFY(QTest::qWaitFor([&] { return kept.count() == 1; }, kLongMs));
        const auto live_s = window.history().nowS();
        const auto live_events = window.history().events().size();
        const auto live_erle = window.history().series("erle_db").values;
        const auto session = kept.front().front().toString();
        window.openSession(session);
        QVERIFY(QTest::qWaitFor(
            [&] { return window.windowTitle().contains(QFileInfo(session).fileName()); }, kLongMs));
        // The opened session shows what the run showed.
        QCOMPARE(window.history().nowS(), live_s);
        const auto* transcript = window.findChild<TranscriptPanel*>();
        window.findChild<QDockWidget*>("transcript")->raise();
        QVERIFY(QTest::qWaitFor(
            [&] {
                const auto text = transcript->plainText();
                return text.contains("cut at") && text.contains("User");
            },
            kLongMs));
        QCOMPARE(window.history().events().size(), live_events);
        const auto& erle = window.history().series("erle_db").values;
        QCOMPARE(erle.size(), live_erle.size());
        for (std::size_t i = 0; i < erle.size(); ++i) {
            QCOMPARE(std::isfinite(erle[i]), std::isfinite(live_erle[i]));
            if (std::isfinite(erle[i])) QVERIFY(std::abs(erle[i] - live_erle[i]) < 1e-6);
        }
        QVERIFY(window.bench().set("barge_in.trigger_dbfs", "-10"));
        window.actions().replay->trigger();
        QVERIFY(QTest::qWaitFor([&] { return window.windowTitle().contains("replay"); }, kLongMs));
        QVERIFY(!has(window.history(), EventKind::barge_in_decided));
        QVERIFY(QTest::qWaitFor([&] { return transcript->plainText().contains("Assistant"); },
                                kLongMs));
        QVERIFY(!transcript->plainText().contains("cut at"));
        // What came out stays to be read, with the session's name.
        const auto bars = window.findChildren<ErrorBar*>();
        const auto result = std::find_if(bars.begin(), bars.end(), [](const ErrorBar* bar) {
            return bar->kind() == ErrorBar::Kind::result;
        });
        QVERIFY(result != bars.end() && (*result)->isVisible());
        QVERIFY((*result)->text().contains(QFileInfo(session).fileName()));
        QVERIFY((*result)->text().contains("decisions changed"));
        // Which ones, and where.
        (*result)->findChild<QPushButton*>()->click();
        const auto* dialog = window.findChild<ReplayDialog*>();
        QVERIFY(dialog != nullptr && dialog->isVisible() && (*result)->isVisible());
        auto* table = dialog->findChild<QTableWidget*>();
        QVERIFY(table->rowCount() > 0);
        int row = 0;
        while (row < table->rowCount() && table->item(row, 1)->text() != "Barge-in") ++row;
        QVERIFY(row < table->rowCount());
        QCOMPARE(table->item(row, 3)->text(), QStringLiteral("not made"));
        QSignalSpy chosen(dialog, &ReplayDialog::timeChosen);
        table->selectRow(row);
        QCOMPARE(chosen.count(), 1);
        QVERIFY(chosen[0][0].toDouble() > 0.0);
        QVERIFY(!window.actions().follow->isChecked());  // the plots stand there
        QVERIFY(!errorShown(window));
        window.openSession("/nowhere");
        QVERIFY(QTest::qWaitFor([&] { return errorShown(window); }, kLongMs));
        window.openSession(session);
        QVERIFY(QTest::qWaitFor([&] { return !errorShown(window); }, kLongMs));
    }

    void aRecordingEndsWithItsRun() {
        MainWindow window;
        window.show();
        auto& bench = window.bench();
        QSignalSpy kept(&bench, &bench::Bench::sessionKept);
        QSignalSpy failures(&bench, &bench::Bench::failed);
        window.actions().record->trigger();
        runFor(window, 1.0);
        QVERIFY(QTest::qWaitFor([&] { return kept.count() == 1; }, kLongMs));
        QVERIFY(!bench.recording());
        QVERIFY(!window.actions().record->isChecked());
        const auto session = kept.front().front().toString();
        QVERIFY(QFileInfo::exists(session + "/session.json"));
        const auto* status = window.findChild<StatusContent*>();
        QVERIFY2(status->message().contains(session), qPrintable(status->message()));
        QVERIFY(QTest::qWaitFor([&] { return listsSession(window, session); }, kLongMs));

        // The next run is not part of it, and nothing is kept twice.
        runFor(window, 0.5);
        window.actions().record->trigger();
        QVERIFY(bench.recording());
        QCOMPARE(bench.recordedS(), 0.0);
        window.actions().record->trigger();
        QVERIFY(!bench.recording());
        QCOMPARE(failures.count(), 1);
        QCOMPARE(kept.count(), 1);
    }

    /// As a user types it: the option and the folder apart.
    void theProgramOpensASession() {
        const auto session = recorded("to open");
        const auto picture = folder_.filePath("opened.png");
        for (const auto& [folder, exit_code] : {std::pair{session, 0}, {QString("/nowhere"), 1}}) {
            QFile::remove(picture);
            QProcess program;
            auto environment = QProcessEnvironment::systemEnvironment();
            environment.insert("HOME", folder_.path());
            environment.insert("QT_QPA_PLATFORM", "offscreen");
            program.setProcessEnvironment(environment);
            program.start(DT_WINDOW_PROGRAM,
                          {"--default-settings", "--open", folder, "--picture", picture});
            QVERIFY(program.waitForFinished(kLongMs));
            const auto told = program.readAllStandardError();
            QVERIFY2(
                program.exitStatus() == QProcess::NormalExit && program.exitCode() == exit_code,
                told.constData());
            QCOMPARE(QFileInfo::exists(picture), exit_code == 0);
            QCOMPARE(told.contains("/nowhere: there is no such folder"), exit_code == 1);
        }
    }

    /// Also when it filled the screen the last time.
    void theProgramHasTheSizeAskedFor() {
        QMainWindow last;
        last.resize(1600, 1000);
        last.showMaximized();
        QVERIFY(last.isMaximized());
        QSettings kept(folder_.filePath("look/doubletalk/doubletalk.conf"), QSettings::IniFormat);
        kept.setValue("window/geometry", last.saveGeometry());
        kept.sync();
        const auto session = recorded("to see");
        const auto picture = folder_.filePath("sized.png");
        for (const auto& more : {QStringList(), {"--default-settings"}}) {
            QProcess program;
            auto environment = QProcessEnvironment::systemEnvironment();
            environment.insert("HOME", folder_.path());
            environment.insert("XDG_CONFIG_HOME", folder_.filePath("look"));
            environment.insert("QT_QPA_PLATFORM", "offscreen");
            program.setProcessEnvironment(environment);
            program.start(
                DT_WINDOW_PROGRAM,
                QStringList{"--size", "1280x800", "--open", session, "--picture", picture} + more);
            QVERIFY(program.waitForFinished(kLongMs));
            QCOMPARE(program.exitCode(), 0);
            QCOMPARE(QImage(picture).size(), QSize(1280, 800));
            QFile::remove(picture);
        }
    }

    void aRunIsNotReplacedByASessionThatOpensLate() {
        const auto session = recorded("late");
        MainWindow window;
        window.show();
        window.openSession(session);
        QTRY_COMPARE_WITH_TIMEOUT(window.windowTitle(), QString("late – Doubletalk"), kLongMs);
        window.openSession(session);
        window.run();  // before it is read
        QCOMPARE(window.windowTitle(), QString("Doubletalk"));
        QCOMPARE(window.history().nowS(), 0.0);
        QTRY_COMPARE_WITH_TIMEOUT(window.bench().state(), BenchState::running, kLongMs);
        QTest::qWait(500);
        QCOMPARE(window.windowTitle(), QString("Doubletalk"));
        QVERIFY2(window.history().nowS() < 2.5,
                 qPrintable(QString("%1 s after half a second").arg(window.history().nowS())));
        window.bench().stop();
        QTRY_COMPARE_WITH_TIMEOUT(window.bench().state(), BenchState::idle, kLongMs);
    }

    void nothingToRunIsSaidAgain() {
        const auto resources = qgetenv("DOUBLETALK_RESOURCES");
        qputenv("DOUBLETALK_RESOURCES", "/nowhere");
        MainWindow window;
        resources.isNull() ? qunsetenv("DOUBLETALK_RESOURCES")
                           : qputenv("DOUBLETALK_RESOURCES", resources);
        window.show();
        QTRY_VERIFY(errorShown(window));
        window.actions().run->trigger();
        QCOMPARE(window.bench().state(), BenchState::idle);
        QVERIFY(errorShown(window));
    }

    void keysDoWhatTheirCardSays() {
        MainWindow window;
        window.show();
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        QTest::keyClick(&window, Qt::Key_F6);
        QCOMPARE(window.workspace(), Workspace::network);
        QTest::keyClick(&window, Qt::Key_F5);
        QCOMPARE(window.workspace(), Workspace::echo);
        QTest::keyClick(&window, Qt::Key_R);
        QVERIFY(QTest::qWaitFor([&] { return window.bench().state() == BenchState::running; },
                                kLongMs));
        QVERIFY(QTest::qWaitFor([&] { return window.history().nowS() > 1.2; }, kLongMs));
        QTest::keyClick(&window, Qt::Key_Space);
        QVERIFY(QTest::qWaitFor([&] { return has(window.history(), EventKind::interrupt_issued); },
                                kLongMs));
        QTest::keyClick(&window, Qt::Key_K);
        QVERIFY(QTest::qWaitFor([&] { return has(window.history(), EventKind::network_spike); },
                                kLongMs));
        QTest::keyClick(&window, Qt::Key_M);
        QVERIFY(QTest::qWaitFor([&] { return has(window.history(), EventKind::echo_path_changed); },
                                kLongMs));
        QTest::keyClick(&window, Qt::Key_F);
        QVERIFY(!window.actions().follow->isChecked());
        // A window that stands still does not stop the engine.
        const auto before_s = window.history().nowS();
        QThread::msleep(700);
        window.refresh();
        QVERIFY(window.history().nowS() > before_s + 0.5);
        QCOMPARE(window.bench().feed().dropped(), 0);
        QTest::keyClick(&window, Qt::Key_R);
        QVERIFY(
            QTest::qWaitFor([&] { return window.bench().state() == BenchState::idle; }, kLongMs));
    }

    void theLookSurvivesARestart() {
        {
            MainWindow window;
            window.show();
            window.showWorkspace(Workspace::network);
            window.actions().dark->setChecked(true);
            window.actions().dark->trigger();
            QVERIFY(!Theme::current().dark());
            window.findChild<ParameterPanel*>()->choosePreset(kPreset);
            QVERIFY(window.bench().set("network.delay_ms", "73"));
            window.actions().smooth->trigger();
            window.close();
        }
        Theme::current().setDark(true);
        MainWindow window;
        QCOMPARE(window.workspace(), Workspace::network);
        QVERIFY(!Theme::current().dark());
        Theme::current().setDark(true);
        QCOMPARE(window.bench().requested().network.delay_ms, 73.0);
        QCOMPARE(window.bench().sourceOf("network.delay_ms"), duplex::SettingSource::form);
        QCOMPARE(window.findChild<ParameterPanel*>()->preset(), QString(kPreset));
        QVERIFY(window.actions().smooth->isChecked());
        QSettings().clear();
    }

    void aDialogKeepsItsKeys() {
        MainWindow window;
        window.show();
        window.actions().analyse->trigger();
        auto* dialog = window.findChild<OfflineDialog*>();
        QVERIFY(dialog != nullptr && QTest::qWaitForWindowActive(dialog));
        QVERIFY(qobject_cast<QLineEdit*>(dialog->focusWidget()) != nullptr);
        dialog->setFocus();
        QTest::keyClick(dialog, Qt::Key_F);
        QVERIFY(window.actions().follow->isChecked());
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        QTest::keyClick(&window, Qt::Key_F);
        QVERIFY(!window.actions().follow->isChecked());
    }

    void theToolBarFits1280() {
        QSettings().clear();
        MainWindow window;
        window.resize(1280, 800);
        window.show();
        auto* bar = window.findChild<QToolBar*>();
        const auto* more = bar->findChild<QToolButton*>("qt_toolbar_ext_button");
        QTRY_VERIFY(!more->isVisible());
        for (auto* action : {window.actions().follow, window.actions().cursors,
                             window.actions().hold, window.actions().palette}) {
            QVERIFY2(bar->widgetForAction(action)->isVisible(), qPrintable(action->text()));
        }
        // Lamps keep their words; the button with a picture of its own gives way.
        for (const auto& name : {"STT", "TTS"}) {
            for (auto* lamp : bar->findChildren<LampButton*>()) {
                if (lamp->text() != name) continue;
                QCOMPARE(lamp->toolButtonStyle(), Qt::ToolButtonTextBesideIcon);
            }
        }
        auto* files = qobject_cast<QToolButton*>(bar->widgetForAction(window.actions().speak_file));
        QCOMPARE(files->toolButtonStyle(), Qt::ToolButtonIconOnly);
        window.resize(1120, 700);
        QTRY_VERIFY(more->isVisible());
        for (auto* action :
             {window.actions().run, window.actions().record, window.actions().interrupt}) {
            QVERIFY2(bar->widgetForAction(action)->isVisible(), qPrintable(action->text()));
        }
    }

    void everyActionSaysWhatItDoes() {
        MainWindow window;
        QSet<QString> keys;
        for (auto* action : window.actions().all()) {
            QVERIFY2(!action->text().isEmpty() && !action->toolTip().isEmpty(),
                     qPrintable(action->text()));
            const auto key = action->shortcut().toString();
            if (key.isEmpty()) continue;
            QVERIFY2(!keys.contains(key), qPrintable(key));
            keys.insert(key);
        }
    }

private:
    /// Three seconds of a scene as a session's folder.
    [[nodiscard]] QString recorded(const QString& name) const {
        auto folder = folder_.filePath(name);
        SceneHistory run("barge_in", {}, folder.toStdString());
        History history;
        run.run(history, 3.0);
        run.finish();
        return folder;
    }

    static bool errorShown(const MainWindow& window) {
        const auto bars = window.findChildren<ErrorBar*>();
        return std::any_of(bars.begin(), bars.end(), [](const ErrorBar* bar) {
            return bar->kind() == ErrorBar::Kind::problem && !bar->text().isEmpty();
        });
    }

    static bool listsSession(const MainWindow& window, const QString& folder) {
        const auto views = window.findChild<SessionPanel*>()->findChildren<QAbstractItemView*>();
        for (const auto* view : views) {
            const auto* model = view->model();
            for (int row = 0; row < model->rowCount(); ++row) {
                const auto listed = model->index(row, 0).data(SessionListModel::kFolderRole);
                if (listed.toString() == folder) return true;
            }
        }
        return false;
    }

    static void runFor(MainWindow& window, double s) {
        window.run();
        QVERIFY(QTest::qWaitFor(
            [&] {
                return window.bench().state() == BenchState::running && window.history().nowS() > s;
            },
            kLongMs));
        window.bench().stop();
        QVERIFY(
            QTest::qWaitFor([&] { return window.bench().state() == BenchState::idle; }, kLongMs));
    }

    static void runToTheEnd(MainWindow& window) {
        window.run(bench::RunPace::as_fast);
        QVERIFY(QTest::qWaitFor(
            [&] {
                return window.bench().state() == BenchState::idle && window.history().nowS() > 21.9;
            },
            kLongMs));
        window.refresh();
    }

    QTemporaryDir folder_;
};

QTEST_MAIN(MainWindowTest)
#include "main_window_test.moc"
