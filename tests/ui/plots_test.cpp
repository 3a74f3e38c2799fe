// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include <QApplication>
#include <QFile>
#include <QImage>
#include <QMouseEvent>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QWheelEvent>
#include <cmath>

#include "app/bench/item_waves.h"
#include "tests/ui/plot_support.h"
#include "tests/ui/scene_history.h"
#include "ui/plots/plot_registry.h"
#include "ui/plots/strip.h"
#include "ui/plots/time_stack.h"
#include "ui/plots/time_view.h"
#include "ui/plots/voice_strip.h"
#include "ui/theme/theme.h"

namespace doubletalk::ui {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

bool columnDiffers(const QImage& a, const QImage& b, int x) {
    for (int y = 0; y < a.height(); ++y) {
        if (a.pixel(x, y) != b.pixel(x, y)) return true;
    }
    return false;
}

}  // namespace

class PlotsTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        Theme::current().applyTo(*qobject_cast<QApplication*>(qApp));
        QVERIFY(folder_.isValid());
        SceneHistory run("barge_in");
        run.run(history_, 13.0);
        SceneHistory lossy("barge_in", {{"network.loss_percent", 8.0},
                                        {"network.spikes_per_min", 30.0},
                                        {"network.spike_ms", 300}});
        lossy.run(lossy_, 8.0);
    }

    // The one time axis.

    void viewFollowsAndFreezes() {
        TimeView view;
        QSignalSpy follow(&view, &TimeView::followChanged);
        view.setSpan(10.0);
        view.advance(5.0);
        QCOMPARE(view.range().from_s, 0.0);
        view.advance(100.0);
        QVERIFY(view.range().to_s > 100.0 && view.range().to_s < 101.0);
        QCOMPARE(view.range().length(), 10.0);
        view.zoom(0.5, 95.0);
        QVERIFY(view.follows());
        QCOMPARE(view.range().length(), 5.0);
        QVERIFY(view.range().to_s > 100.0);
        view.pan(-3.0);
        QVERIFY(!view.follows());
        QCOMPARE(*view.frozenAt(), 100.0);
        const auto frozen = view.range();
        view.advance(120.0);
        QCOMPARE(view.range(), frozen);
        // A frozen view zooms about the place pointed at.
        const double about = frozen.from_s + 0.25 * frozen.length();
        view.zoom(0.5, about);
        QVERIFY(std::abs((about - view.range().from_s) / view.range().length() - 0.25) < 1e-9);
        view.fit();
        QVERIFY(view.follows());
        QCOMPARE(view.range().from_s, 0.0);
        QVERIFY(view.range().to_s >= 120.0);
        QCOMPARE(follow.count(), 2);
    }

    void cursorsAppearInTheView() {
        TimeView view;
        view.setSpan(12.0);
        view.advance(200.0);
        view.toggleCursors();
        for (int i = 0; i < 2; ++i) {
            QVERIFY(view.cursor(i) > view.range().from_s && view.cursor(i) < view.range().to_s);
        }
        QVERIFY(view.cursor(0) < view.cursor(1));
    }

    // A scene in the stacks.

    void drawsOnlyWhatIsNew() {
        History history;
        TimeView view;
        view.setSpan(60.0);
        std::unique_ptr<TimeStack> stack(makeEchoStack(history, view));
        stack->resize(900, 600);
        pump(*stack);
        QCOMPARE(stack->framesDrawn(), std::int64_t(0));  // hidden
        stack->show();
        pump(*stack);
        const auto first = stack->framesDrawn();
        QVERIFY(first > 0);
        for (int i = 0; i < 10; ++i) pump(*stack);
        QCOMPARE(stack->framesDrawn(), first);
        bench::FeedBlock block;
        for (block.block = 0; block.block < 100; ++block.block) history.addBlock(block);
        view.advance(history.nowS());
        pump(*stack);
        QCOMPARE(stack->framesDrawn(), first + 1);
    }

    void framesScrolledEqualARedraw() {
        History history;
        SceneHistory run("barge_in");
        TimeView view;
        view.setSpan(4.0);
        std::unique_ptr<TimeStack> stack(makeEchoStack(history, view));
        stack->resize(900, 600);
        stack->show();
        for (int frame = 0; frame < 240; ++frame) {
            run.run(history, 0.04);
            view.advance(history.nowS());
            pump(*stack);
        }
        const auto scrolled = stack->grab().toImage();
        Theme::current().setDark(false);
        Theme::current().setDark(true);
        pump(*stack);
        const auto whole = stack->grab().toImage();
        int differ = 0;
        for (int y = 0; y < whole.height(); ++y) {
            for (int x = 0; x < whole.width(); ++x)
                differ += scrolled.pixel(x, y) != whole.pixel(x, y);
        }
        QVERIFY2(differ < 60, qPrintable(QString::number(differ)));
    }

    void stepsThroughProblems() {
        TimeView view;
        view.setSpan(3.0);
        view.advance(lossy_.nowS());
        std::unique_ptr<TimeStack> stack(makeNetworkStack(lossy_, view));
        QVERIFY(!lossy_.concealed().empty());
        view.setRange({0.0, 3.0});
        view.setFollow(false);
        std::vector<double> forth;
        while (stack->nextProblem()) forth.push_back(view.marked()->from_s);
        QVERIFY2(forth.size() > 3, qPrintable(QString::number(forth.size())));
        QVERIFY(std::is_sorted(forth.begin(), forth.end()));
        std::vector<double> back;
        while (stack->previousProblem()) back.push_back(view.marked()->from_s);
        QCOMPARE(back.size() + 1, forth.size());
        QCOMPARE(back.back(), forth.front());
        const auto middle = 0.5 * (view.range().from_s + view.range().to_s);
        const auto wanted = 0.5 * (view.marked()->from_s + view.marked()->to_s);
        QVERIFY(std::abs(middle - wanted) < 1e-6 || view.range().from_s == 0.0);
        QVERIFY(!view.follows());
        view.setFollow(true);
        QVERIFY(!view.marked());
    }

    /// However dense the problems are and however far out the view is.
    void problemsVeilOnlyWhatTheyDamaged() {
        History history;
        bench::FeedBlock block;
        for (block.block = 0; block.block < 36000; ++block.block) {
            const auto at = block.block % 12;
            block.concealed = block.block >= 1600 && block.block < 2000 && at < 2;
            history.addBlock(block);
        }
        TimeView view;
        TimeStack stack("plot", "plot", history, view);
        stack.addStrip(makeStrip("far"));
        stack.resize(900, 160);
        stack.show();
        view.advance(history.nowS());
        view.setRange({0.0, 360.0});
        pump(stack);
        const auto image = stack.grab().toImage();
        const auto redAt = [&](double time_s) {
            const int x = int(std::lround(stack.xOf(time_s)));
            int count = 0;
            for (int y = 46; y < image.height() - 30; ++y) {
                const auto pixel = image.pixelColor(x, y);
                count += pixel.red() - pixel.blue() > 15;
            }
            return count;
        };
        QVERIFY(redAt(17.0) > 20 && redAt(19.0) > 20);
        for (const double clean_s : {10.0, 23.0, 30.0, 100.0, 300.0}) QCOMPARE(redAt(clean_s), 0);
    }

    void keysAndMouse() {
        TimeView view;
        view.setSpan(8.0);
        view.advance(history_.nowS());
        std::unique_ptr<TimeStack> stack(makeEchoStack(history_, view));
        stack->resize(900, 600);
        stack->show();
        pump(*stack);
        QTest::keyClick(stack.get(), Qt::Key_C);
        QVERIFY(view.cursorsShown());
        QVERIFY(stack->note().contains(QString::fromUtf8("\u0394")));
        auto* plot = stack->findChildren<QWidget*>("", Qt::FindDirectChildrenOnly).last();
        const auto at = [&](double time_s) {
            return QPoint(int(std::lround(stack->xOf(time_s))) - plot->x(), plot->height() / 2);
        };
        // Cursor 1 by hand.
        const double to_s = view.cursor(0) + 1.0;
        QTest::mousePress(plot, Qt::LeftButton, {}, at(view.cursor(0)));
        QMouseEvent move(QEvent::MouseMove, at(to_s), plot->mapToGlobal(at(to_s)), Qt::LeftButton,
                         Qt::LeftButton, {});
        QApplication::sendEvent(plot, &move);
        QTest::mouseRelease(plot, Qt::LeftButton, {}, at(to_s));
        QVERIFY(std::abs(view.cursor(0) - to_s) < 0.03);
        QVERIFY(view.follows());
        // Drag elsewhere: pan, which freezes.
        const auto from = view.range();
        const double grip_s = from.from_s + 0.1 * from.length();
        QTest::mousePress(plot, Qt::LeftButton, {}, at(grip_s));
        const auto target = at(grip_s) + QPoint(100, 0);
        QMouseEvent drag(QEvent::MouseMove, target, plot->mapToGlobal(target), Qt::LeftButton,
                         Qt::LeftButton, {});
        QApplication::sendEvent(plot, &drag);
        QTest::mouseRelease(plot, Qt::LeftButton, {}, target);
        QVERIFY(!view.follows());
        QVERIFY(view.range().from_s < from.from_s - 0.3);
        QVERIFY(!stack->note().contains("Frozen"));  // nothing runs on
        stack->setRunning(true);
        QVERIFY(stack->note().contains("Frozen"));
        const double before = view.range().length();
        QWheelEvent wheel(QPointF(300, 200), plot->mapToGlobal(QPointF(300, 200)), {},
                          QPoint(0, 120), {}, {}, Qt::NoScrollPhase, false);
        QApplication::sendEvent(plot, &wheel);
        QVERIFY(view.range().length() < before);
        QTest::mouseDClick(plot, Qt::LeftButton, {}, QPoint(300, 200));
        QVERIFY(view.follows());
        QTest::keyClick(stack.get(), Qt::Key_F);
        QVERIFY(!view.follows());
    }

    void aTrackPlaysUnderALine() {
        TimeView view;
        view.setSpan(8.0);
        view.advance(history_.nowS());
        std::unique_ptr<TimeStack> stack(makeEchoStack(history_, view));
        stack->resize(900, 600);
        stack->show();
        pump(*stack);
        auto* plot = stack->findChildren<QWidget*>("", Qt::FindDirectChildrenOnly).last();
        const double from_s = view.range().from_s;
        const auto at = [&](double time_s, int y) {
            return QPoint(int(std::lround(stack->xOf(time_s))) - plot->x(), y);
        };
        const auto drag = [&](QPoint from, QPoint to, Qt::KeyboardModifiers keys) {
            QTest::mousePress(plot, Qt::LeftButton, keys, from);
            QMouseEvent move(QEvent::MouseMove, to, plot->mapToGlobal(to), Qt::LeftButton,
                             Qt::LeftButton, keys);
            QApplication::sendEvent(plot, &move);
        };
        const int ruler = plot->height() - 5, middle = plot->height() / 2;
        // The line moves, the curves are not drawn again.
        const auto drawn = stack->framesDrawn();
        const auto before = stack->grab().toImage();
        for (const double time_s : {from_s + 1.0, from_s + 3.0}) {
            view.setPlayhead(time_s);
            pump(*stack);
            QCOMPARE(stack->playLineX().value_or(-1), int(std::floor(stack->xOf(time_s))));
        }
        QCOMPARE(stack->framesDrawn(), drawn);
        const auto after = stack->grab().toImage();
        int columns = 0;
        for (int x = 0; x < after.width(); ++x) columns += columnDiffers(before, after, x) ? 1 : 0;
        QCOMPARE(columns, 1);
        view.setPlayhead(from_s - 1.0);
        QVERIFY(!stack->playLineX());
        // Dragged: it follows the pointer, not the sound, and asks when it is released.
        QSignalSpy wanted(&view, &TimeView::playFromWanted);
        view.setPlayhead(from_s + 1.0);
        const auto range = view.range();
        for (const auto& [y, keys] :
             {std::pair{ruler, Qt::NoModifier}, {middle, Qt::AltModifier}}) {
            wanted.clear();
            drag(at(from_s + 2.0, y), at(from_s + 5.0, y), keys);
            view.setPlayhead(from_s + 1.1);
            QVERIFY(std::abs(*view.playhead() - from_s - 5.0) < 0.03);
            QCOMPARE(wanted.count(), 0);
            QTest::mouseRelease(plot, Qt::LeftButton, keys, at(from_s + 5.0, y));
            QCOMPARE(wanted.count(), 1);
            QVERIFY(std::abs(wanted[0][0].toDouble() - from_s - 5.0) < 0.03);
        }
        QTest::mouseDClick(plot, Qt::LeftButton, {}, at(from_s + 2.0, ruler));
        QVERIFY(view.range() == range && view.follows());
        // Nothing plays: the ruler moves the view, as everywhere.
        wanted.clear();
        view.setPlayhead({});
        QVERIFY(!stack->playLineX());
        drag(at(from_s + 1.0, ruler), at(from_s + 2.0, ruler), {});
        QTest::mouseRelease(plot, Qt::LeftButton, {}, at(from_s + 2.0, ruler));
        QVERIFY(wanted.isEmpty() && view.range().from_s < from_s);
    }

    void aLevelBelowHearingIsNotCounted() {
        History history;
        for (int i = 0; i < 100; ++i) {
            bench::FeedBlock block;
            block.block = i;
            block.clean_dbfs = i < 50 ? -200.0F : -40.0F;
            history.addBlock(block);
        }
        TimeView view;
        ProblemList problems;
        VoiceStrip voice;
        StripFrame frame{.history = history, .view = view, .problems = problems, .rect = {}};
        frame.rect = QRect(0, 0, 800, 100);
        frame.px_per_s = 100.0;
        const auto textAt = [&](double time_s) { return voice.dotsAt(time_s, frame).front().text; };
        QCOMPARE(textAt(0.2), QString("output < −90 dBFS"));
        QCOMPARE(textAt(0.8), QString("output −40.0 dBFS"));
    }

    void holdKeepsAnEarlierRun() {
        History history;
        bench::FeedRow row;
        const auto fill = [&](double erle_db) {
            history.clear();
            const auto columns = duplex::ChainMeter::columns();
            const auto erle =
                std::find(columns.begin(), columns.end(), "erle_db") - columns.begin();
            for (int i = 0; i < 100; ++i) {
                bench::FeedBlock block;
                for (int j = 0; j < 10; ++j) {
                    block.block = i * 10 + j;
                    history.addBlock(block);
                }
                row.values.fill(kMissing);
                row.values[std::size_t(erle)] = erle_db;
                row.block = i * 10 + 9;
                history.addRow(row);
            }
        };
        TimeView view;
        view.setSpan(10.0);
        std::unique_ptr<TimeStack> stack(makeEchoStack(history, view));
        stack->resize(900, 600);
        stack->show();
        fill(30.0);
        view.advance(history.nowS());
        pump(*stack);
        stack->setHeld(true);
        fill(10.0);
        view.advance(history.nowS());
        pump(*stack);
        const auto with = stack->grab().toImage();
        stack->setHeld(false);
        pump(*stack);
        const auto without = stack->grab().toImage();
        // The held curve is a dotted line some 20 dB above the new one.
        int rows = 0;
        int lowest = 0;
        int highest = 10000;
        for (int y = with.height() / 2; y < with.height(); ++y) {
            int differ = 0;
            for (int x = 200; x < 600; ++x) differ += with.pixel(x, y) != without.pixel(x, y);
            if (differ > 60) {
                ++rows;
                lowest = std::max(lowest, y);
                highest = std::min(highest, y);
            }
        }
        QVERIFY2(rows >= 1 && lowest - highest < 4, qPrintable(QString::number(rows)));
    }

    void lanesTellTheStop() {
        TimeView view;
        view.setSpan(13.0);
        view.advance(history_.nowS());
        std::unique_ptr<TimeStack> stack(makeEchoStack(history_, view));
        stack->resize(1055, 620);
        stack->show();
        pump(*stack);
        double decided_s = -1.0;
        for (const auto& event : history_.events()) {
            if (event.kind == EventKind::interrupt_issued) decided_s = eventTimeS(event, 16000);
        }
        QVERIFY(decided_s > 0.0);
        // The stop's time is among the tips of the lanes at its place.
        QString error;
        const auto path = folder_.filePath("lanes.svg");
        QVERIFY(stack->exportTo(path, ExportFormat::svg, ExportRange::visible, &error));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto text = QString::fromUtf8(file.readAll());
        QRegularExpression stop(">stop ([0-9]+) ms<");
        const auto match = stop.match(text);
        QVERIFY(match.hasMatch());
        double onset_s = -1.0;
        double silent_s = -1.0;
        for (const auto& event : history_.events()) {
            if (event.kind == EventKind::talker_started && onset_s < 0.0)
                onset_s = eventTimeS(event, 16000);
            if (event.kind == EventKind::playback_silent && silent_s < 0.0)
                silent_s = eventTimeS(event, 16000);
        }
        QCOMPARE(match.captured(1).toInt(), int(std::lround(1000.0 * (silent_s - onset_s))));
        QVERIFY(text.contains(">Barge-in<"));
    }

    /// What is queued stands right of now, pale; what an interruption cut off stays where it was.
    void queuedAudioIsAGhost() {
        History history;
        TimeView view;
        view.setSpan(4.0);
        TimeStack stack("plot", "plot", history, view);
        stack.addStrip(makeStrip("far"));
        stack.resize(900, 160);
        stack.show();
        bench::FeedBlock block;
        const auto ghostAt = [&](double time_s) {
            view.setRange({0.0, 4.0});
            pump(stack);
            const auto image = stack.grab().toImage();
            const int x = int(std::lround(stack.xOf(time_s)));
            const auto far_end = Theme::current().colour(Token::far_end);
            int count = 0;
            for (int y = 46; y < image.height() - 30; ++y) {
                const auto pixel = image.pixelColor(x, y);
                count += pixel.blue() - pixel.red() > (far_end.blue() - far_end.red()) / 8;
            }
            return count;
        };
        bench::LiveFeed feed;
        feed.pushItem({1, bench::WaveMaker(16000).add(std::vector<float>(32000, 0.5F))});  // 2 s
        for (int i = 0; i < 100; ++i) {
            block.block = i;
            block.item = i < 50 ? 0 : 1;
            block.heard_ms = float(std::max(0, (i - 49) * 10));
            history.addBlock(block);
        }
        history.poll(feed);
        QCOMPARE(history.queued().from_s, 1.0);
        QCOMPARE(history.queued().columns.size(), 600U);  // 0.5 s of 2 s were heard
        QVERIFY(ghostAt(2.0) > 5);
        QVERIFY(ghostAt(2.6) == 0);
        // The item stops: its rest stays, others move on.
        for (int i = 100; i < 150; ++i) {
            block.block = i;
            block.item = 0;
            history.addBlock(block);
        }
        QCOMPARE(history.queued().from_s, 1.0);
        QVERIFY(ghostAt(2.0) > 5);
        history.clear();
        QVERIFY(history.queued().columns.empty());
    }

    /// The counter says how many of a tenth of a second's packets were late: its slowest.
    void latePacketsAreCrosses() {
        const auto problemPixels = [](double late) {
            History history;
            const auto columns = duplex::ChainMeter::columns();
            const auto at = std::find(columns.begin(), columns.end(), "late") - columns.begin();
            bench::FeedRow row;
            for (int i = 0; i < 100; ++i) {
                bench::FeedBlock block;
                block.block = i;
                history.addBlock(block);
                if (i % 2 == 0) {
                    history.addPacket({i, std::uint16_t(i / 2), false, i == 54 ? 50.0 : 10.0});
                }
                if (i % 10 != 9) continue;
                row.block = i;
                row.values.fill(kMissing);
                row.values[std::size_t(at)] = i >= 59 ? late : 0.0;
                history.addRow(row);
            }
            TimeView view;
            view.setSpan(1.2);
            view.advance(history.nowS());
            TimeStack stack("plot", "plot", history, view);
            stack.addStrip(makeStrip("jitter"));
            stack.resize(1000, 300);
            stack.show();
            pump(stack);
            const auto image = stack.grab().toImage();
            const auto problem = Theme::current().colour(Token::problem);
            int count = 0;
            for (int y = 46; y < image.height(); ++y) {  // below the legend
                for (int x = 0; x < image.width(); ++x) {
                    const auto pixel = image.pixelColor(x, y);
                    count += std::abs(pixel.red() - problem.red()) < 90 &&
                             std::abs(pixel.green() - problem.green()) < 40 &&
                             std::abs(pixel.blue() - problem.blue()) < 40;
                }
            }
            return count;
        };
        QCOMPARE(problemPixels(0.0), 0);
        const int one = problemPixels(1.0);
        QVERIFY2(one >= 4 && one < 40, qPrintable(QString::number(one)));
        QVERIFY(problemPixels(3.0) > 2 * one);
    }

    void everyRegistryRowDrawsEmptyAndFull() {
        History empty;
        for (const History* history :
             {static_cast<const History*>(&empty), static_cast<const History*>(&lossy_)}) {
            for (const auto& row : plotRows()) {
                TimeView view;
                view.advance(history->nowS());
                TimeStack stack("plot", "plot", *history, view);
                auto strip = makeStrip(row.id);
                QVERIFY(strip != nullptr);
                stack.addStrip(std::move(strip));
                stack.resize(500, 160);
                stack.show();
                pump(stack);
                QVERIFY(stack.framesDrawn() > 0);
                for (const auto& id : stack.strips()[0]->metrics()) {
                    const auto columns = duplex::ChainMeter::columns();
                    QVERIFY2(std::find(columns.begin(), columns.end(), id) != columns.end(),
                             id.c_str());
                }
            }
        }
        QVERIFY(makeStrip("nothing") == nullptr);
    }

    /// Every size and text scale draws a picture; with DOUBLETALK_GRAB they stay in that folder.
    void drawsAtEverySize() {
        const QTemporaryDir folder;
        const auto to = qEnvironmentVariable("DOUBLETALK_GRAB", folder.path());
        const auto draws = [&](TimeStack& plot, const QString& name) {
            const auto image = plot.grab().toImage();
            TimeView nothing_view;
            nothing_view.setSpan(8.0);
            const History nothing;
            const std::unique_ptr<TimeStack> bare(makeEchoStack(nothing, nothing_view));
            bare->resize(plot.size());
            bare->show();
            pump(*bare);
            const auto without = bare->grab().toImage();
            if (image.size() != without.size()) return false;
            int drawn = 0;
            for (int y = 0; y < image.height(); ++y) {
                for (int x = 0; x < image.width(); ++x) {
                    drawn += image.pixel(x, y) != without.pixel(x, y) ? 1 : 0;
                }
            }
            return drawn > image.width() * image.height() / 50 && image.save(to + name);
        };
        TimeView view;
        view.setSpan(8.0);
        view.advance(lossy_.nowS());
        std::unique_ptr<TimeStack> stack(makeNetworkStack(lossy_, view));
        stack->resize(1055, 600);
        stack->show();
        stack->nextProblem();
        view.toggleCursors();
        pump(*stack);
        QVERIFY(draws(*stack, "/lossy.png"));
        view.setFollow(true);
        std::unique_ptr<TimeStack> echo(makeEchoStack(lossy_, view));
        echo->resize(1055, 600);
        echo->show();
        pump(*echo);
        QVERIFY(draws(*echo, "/echo-cursors.png"));
        echo->resize(880, 600);
        view.setCursorsShown(false);
        pump(*echo);
        QApplication::processEvents();
        QVERIFY(draws(*echo, "/echo-compact.png"));
        Theme::current().setTextScale(1.5);
        echo->resize(1400, 800);
        QApplication::processEvents();
        pump(*echo);
        QVERIFY(draws(*echo, "/echo-150.png"));
        Theme::current().setTextScale(1.0);
        pump(*echo);
        QString error;
        QVERIFY(echo->exportTo(to + "/echo.svg", ExportFormat::svg, ExportRange::visible, &error));
        QVERIFY(
            echo->exportTo(to + "/echo2x.png", ExportFormat::png_2x, ExportRange::visible, &error));
    }

private:
    QTemporaryDir folder_;
    History history_, lossy_;
};

}  // namespace doubletalk::ui

QTEST_MAIN(doubletalk::ui::PlotsTest)
#include "plots_test.moc"
