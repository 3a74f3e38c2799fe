// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "engine/core/random.h"
#include "engine/metrics/counter.h"
#include "engine/metrics/distribution.h"
#include "engine/metrics/metric_table.h"
#include "engine/metrics/quality.h"

using namespace doubletalk::metrics;

namespace {
bool near(double a, double b, double tolerance) { return std::abs(a - b) <= tolerance; }
const double kNan = std::nan("");
}  // namespace

class MetricsTest : public QObject {
    Q_OBJECT
private slots:
    void countersAndGauges() {
        Counter counter;
        std::thread writer([&] {
            for (int i = 0; i < 100000; ++i) counter.add();
        });
        std::int64_t last = 0;
        bool ordered = true;
        while (last < 50000) {
            const std::int64_t now = counter.value();
            ordered &= now >= last;
            last = now;
        }
        writer.join();
        QVERIFY(ordered);
        counter.add(5);
        QCOMPARE(counter.value(), 100005);
        Gauge gauge;
        QVERIFY(gauge.missing());
        gauge.set(0.0);
        QVERIFY(!gauge.missing());
        gauge.clear();
        QVERIFY(gauge.missing());
    }

    // numpy.percentile([15, 20, 35, 40, 50], [10, 50, 90, 95, 99]) = 17, 35, 46, 48, 49.6
    void percentilesAreThoseOfNumpy() {
        Histogram h(0, 100, 10);
        QVERIFY(std::isnan(h.percentile(50)));
        QCOMPARE(h.summary().n, 0);
        QVERIFY(std::isnan(h.summary().mean));
        for (const double v : {50.0, 15.0, kNan, 40.0, 20.0, 35.0}) h.add(v);
        const Summary s = h.summary();
        QCOMPARE(s.n, 5);
        QVERIFY(near(s.p10, 17, 1e-12) && near(s.p50, 35, 1e-12) && near(s.p90, 46, 1e-12));
        QVERIFY(near(s.p95, 48, 1e-12) && near(s.p99, 49.6, 1e-12) && near(s.mean, 32, 1e-12));
        QVERIFY(near(s.min, 15, 0) && near(s.max, 50, 0));
        h.reset();
        QCOMPARE(h.count(), 0);
        h.add(-7.0);
        QCOMPARE(h.percentile(99), -7.0);
    }
    void manyValuesAreGoodToOneBin() {
        Histogram h(-50, 50, 1000);
        std::vector<double> all;
        doubletalk::Random random(3);
        for (int i = 0; i < 50000; ++i) {
            all.push_back(10.0 * random.normal());
            h.add(all.back());
        }
        const Summary exact = summarize(all);
        const Summary s = h.summary();
        QCOMPARE(s.n, 50000);
        for (const auto member :
             {&Summary::p10, &Summary::p50, &Summary::p90, &Summary::p95, &Summary::p99}) {
            QVERIFY(near(s.*member, exact.*member, 0.1));
        }
        QVERIFY(near(s.mean, exact.mean, 1e-9));
        QVERIFY(near(s.max, exact.max, 0) && near(s.min, exact.min, 0));
        QCOMPARE(std::accumulate(h.bins().begin(), h.bins().end(), std::int64_t(0)), 50000);
    }
    void valuesBeyondTheEndsStay() {
        Histogram h(0, 10, 10);
        for (int i = 0; i < 4000; ++i) h.add(i % 2 == 0 ? -100.0 : 1000.0);
        QVERIFY(h.percentile(25) < 0.0 && h.percentile(25) >= -100.0);
        QVERIFY(h.percentile(99) > 500.0 && h.percentile(99) <= 1000.0);
    }

