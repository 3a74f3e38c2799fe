// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What plots write: tables equal to the session's, pictures, drawings.

#include <sys/stat.h>

#include <QApplication>
#include <QFile>
#include <QImage>
#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "tests/ui/plot_support.h"
#include "tests/ui/scene_history.h"
#include "ui/plots/plot_registry.h"
#include "ui/plots/time_stack.h"
#include "ui/plots/time_view.h"
#include "ui/theme/theme.h"

namespace doubletalk::ui {

class PlotExportTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        Theme::current().applyTo(*qobject_cast<QApplication*>(qApp));
        QVERIFY(folder_.isValid());
        session_ = folder_.filePath("session").toStdString();
        SceneHistory run("barge_in", {}, session_);
        run.run(history_, 13.0);
        run.finish();
    }

    void aPlotsTableEqualsTheSessions() {
        QFile file(QString::fromStdString((session_ / "metrics.csv").string()));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto session = table(file.readAll());
        TimeView view;
        view.advance(history_.nowS());
        std::vector<std::unique_ptr<TimeStack>> stacks;
        stacks.emplace_back(makeEchoStack(history_, view));
        stacks.emplace_back(makeLatencyStack(history_, view));
        stacks.emplace_back(makeNetworkStack(history_, view));
        int compared = 0;
        int missing = 0;
        for (const auto& stack : stacks) {
            const auto plot = table(stack->csv(ExportRange::all));
            QCOMPARE(plot.size(), session.size());
            for (qsizetype column = 0; column < plot[0].size(); ++column) {
                const auto at = session[0].indexOf(plot[0][column]);
                QVERIFY2(at >= 0, plot[0][column].constData());
                for (std::size_t row = 1; row < plot.size(); ++row) {
                    const auto& own = plot[row][column];
                    const auto& other = session[row][at];
                    QCOMPARE(own.isEmpty(), other.isEmpty());
                    if (own.isEmpty()) {
                        ++missing;
                        continue;
                    }
                    QVERIFY(std::abs(own.toDouble() - other.toDouble()) <= 1e-6);
                    ++compared;
                }
            }
        }
        QVERIFY2(compared > 2000, qPrintable(QString::number(compared)));
        QVERIFY(missing > 100);
        // The visible part is those rows and no others.
        view.setRange({2.0, 4.0});
        const auto part = table(stacks[0]->csv(ExportRange::visible));
        QCOMPARE(part.size(), 22U);
        QCOMPARE(part[1][0].toDouble(), 2.0);
        QCOMPARE(part.back()[0].toDouble(), 4.0);
    }

    void everyFormatIsWritten() {
        TimeView view;
        view.setSpan(13.0);
        view.advance(history_.nowS());
        std::unique_ptr<TimeStack> stack(makeEchoStack(history_, view));
        stack->resize(900, 600);
        stack->show();
        pump(*stack);
        QString error;
        const auto path = [&](const char* name) { return folder_.filePath(name); };
        QVERIFY(stack->exportTo(path("a.png"), ExportFormat::png, ExportRange::visible, &error));
        QVERIFY(stack->exportTo(path("b.png"), ExportFormat::png_2x, ExportRange::visible, &error));
        const QImage one(path("a.png"));
        const QImage two(path("b.png"));
        QCOMPARE(one.size(), stack->exportSize());
        QCOMPARE(two.size(), stack->exportSize() * 2);
        QVERIFY(stack->exportTo(path("a.svg"), ExportFormat::svg, ExportRange::all, &error));
        QFile svg(path("a.svg"));
        QVERIFY(svg.open(QIODevice::ReadOnly));
        const auto drawing = svg.readAll();
        QVERIFY(drawing.contains("<polyline") || drawing.contains("<path"));
        QVERIFY(drawing.contains(Theme::current().colour(Token::output).name().toLatin1()));
        QVERIFY(drawing.contains(">ERLE<"));
        QVERIFY(!drawing.contains("<image"));
        QVERIFY(stack->exportTo(path("a.pdf"), ExportFormat::pdf, ExportRange::visible, &error));
        QFile pdf(path("a.pdf"));
        QVERIFY(pdf.open(QIODevice::ReadOnly));
        QVERIFY(pdf.read(5) == "%PDF-" && pdf.size() > 5000);
        QVERIFY(error.isEmpty());
        QCOMPARE(::mkfifo(qPrintable(path("pipe.csv")), 0600), 0);
        QVERIFY(!stack->exportTo(path("pipe.csv"), ExportFormat::csv, ExportRange::all, &error));
        QVERIFY2(error.contains("pipe"), qPrintable(error));
        QVERIFY(QFileInfo(path("pipe.csv")).exists() && !QFileInfo(path("pipe.csv")).isFile());
        QCOMPARE(withSuffix("/v1.2/plot", ExportFormat::png), QStringLiteral("/v1.2/plot.png"));
        QCOMPARE(withSuffix("a.b/plot.v2", ExportFormat::csv), QStringLiteral("a.b/plot.v2.csv"));
        QCOMPARE(withSuffix("a.b/plot.SVG", ExportFormat::svg), QStringLiteral("a.b/plot.SVG"));
        QVERIFY(!stack->exportTo("/nowhere/a.csv", ExportFormat::csv, ExportRange::all, &error));
        QVERIFY(error.contains("/nowhere/a.csv"));
        QVERIFY(!stack->exportTo(path("c.csv"), ExportFormat::csv, ExportRange::selection, &error));
        QVERIFY(error.contains("C"));
        view.toggleCursors();
        view.setCursor(0, 6.05);
        view.setCursor(1, 3.05);
        QVERIFY(stack->exportTo(path("c.csv"), ExportFormat::csv, ExportRange::selection, &error));
        QFile csv(path("c.csv"));
        QVERIFY(csv.open(QIODevice::ReadOnly));
        const auto rows = table(csv.readAll());
        QCOMPARE(rows.size(), 31U);
        QCOMPARE(rows[1][0].toDouble(), 3.1);
        QCOMPARE(rows.back()[0].toDouble(), 6.0);
        // After an export the screen shows its own range again.
        pump(*stack);
        const auto before = stack->grab().toImage();
        QVERIFY(stack->exportTo(path("d.png"), ExportFormat::png_2x, ExportRange::all, &error));
        pump(*stack);
        QCOMPARE(stack->grab().toImage(), before);
    }

private:
    QTemporaryDir folder_;
    std::filesystem::path session_;
    History history_;
};

}  // namespace doubletalk::ui

QTEST_MAIN(doubletalk::ui::PlotExportTest)
#include "plot_export_test.moc"
