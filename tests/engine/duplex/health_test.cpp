// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/health.h"

#include <QtTest>
#include <cmath>
#include <set>

#include "duplex_support.h"
#include "engine/duplex/block_times.h"

using namespace doubletalk;
using namespace doubletalk::duplex;
using namespace doubletalk::test;

namespace {

/// Each rule with what makes it fire in a scene, and the state it brings.
struct Case {
    HealthRule rule;
    const char* name;
    const char* scene;
    nlohmann::json settings;
    const char* state;
};
std::vector<Case> cases() {
    return {
        {HealthRule::latency,
         "latency",
         "single_talk",
         {{"health.max_latency_ms", 60}},
         "degraded"},
        {HealthRule::loss, "loss", "single_talk", {{"network.loss_percent", 20}}, "degraded"},
        {HealthRule::reference_late,
         "reference late",
         "single_talk",
         {{"room.reference_late_ms", 60}},
         "failing"},
        {HealthRule::clipping,
         "clipping",
         "single_talk",
         {{"room.echo_gain_db", 20}, {"room.microphone_clip_dbfs", 0}},
         "degraded"},
        {HealthRule::drift,
         "drift",
         "single_talk",
         {{"room.loudspeaker_ppm", 150}, {"room.microphone_ppm", -100}},
         "degraded"},
    };
}

}  // namespace

class HealthTest : public QObject {
    Q_OBJECT
private slots:
    void everyRuleHasWords() {
        std::set<std::string> texts;
        for (std::size_t i = 0; i < std::size_t(HealthRule::count_); ++i) {
            const auto text = Health::ruleText(HealthRule(i));
            QVERIFY(text.size() > 10 && text.size() <= Name::kCapacity);
            QVERIFY(texts.insert(std::string(text)).second);
        }
    }

    void blockTimes() {
        BlockTimes times;
        QVERIFY(std::isnan(times.percentileMs(99.0)));
        for (int i = 0; i < 990; ++i) times.add(1.04);
        for (int i = 0; i < 10; ++i) times.add(7.23);
        QCOMPARE(times.percentileMs(50.0), 1.1);
        QCOMPARE(times.percentileMs(99.0), 1.1);
        QCOMPARE(times.percentileMs(99.5), 7.23);
        times.add(500.0);  // beyond the bins
        QCOMPARE(times.percentileMs(100.0), 500.0);
        QCOMPARE(times.maxMs(), 500.0);
        times.reset();
        for (int i = 0; i < 400; ++i) times.add(2.5);
        QVERIFY(std::abs(times.loadRatio() - 0.25) < 1e-6);
    }

    void startsHealthy() {
        QCOMPARE(Health().firedMask(), 0U);
        const Health health;
        QCOMPARE(health.state(), HealthState::healthy);
        QVERIFY(health.reason().empty());
    }

    void staysHealthyWhileAllIsWell() {
        const auto scene = sceneCut("single_talk", 14.0);
        DT_VERIFY_OK(scene);
        RunOptions options;
        options.scene = *scene;
        const auto run = runScene(options);
        DT_VERIFY_OK(run);
        for (const auto& event : eventsOf(run->events, EventKind::health_changed)) {
            qInfo("block %lld: %s %s", static_cast<long long>(event.block),
                  std::string(event.text.view()).c_str(), std::string(event.cause.view()).c_str());
            QVERIFY(event.text != "failing");
            // The default network and room need less than the default limit.
            QVERIFY(event.cause != Health::ruleText(HealthRule::latency));
        }
    }

    /// The latency of what was played last is no reproach while nothing plays.
    void latencyIsJudgedWhileSomethingPlays() {
        auto scene = sceneCut("single_talk", 20.0, {{"health.max_latency_ms", 60}});
        DT_VERIFY_OK(scene);
        scene->assistant.resize(1);  // seven seconds of speech
        RunOptions options;
        options.scene = *scene;
        const auto run = runScene(options);
        DT_VERIFY_OK(run);
        const auto told = eventsOf(run->events, EventKind::health_changed);
        QVERIFY(told.size() >= 2);
        QVERIFY(told.front().cause == Health::ruleText(HealthRule::latency));
        QVERIFY(told.back().text == "healthy");
    }

    void ruleFires_data() {
        QTest::addColumn<int>("index");
        const auto all = cases();
        for (std::size_t i = 0; i < all.size(); ++i) QTest::newRow(all[i].name) << int(i);
    }
    void ruleFires() {
        QFETCH(int, index);
        const auto all = cases();
        const auto& wanted = all[std::size_t(index)];
        const auto scene = sceneCut(wanted.scene, 12.0, wanted.settings);
        DT_VERIFY_OK(scene);
        RunOptions options;
        options.scene = *scene;
        const auto run = runScene(options);
        DT_VERIFY_OK(run);
        bool fired = false;
        for (const auto& event : eventsOf(run->events, EventKind::health_changed)) {
            fired |= event.cause == Health::ruleText(wanted.rule) && event.text == wanted.state;
        }
        QVERIFY(fired);
    }
};

QTEST_APPLESS_MAIN(HealthTest)
#include "health_test.moc"
