// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Tracks of a session, played on a sound server of the test's own: where they are is on the plots.

#include <QSettings>
#include <QStandardPaths>
#include <QtTest>
#include <cmath>
#include <optional>

#include "app/bench/monitor.h"
#include "tests/app/audio/pulse_daemon.h"
#include "tests/ui/panel_support.h"
#include "tests/ui/scene_history.h"
#include "ui/hear_button.h"
#include "ui/main_window.h"
#include "ui/plots/time_stack.h"

using namespace doubletalk;
using namespace doubletalk::ui;
using bench::BenchState;

namespace {

constexpr int kLongMs = 30'000;
constexpr double kLengthS = 6.0;

TimeStack& stackOf(const MainWindow& window) {
    for (auto* stack : window.findChildren<TimeStack*>()) {
        if (stack->isVisible()) return *stack;
    }
    qFatal("no plots");
}

/// Of the line; below 0: there is none.
double timeOf(const TimeStack& stack) {
    const auto x = stack.playLineX();
    if (!x) return -1.0;
    const double px_per_s = stack.xOf(1.0) - stack.xOf(0.0);
    return (double(*x) - stack.xOf(0.0)) / px_per_s;
}

/// Into the time ruler below the plots.
void clickRuler(TimeStack& stack, double time_s) {
    auto* plot = stack.findChildren<QWidget*>("", Qt::FindDirectChildrenOnly).last();
    const QPoint at(int(std::lround(stack.xOf(time_s))) - plot->x(), plot->height() - 5);
    QTest::mouseClick(plot, Qt::LeftButton, {}, at);
}

}  // namespace

class PlayPositionTest : public QObject {
    Q_OBJECT
private slots:
    void aTrackIsFollowedMovedAndLeft() {
        QStandardPaths::setTestModeEnabled(true);
        QVERIFY(folder_.isValid());
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, folder_.path());
        QCoreApplication::setOrganizationName("doubletalk-test");
        Theme::current().applyTo(*qobject_cast<QApplication*>(QCoreApplication::instance()));
        test::PulseDaemon daemon;
        QVERIFY(daemon.start());
        const auto session = folder_.filePath("session");
        {
            SceneHistory run("barge_in", {}, session.toStdString());
            History history;
            run.run(history, kLengthS);
            run.finish();
        }
        MainWindow window;
        window.show();
        QSignalSpy shown(&window, &MainWindow::sessionShown);
        window.openSession(session);
        QTRY_COMPARE_WITH_TIMEOUT(shown.count(), 1, kLongMs);
        auto& stack = stackOf(window);
        auto& hear = *window.findChild<HearButton*>();
        QCOMPARE(timeOf(stack), -1.0);

        hear.playTrack("mic");
        QVERIFY2(errorsOf(window).isEmpty(), qPrintable(errorsOf(window)));
        QTRY_VERIFY_WITH_TIMEOUT(timeOf(stack) > 0.5, kLongMs);
        QVERIFY2(timeOf(stack) < 2.0, qPrintable(QString::number(timeOf(stack))));
        clickRuler(stack, 4.0);
        QTest::qWait(300);  // the sound's own place by now
        QVERIFY2(timeOf(stack) > 4.0, qPrintable(QString::number(timeOf(stack))));
        QVERIFY2(timeOf(stack) < 5.0, qPrintable(QString::number(timeOf(stack))));
        // Back again, then from near the end to it: the line goes with the sound.
        clickRuler(stack, 1.0);
        QTest::qWait(300);
        QVERIFY(timeOf(stack) > 1.0 && timeOf(stack) < 2.0);
        clickRuler(stack, 5.5);
        QTRY_COMPARE_WITH_TIMEOUT(timeOf(stack), -1.0, kLongMs);
        QVERIFY(!window.bench().monitor().playing());
        QCOMPARE(hear.property("kind").toString(), QString());

        hear.playTrack("mic");
        QTRY_VERIFY_WITH_TIMEOUT(timeOf(stack) > 0.1, kLongMs);
        hear.hearNothing();
        QCOMPARE(timeOf(stack), -1.0);

        // The plots show a run: a session's track has no place there.
        hear.playTrack("mic");
        QTRY_VERIFY_WITH_TIMEOUT(timeOf(stack) > 0.1, kLongMs);
        window.run();
        QCOMPARE(timeOf(stack), -1.0);
        QVERIFY(!window.bench().monitor().playing());
        window.bench().stop();
        QTRY_COMPARE_WITH_TIMEOUT(window.bench().state(), BenchState::idle, kLongMs);
    }

private:
    QTemporaryDir folder_;
};

QTEST_MAIN(PlayPositionTest)
#include "play_position_test.moc"
