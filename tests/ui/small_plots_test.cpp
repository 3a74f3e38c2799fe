// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Plots without a time axis: what they show, zoom, tables.

#include <qcustomplot.h>

#include <QApplication>
#include <QPainter>
#include <QTemporaryDir>
#include <QTest>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "tests/ui/plot_support.h"
#include "tests/ui/scene_history.h"
#include "ui/plots/delay_variation_plot.h"
#include "ui/plots/echo_path_plot.h"
#include "ui/plots/lane_strip.h"
#include "ui/plots/problem_list.h"
#include "ui/plots/time_view.h"
#include "ui/theme/theme.h"

namespace doubletalk::ui {

class SmallPlotsTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        Theme::current().applyTo(*qobject_cast<QApplication*>(qApp));
        QVERIFY(folder_.isValid());
        SceneHistory lossy("barge_in", {{"network.loss_percent", 8.0},
                                        {"network.spikes_per_min", 30.0},
                                        {"network.spike_ms", 300}});
        lossy.run(history_, 8.0);
    }

    void echoPathAndDelayVariation() {
        EchoPathPlot path(history_);
        path.resize(360, 240);
        path.show();
        path.refresh();
        QVERIFY(history_.echoPath() != nullptr);
        const auto rows = table(path.csv(ExportRange::all));
        QCOMPARE(int(rows.size()) - 1, history_.echoPath()->frames);
        QVERIFY(std::abs(rows[1][0].toDouble() - history_.echoPath()->delay_ms) < 1e-9);
        QCOMPARE(float(rows[20][1].toDouble()), history_.echoPath()->response[19]);
        QVERIFY(path.tailEndMs() > history_.echoPath()->delay_ms + 20.0);

        // What is not there is said, not left blank.
        const History nothing;
        EchoPathPlot empty(nothing);
        empty.resize(360, 240);
        empty.show();
        empty.refresh();
        const auto saysSo = [](EchoPathPlot& plot) {
            auto* area = plot.findChild<QCustomPlot*>();
            for (int i = 0; i < area->itemCount(); ++i) {
                const auto* text = qobject_cast<QCPItemText*>(area->item(i));
                if (text != nullptr && text->visible() && text->text().contains("Run")) return true;
            }
            return false;
        };
        QVERIFY(saysSo(empty));
        QVERIFY(!saysSo(path));

        DelayVariationPlot delays(history_);
        delays.resize(360, 240);
        delays.show();
        delays.refresh();
        std::vector<double> sorted;
        for (const auto& packet : history_.packets()) {
            if (!packet.lost) sorted.push_back(packet.delay_ms);
        }
        std::sort(sorted.begin(), sorted.end());
        QVERIFY(sorted.size() > 100);
        QCOMPARE(delays.delays().size(), sorted.size());
        const auto rank = std::size_t(std::ceil(0.95 * double(sorted.size()))) - 1;
        QVERIFY(std::abs(delays.percentile(0.95) - (sorted[rank] - sorted[0])) < 1e-9);
        QString error;
        QVERIFY(delays.exportTo(folder_.filePath("v.svg"), ExportFormat::svg, ExportRange::all,
                                &error));
        QVERIFY(
            path.exportTo(folder_.filePath("p.png"), ExportFormat::png, ExportRange::all, &error));
    }

    /// Few packets, and none after them.
    void theLastPacketsAreDrawn() {
        History history;
        const auto add = [&](int packets) {
            for (int i = 0; i < packets; ++i) {
                bench::FeedPacket packet;
                packet.delay_ms = 20.0 + i;
                history.addPacket(packet);
            }
        };
        DelayVariationPlot delays(history);
        delays.resize(360, 240);
        delays.show();
        add(60);
        delays.refresh();
        QCOMPARE(delays.delays().size(), std::size_t(60));
        add(10);
        delays.refresh();
        QCOMPARE(delays.delays().size(), std::size_t(60));
        QTRY_VERIFY((delays.refresh(), delays.delays().size() == 70));
    }

    void lostPacketsStandInTheirLane() {
        LaneStrip lane({Lane::lost});
        TimeView view;
        view.advance(history_.nowS());
        view.fit();
        ProblemList problems;
        StripFrame frame{.history = history_, .view = view, .problems = problems, .rect = {}};
        frame.rect = QRect(0, 0, 800, 20);
        frame.px_per_s = 100.0;
        QImage image(800, 20, QImage::Format_ARGB32_Premultiplied);
        QPainter painter(&image);
        lane.draw(painter, frame);
        int lost = 0, told = 0;
        for (const auto& packet : history_.packets()) {
            if (!packet.lost) continue;
            ++lost;
            const double at_s = (double(packet.block) + 0.5) * kBlockMs / 1000.0;
            told += lane.tipAt({frame.xOf(at_s), 10.0}, frame).contains("lost,") ? 1 : 0;
        }
        QVERIFY(lost > 10);
        QCOMPARE(told, lost);
    }

    void smallPlotsZoom() {
        EchoPathPlot plot(history_);
        plot.resize(360, 240);
        plot.show();
        plot.refresh();
        const auto all = table(plot.csv(ExportRange::visible)).size();
        QCOMPARE(all, table(plot.csv(ExportRange::all)).size());
        auto* area = plot.findChild<QCustomPlot*>();
        QWheelEvent wheel(QPointF(120, 100), area->mapToGlobal(QPointF(120, 100)), {},
                          QPoint(0, 480), {}, {}, Qt::NoScrollPhase, false);
        QApplication::sendEvent(area, &wheel);
        QVERIFY(plot.zoomed());
        const auto part = table(plot.csv(ExportRange::visible)).size();
        QVERIFY2(part < all / 2 && part > 10, qPrintable(QString::number(part)));
        plot.refresh();
        QVERIFY(plot.zoomed());  // new data do not take the view away
        QTest::keyClick(&plot, Qt::Key_Right);
        QVERIFY(table(plot.csv(ExportRange::visible))[1][0].toDouble() >
                table(plot.csv(ExportRange::all))[1][0].toDouble());
        QTest::keyClick(&plot, Qt::Key_Home);
        QVERIFY(!plot.zoomed());
        QTest::keyClick(&plot, Qt::Key_Plus);
        QVERIFY(plot.zoomed());
        for (int i = 0; i < 10; ++i) QTest::keyClick(&plot, Qt::Key_Minus);
        QVERIFY(!plot.zoomed());
        QCOMPARE(table(plot.csv(ExportRange::visible)).size(), all);
    }

private:
    QTemporaryDir folder_;
    History history_;
};

}  // namespace doubletalk::ui

QTEST_MAIN(doubletalk::ui::SmallPlotsTest)
#include "small_plots_test.moc"
