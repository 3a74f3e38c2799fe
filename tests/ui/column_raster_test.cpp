// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The column rasteriser against a painter, and the texts beside axes.

#include "ui/plots/column_raster.h"

#include <QImage>
#include <QPainter>
#include <QTest>
#include <cmath>
#include <random>

#include "ui/plots/tick_text.h"

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

}  // namespace

class ColumnRasterTest : public QObject {
    Q_OBJECT
private slots:
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
};

}  // namespace doubletalk::ui

QTEST_GUILESS_MAIN(doubletalk::ui::ColumnRasterTest)
#include "column_raster_test.moc"