    // By hand. Ta 60: Idd 0. 240 ms: Ta 300, X = log2 3 = 1.58496, X^6 = 15.852, 16.852^(1/6)
    // = 1.60121; (X/3)^6 = 0.021746, 1.021746^(1/6) = 1.003592; Idd = 25 (1.60121 - 3.010776 + 2)
    // = 14.7608. 5 %: 95 * 5 / 30.1 = 15.7807.
    void ratingsByHand_data() {
        QTest::addColumn<double>("delay_ms");
        QTest::addColumn<double>("loss");
        QTest::addColumn<double>("r");
        QTest::addColumn<double>("mos");
        QTest::newRow("perfect") << 0.0 << 0.0 << 93.2 << 4.4093;
        QTest::newRow("at the knee") << 40.0 << 0.0 << 93.2 << 4.4093;
        QTest::newRow("300 ms") << 240.0 << 0.0 << 78.4392 << 3.9636;
        QTest::newRow("5 percent") << 0.0 << 5.0 << 77.4193 << 3.9228;
        QTest::newRow("both") << 240.0 << 5.0 << 62.6585 << 3.2366;
    }
    void ratingsByHand() {
        QFETCH(double, delay_ms);
        QFETCH(double, loss);
        QFETCH(double, r);
        QFETCH(double, mos);
        QVERIFY2(near(rFactor(delay_ms, loss), r, 2e-3),
                 qPrintable(QString::number(rFactor(delay_ms, loss))));
        QVERIFY2(near(meanOpinionScore(r), mos, 2e-4),
                 qPrintable(QString::number(meanOpinionScore(r), 'g', 7)));
    }
    void ratingsAtTheEdges() {
        QCOMPARE(meanOpinionScore(0.0), 1.0);
        QCOMPARE(meanOpinionScore(-20.0), 1.0);
        QVERIFY(std::isnan(rFactor(kNan, 1.0)));
        QVERIFY(rFactor(2000.0, 50.0) < 0.0);
    }

    // Transit 10, 26, 10, 10: |D| = 16, 16, 0; J = 1, 1 + 15/16, (31/16) * 15/16.
    void jitterByHand() {
        Rfc3550Jitter jitter;
        QVERIFY(std::isnan(jitter.jitterMs()));
        jitter.add(0, 10);
        QVERIFY(std::isnan(jitter.jitterMs()));
        jitter.add(20, 46);
        QVERIFY(near(jitter.jitterMs(), 1.0, 1e-12));
        QVERIFY(near(jitter.lastDifferenceMs(), 16.0, 1e-12));
        jitter.add(40, 50);
        QVERIFY(near(jitter.jitterMs(), 31.0 / 16.0, 1e-12));
        jitter.add(60, 70);
        QVERIFY(near(jitter.jitterMs(), 31.0 / 16.0 * 15.0 / 16.0, 1e-12));
        QCOMPARE(jitter.packets(), 4);
    }
    void delayVariationCountsFromTheMinimum() {
        DelayVariation pdv;
        QCOMPARE(pdv.summary().n, 0);
        for (const double delay : {120.0, 100.0, 110.0, 150.0, 130.0})
            pdv.add(1000.0, 1000.0 + delay);
        const Summary s = pdv.summary();
        QVERIFY(near(s.min, 0, 0) && near(s.p50, 20, 1e-9) && near(s.max, 50, 1e-9));
        QVERIFY(near(s.p95, 46, 1e-9));
    }

    void everyRowIsComplete() {
        std::set<std::string_view> ids;
        for (const MetricRow& row : metricTable()) {
            QVERIFY2(ids.insert(row.id).second, std::string(row.id).c_str());
            QVERIFY(!row.label.empty() && !row.formula.empty());
            for (const auto& [end, unit] :
                 {std::pair<std::string_view, std::string_view>{"_db", "dB"},
                  {"_ms", "ms"},
                  {"_ppm", "ppm"},
                  {"_dbfs", "dBFS"},
                  {"_ratio", ""}}) {
                if (row.id.ends_with(end)) QVERIFY2(row.unit == unit, std::string(row.id).c_str());
            }
            QCOMPARE(findMetric(row.id), &row);
        }
        QVERIFY(ids.size() > 60);
    }
    void lookupKnowsInstancesAndParts() {
        QCOMPARE(findMetric("nonsense"), nullptr);
        QCOMPARE(findMetric(""), nullptr);
        QCOMPARE(findMetric("stream2.erle_db"), findMetric("erle_db"));
        QCOMPARE(findMetric("stage_latency_ms.echo"), findMetric("stage_latency_ms"));
        QCOMPARE(findMetric("shadow.stage_latency_ms.echo"), findMetric("stage_latency_ms"));
        QCOMPARE(findMetric("lost")->kind, MetricKind::counter);
        QCOMPARE(findMetric("stop_ms")->kind, MetricKind::distribution);
    }
};

QTEST_APPLESS_MAIN(MetricsTest)
#include "metrics_test.moc"
