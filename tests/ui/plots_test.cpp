// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QFile>
#include <QImage>
#include <QPainter>
#include <QSignalSpy>
#include <QMouseEvent>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>
#include <QWheelEvent>
#include <cmath>
#include <random>

#include "tests/ui/scene_history.h"
#include "ui/plots/column_raster.h"
#include "ui/plots/delay_variation_plot.h"
#include "ui/plots/echo_path_plot.h"
#include "ui/plots/plot_registry.h"
#include "ui/plots/strip.h"
#include "ui/plots/tick_text.h"
#include "ui/plots/time_stack.h"
#include "ui/plots/time_view.h"
#include "ui/theme/theme.h"

namespace doubletalk::ui {
namespace {

constexpr int kWidth = 400;
constexpr int kHeight = 120;
constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

QImage emptyImage() {
    QImage image(kWidth, kHeight, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    return image;
}

double ink(const QImage& image) {
    double sum = 0.0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) sum += qAlpha(image.pixel(x, y)) / 255.0;
    }
    return sum;
}

/// Pixels whose opacity differs by more than so much.
int differing(const QImage& a, const QImage& b, int by) {
    int count = 0;
    for (int y = 0; y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x) {
            count += std::abs(qAlpha(a.pixel(x, y)) - qAlpha(b.pixel(x, y))) > by;
        }
    }
    return count;
}

std::vector<QPointF> sine(double period_px) {
    std::vector<QPointF> points;
    for (double x = -4.0; x <= kWidth + 4.0; x += 1.7) {
        points.emplace_back(x, kHeight / 2.0 + 45.0 * std::sin(x * 6.2832 / period_px));
    }
    return points;
}

/// Lines of a CSV as fields.
std::vector<QList<QByteArray>> table(const QByteArray& text) {
    std::vector<QList<QByteArray>> rows;
    for (const auto& line : text.split('\n')) {
        if (!line.isEmpty()) rows.push_back(line.split(','));
    }
    return rows;
}

void pump(TimeStack& stack) {
    stack.refresh();
    QApplication::processEvents();
}

}  // namespace

class PlotsTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        Theme::current().applyTo(*qobject_cast<QApplication*>(qApp));
        QVERIFY(folder_.isValid());
        session_ = folder_.filePath("session").toStdString();
        SceneHistory run("barge_in", {}, session_);
        run.run(history_, 13.0);
        run.finish();
        SceneHistory lossy("barge_in", {{"network.loss_percent", 8.0},
                                        {"network.spikes_per_min", 30.0},
                                        {"network.spike_ms", 300}});
        lossy.run(lossy_, 8.0);
    }

    // The rasteriser.

    void curveEqualsThePaintersStroke_data() {
        QTest::addColumn<double>("period");
        QTest::addColumn<double>("width");
        QTest::newRow("flat") << 400.0 << 2.0;
        QTest::newRow("steep") << 30.0 << 2.0;
        QTest::newRow("thin") << 90.0 << 1.2;
    }
    void curveEqualsThePaintersStroke() {
        QFETCH(double, period);
        QFETCH(double, width);
        const auto points = sine(period);
        auto own = emptyImage();
        ColumnRaster raster(own, 0, kWidth, 1.0, 0);
        raster.curve(points, {QColor(255, 255, 255), width, Dash::solid});
        auto reference = emptyImage();
        QPainter painter(&reference);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(Qt::white, width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolyline(points.data(), int(points.size()));
        painter.end();
        QVERIFY(ink(reference) > 400.0);
        QVERIFY2(std::abs(ink(own) / ink(reference) - 1.0) < 0.06,
                 qPrintable(QString::number(ink(own) / ink(reference))));
        QVERIFY2(differing(own, reference, 80) < 0.02 * ink(reference),
                 qPrintable(QString::number(differing(own, reference, 80))));
    }

    void gapsBreakTheCurve() {
        std::vector<QPointF> points;
        for (int x = 0; x < kWidth; ++x) {
            points.emplace_back(x, x > 100 && x < 200 ? kMissing : 60.0);
        }
        auto image = emptyImage();
        ColumnRaster(image, 0, kWidth, 1.0, 0).curve(points, {Qt::white, 2.0, Dash::solid});
        QVERIFY(qAlpha(image.pixel(50, 60)) > 200);
        QVERIFY(qAlpha(image.pixel(250, 60)) > 200);
        for (int y = 0; y < kHeight; ++y) QCOMPARE(qAlpha(image.pixel(150, y)), 0);
    }

    /// What is drawn piece by piece while scrolling equals the whole drawn at once.
    void scrolledEqualsRedrawn_data() {
        QTest::addColumn<int>("dash");
        QTest::newRow("solid") << int(Dash::solid);
        QTest::newRow("dashed") << int(Dash::dashed);
    }
    void scrolledEqualsRedrawn() {
        QFETCH(int, dash);
        std::mt19937 random(7);
        std::normal_distribution<double> noise(60.0, 12.0);
        std::vector<double> values;
        const double step_px = 2.3;
        const auto draw = [&](QImage& image, int from, int to, std::int64_t phase) {
            std::vector<QPointF> points;
            for (std::size_t i = 0; i < values.size(); ++i) {
                const double x = double(i) * step_px - double(phase);
                if (x > from - 12 && x < to + 12) points.emplace_back(x, values[i]);
            }
            ColumnRaster raster(image, from, to, 1.0, phase);
            raster.band(points, {}, kHeight, QColor(40, 200, 100, 40));
            raster.curve(points, {QColor(40, 200, 100), 2.0, static_cast<Dash>(dash)});
        };
        const ScrolledImage::Key key{kWidth, kHeight, 10.0, 0.0, 1.0, 1.0, 1, 1};
        ScrolledImage scrolled;
        std::int64_t phase = 0;
        int pieces = 0;
        for (int frame = 0; frame < 200; ++frame) {
            for (int i = 0; i < int(random() % 4); ++i) values.push_back(noise(random));
            const auto end = std::int64_t(std::floor(double(values.size()) * step_px - step_px));
            phase = std::max<std::int64_t>(0, end - kWidth + 15);
            const auto [from, to] = scrolled.begin(key, phase, end);
            if (phase > 0) pieces += to - from;
            if (to > from) draw(scrolled.image(), from, to, phase);
        }
        QVERIFY(phase > 100);
        QVERIFY2(pieces < 200 * kWidth / 4, qPrintable(QString::number(pieces)));
        auto whole = emptyImage();
        draw(whole, 0, kWidth, phase);
        QVERIFY(ink(whole) > 1000.0);
        QVERIFY2(differing(scrolled.image(), whole, 2) <= 8,
                 qPrintable(QString::number(differing(scrolled.image(), whole, 2))));
    }

    void aChangedScaleRedrawsEverything() {
        ScrolledImage image;
        ScrolledImage::Key key{kWidth, kHeight, 10.0, 0.0, 1.0, 1.0, 1, 1};
        QCOMPARE(image.begin(key, 0, 100), std::pair(0, kWidth));
        QCOMPARE(image.begin(key, 0, 100), std::pair(0, 0));
        QCOMPARE(image.begin(key, 0, 120).first, 96);
        key.high = 2.0;
        QCOMPARE(image.begin(key, 0, 120), std::pair(0, kWidth));
        QCOMPARE(image.begin(key, -5, 120), std::pair(0, kWidth));  // to the left
    }

    // Texts.

    void ticksAndNumbers() {
        QCOMPARE(roundStep(3.1), 5.0);
        QCOMPARE(roundStep(0.021), 0.05);
        QCOMPARE(roundTimeStep(8.0), 10.0);
        QCOMPARE(roundTimeStep(40.0), 60.0);
        QCOMPARE(plainNumber(-42.04, 1), QString::fromUtf8("\u221242.0"));
        QCOMPARE(plainNumber(-0.01, 1), QString("0.0"));
        QCOMPARE(clockText(61.7204, 3), QString("01:01.720"));
        QCOMPARE(clockText(59.9999, 1), QString("01:00.0"));
        QCOMPARE(clockText(3725.0, 0), QString("1:02:05"));
        QCOMPARE(lengthText(0.162), QString("162 ms"));
        QCOMPARE(ticksWithin(0.0, 10.0, 5.0), (std::vector<double>{0.0, 5.0, 10.0}));
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
            for (int x = 0; x < whole.width(); ++x) differ += scrolled.pixel(x, y) != whole.pixel(x, y);
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
        QVERIFY(stack->note().contains("Frozen"));
        const double before = view.range().length();
        QWheelEvent wheel(QPointF(300, 200), plot->mapToGlobal(QPointF(300, 200)), {}, QPoint(0, 120),
                          {}, {}, Qt::NoScrollPhase, false);
        QApplication::sendEvent(plot, &wheel);
        QVERIFY(view.range().length() < before);
        QTest::mouseDClick(plot, Qt::LeftButton, {}, QPoint(300, 200));
        QVERIFY(view.follows());
        QTest::keyClick(stack.get(), Qt::Key_F);
        QVERIFY(!view.follows());
    }

    void holdKeepsAnEarlierRun() {
        History history;
        bench::FeedRow row;
        const auto fill = [&](double erle_db) {
            history.clear();
            const auto columns = duplex::ChainMeter::columns();
            const auto erle = std::find(columns.begin(), columns.end(), "erle_db") - columns.begin();
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
            if (event.kind == EventKind::talker_started && onset_s < 0.0) onset_s = eventTimeS(event, 16000);
            if (event.kind == EventKind::playback_silent && silent_s < 0.0) silent_s = eventTimeS(event, 16000);
        }
        QCOMPARE(match.captured(1).toInt(), int(std::lround(1000.0 * (silent_s - onset_s))));
        QVERIFY(text.contains(">Barge-in<"));
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

        DelayVariationPlot delays(lossy_);
        delays.resize(360, 240);
        delays.show();
        delays.refresh();
        std::vector<double> sorted;
        for (const auto& packet : lossy_.packets()) {
            if (!packet.lost) sorted.push_back(packet.delay_ms);
        }
        std::sort(sorted.begin(), sorted.end());
        QVERIFY(sorted.size() > 100);
        QCOMPARE(delays.delays().size(), sorted.size());
        const auto rank = std::size_t(std::ceil(0.95 * double(sorted.size()))) - 1;
        QVERIFY(std::abs(delays.percentile(0.95) - (sorted[rank] - sorted[0])) < 1e-9);
        QString error;
        QVERIFY(delays.exportTo(folder_.filePath("v.svg"), ExportFormat::svg, ExportRange::all, &error));
        QVERIFY(path.exportTo(folder_.filePath("p.png"), ExportFormat::png, ExportRange::all, &error));
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
        for (const History* history : {static_cast<const History*>(&empty),
                                       static_cast<const History*>(&lossy_)}) {
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
                    QVERIFY2(std::find(columns.begin(), columns.end(), id) != columns.end(), id.c_str());
                }
            }
        }
        QVERIFY(makeStrip("nothing") == nullptr);
    }

    void picturesToLookAt() {
        const auto to = qEnvironmentVariable("DOUBLETALK_GRAB");
        if (to.isEmpty()) QSKIP("DOUBLETALK_GRAB names no folder");
        TimeView view;
        view.setSpan(8.0);
        view.advance(lossy_.nowS());
        std::unique_ptr<TimeStack> stack(makeNetworkStack(lossy_, view));
        stack->resize(1055, 600);
        stack->show();
        stack->nextProblem();
        view.toggleCursors();
        pump(*stack);
        stack->grab().save(to + "/lossy.png");
        view.setFollow(true);
        std::unique_ptr<TimeStack> echo(makeEchoStack(lossy_, view));
        echo->resize(1055, 600);
        echo->show();
        pump(*echo);
        echo->grab().save(to + "/echo-cursors.png");
        echo->resize(880, 600);
        view.setCursorsShown(false);
        pump(*echo);
        QApplication::processEvents();
        echo->grab().save(to + "/echo-compact.png");
        Theme::current().setTextScale(1.5);
        echo->resize(1400, 800);
        QApplication::processEvents();
        pump(*echo);
        echo->grab().save(to + "/echo-150.png");
        Theme::current().setTextScale(1.0);
        pump(*echo);
        QString error;
        QVERIFY(echo->exportTo(to + "/echo.svg", ExportFormat::svg, ExportRange::visible, &error));
        QVERIFY(echo->exportTo(to + "/echo2x.png", ExportFormat::png_2x, ExportRange::visible, &error));
    }

private:
    QTemporaryDir folder_;
    std::filesystem::path session_;
    History history_, lossy_;
};

}  // namespace doubletalk::ui

QTEST_MAIN(doubletalk::ui::PlotsTest)
#include "plots_test.moc"
