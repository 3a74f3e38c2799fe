// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <bitset>
#include <map>

#include "fault_runs.h"

using namespace doubletalk;
using namespace doubletalk::duplex;
using namespace doubletalk::test;

namespace {

enum Check : std::size_t {
    erle,
    true_linear,
    convergence,
    attenuation,
    near_loss,
    si_sdr,
    false_stops,
    missed,
    stop,
    heard,
    truncation,
    first_word,
    check_count
};
constexpr std::array<const char*, check_count> kCheckNames{
    "erle",        "true_linear", "convergence", "attenuation", "near_loss",  "si_sdr",
    "false_stops", "missed",      "stop",        "heard",       "truncation", "first_word"};
using Checks = std::bitset<check_count>;
Checks these(std::initializer_list<Check> checks) {
    Checks set;
    for (const auto check : checks) set.set(check);
    return set;
}

enum class Fault { none, silent, pass_through, late_reference, never, at_once, ledger_ahead };

/// The permanent table (README.md of this folder says it in words): what must fail on each fault,
/// and what a fault says nothing about. Every other check must still pass.
struct Row {
    Fault fault;
    const char* name;
    Checks fails;
    Checks any;
};
const std::array<Row, 7> kTable{{
    {Fault::none, "healthy", these({}), these({})},
    {Fault::silent, "silent output", these({near_loss, si_sdr, missed, first_word}),
     these({stop, heard, truncation})},
    {Fault::pass_through, "microphone passed through",
     these({erle, true_linear, convergence, attenuation, false_stops}),
     these({near_loss, si_sdr, missed, stop, heard, truncation, first_word})},
    {Fault::late_reference, "reference late", these({erle, true_linear, convergence}),
     these({attenuation, si_sdr, false_stops, missed, stop, heard, truncation, first_word})},
    {Fault::never, "interruption never made", these({missed, stop, heard, truncation}),
     these({si_sdr, near_loss})},
    {Fault::at_once, "interruption made at once", these({false_stops}),
     these({erle, true_linear, convergence, attenuation, near_loss, si_sdr, missed, stop, heard,
            truncation, first_word})},
    {Fault::ledger_ahead, "ledger ahead", these({truncation}), these({heard})},
}};

constexpr double kBulkMs = 10.0;  // leaves the reference where it is: the lead is this and 1.5 ms
constexpr double kAirMs = 1.5;    // 0.5 m
constexpr double kNoNoiseDbfs = -120.0;  // n = 0: echo_attenuation_db looks at the run itself
constexpr BlockIndex kBreaks = 650;      // after "canceller ready", before the talker

double numberOf(const nlohmann::json& value) {
    if (value.is_number()) return value.get<double>();
    if (value.is_object() && value.contains("p50")) return value["p50"].get<double>();
    return std::nan("");
}

/// Which checks fail on a run. A missing figure never passes.
Checks failed(const FaultRun& run) {
    const auto& m = run.metrics;
    Checks fails;
    const auto need = [&](Check check, bool ok) { fails.set(check, !ok); };
    need(erle, numberOf(m["erle_db"]) >= 20.0);
    need(convergence, numberOf(m["convergence_linear_20_ms"]) <= 6000.0);
    need(true_linear, numberOf(m["erle_true_linear_db"]) >= 15.0);
    need(attenuation, numberOf(m["echo_attenuation_db"]) >= 20.0);
    need(near_loss, numberOf(m["near_loss_db"]) <= 3.0);
    need(si_sdr, numberOf(m["near_si_sdr_db"]) >= 10.0);
    need(false_stops, m["false_stops"].get<int>() == 0);
    need(missed, numberOf(m["missed_ratio"]) == 0.0);
    need(stop, numberOf(m["stop_ms"]) <= 600.0);
    // What was heard of the interrupted item is known, and is a part of it.
    const double heard_ms = numberOf(m["heard_ms"]);
    need(heard, heard_ms > 0.0 && heard_ms < numberOf(m.at(itemKey(1, "length_ms"))) &&
                    std::abs(heard_ms - numberOf(m.at(itemKey(1, "heard_ms")))) < 0.07);
    // By the loudspeaker's own samples, so to one of them.
    need(truncation, std::abs(numberOf(m["truncation_error_ms"])) <= 0.07);
    need(first_word, numberOf(m["first_word_loss_ms"]) <= 100.0);
    return fails;
}

QByteArray namesOf(const Checks& checks) {
    QByteArray text;
    for (std::size_t i = 0; i < check_count; ++i) {
        if (checks.test(i)) text += QByteArray(kCheckNames[i]) + " ";
    }
    return text.isEmpty() ? QByteArray("nothing") : text;
}

/// Makes the ledger wrong by 10 ms before the report: it counts 15 ms that were never handed over,
/// where the fade has 5.
void putLedgerAhead(SceneLoop& loop) {
    const auto& events = loop.engine().events();
    const auto issued = std::find_if(events.begin(), events.end(), [](const Event& event) {
        return event.kind == EventKind::interrupt_issued;
    });
    if (issued == events.end()) return;
    auto& ledger = loop.engine().account().ledger();
    const auto* heard = ledger.find(issued->item);
    if (heard == nullptr) return;
    ledger.played({.item = issued->item, .frames = 240, .item_sample = heard->heard_samples},
                  heard->last_playback_frame + 1);
}

/// ready: the fault begins once the canceller was found ready.
FaultPlan planOf(Fault fault, bool ready = false) {
    FaultPlan plan;
    nlohmann::json settings{{"room.bulk_delay_ms", kBulkMs}, {"room.noise_dbfs", kNoNoiseDbfs}};
    if (fault == Fault::never) settings["barge_in.enabled"] = false;
    if (auto scene = sceneCut("barge_in", 13.0, settings)) plan.scene = std::move(*scene);
    plan.prepare = [fault, ready](SceneLoop& loop, const Settings& now) {
        const SampleRate rate{now.engine.rate_hz};
        if (fault == Fault::at_once) loop.engine().turn().setHeadroom(100.0);
        if (fault == Fault::silent) {
            putIn(loop, std::make_unique<FaultCanceller>(CancellerFault::silent));
        } else if (fault == Fault::pass_through && ready) {
            putIn(loop, std::make_unique<BreakingCanceller>(healthyEngine(now),
                                                            CancellerFault::pass_through, kBreaks));
        } else if (fault == Fault::pass_through) {
            putIn(loop, std::make_unique<FaultCanceller>(CancellerFault::pass_through));
        } else if (fault == Fault::late_reference) {
            putIn(loop, std::make_unique<LateCanceller>(healthyEngine(now), rate,
                                                        kBulkMs + kAirMs + 10.0));
        }
    };
    if (fault == Fault::ledger_ahead) plan.after = putLedgerAhead;
    return plan;
}

}  // namespace

/// Every check must fail on its faults, and the healthy engine must pass them all.
class FaultsTest : public QObject {
    Q_OBJECT
private slots:
    void everyFaultAndEveryCheckIsInTheTable() {
        Checks used;
        for (const auto& row : kTable) {
            used |= row.fails;
            QVERIFY((row.fails & row.any).none());
            QCOMPARE(row.fails.any(), row.fault != Fault::none);
        }
        QVERIFY2(used.all(), "no fault for: " + namesOf(~used));
    }

    void table_data() {
        QTest::addColumn<int>("row");
        for (std::size_t i = 0; i < kTable.size(); ++i) QTest::newRow(kTable[i].name) << int(i);
    }
    void table() {
        QFETCH(int, row);
        const auto& wanted = kTable[std::size_t(row)];
        const auto run = runFault(planOf(wanted.fault));
        DT_VERIFY_OK(run);
        auto fails = failed(*run);
        if (wanted.fault == Fault::pass_through) {
            // From the start on it is never ready and held: no stop of its own. One that breaks
            // later has been believed.
            QVERIFY(!fails.test(false_stops));
            const auto later = runFault(planOf(wanted.fault, true));
            DT_VERIFY_OK(later);
            fails.set(false_stops, failed(*later).test(false_stops));
        }
        const auto& m = run->metrics;
        qInfo(
            "%s: fails %s| ERLE %.1f, 20 dB after %.0f ms, attenuation %.1f, near loss %.1f, "
            "SI-SDR %.1f, false %d, missed %.1f, stop %.0f ms, first word %.0f ms",
            wanted.name, namesOf(fails).constData(), numberOf(m["erle_db"]),
            numberOf(m["convergence_linear_20_ms"]), numberOf(m["echo_attenuation_db"]),
            numberOf(m["near_loss_db"]), numberOf(m["near_si_sdr_db"]), m["false_stops"].get<int>(),
            numberOf(m["missed_ratio"]), numberOf(m["stop_ms"]), numberOf(m["first_word_loss_ms"]));
        const Checks missing = wanted.fails & ~fails;
        QVERIFY2(missing.none(), "should fail and does not: " + namesOf(missing));
        const Checks surplus = fails & ~wanted.fails & ~wanted.any;
        QVERIFY2(surplus.none(), "should pass and does not: " + namesOf(surplus));
    }

    /// Cancellation switched off: the figures are those of the microphone, whatever engine is set.
    void passedByIsTheMicrophone() {
        auto plan = planOf(Fault::none);
        auto scene = sceneCut("double_talk", 0.0, {{"echo.enabled", false}});
        DT_VERIFY_OK(scene);
        plan.scene = std::move(*scene);
        const auto run = runFault(plan);
        DT_VERIFY_OK(run);
        const auto& m = run->metrics;
        QVERIFY(std::abs(numberOf(m["echo_attenuation_db"])) < 1e-6);
        QVERIFY(std::abs(numberOf(m["erle_db"])) < 1e-6);
        // Through the engine's input filter it would be off by that; noise alone is left.
        QVERIFY2(std::abs(numberOf(m["near_loss_silent_db"])) < 0.05,
                 qPrintable(QString::number(numberOf(m["near_loss_silent_db"]))));
        QVERIFY(std::abs(numberOf(m["near_loss_db"])) < 1.5);  // the echo is in there
        QVERIFY(numberOf(m["erle_true_linear_db"]) > 10.0);    // the engine works on beside it
    }

    /// With the same engine in both, a filter that decomposes and the run without noise agree.
    void attenuationOfAFilterIsItsOwn() {
        nlohmann::json settings{{"echo.canceller", "nlms"}};
        auto plan = planOf(Fault::none);
        auto scene = sceneCut("single_talk", 15.0, settings);
        DT_VERIFY_OK(scene);
        plan.scene = std::move(*scene);
        const auto noisy = runFault(plan);
        plan.scene.settings["room.noise_dbfs"] = kNoNoiseDbfs;
        const auto clean = runFault(plan);
        DT_VERIFY_OK(noisy);
        DT_VERIFY_OK(clean);
        const double with_noise = numberOf(noisy->metrics["echo_attenuation_db"]);
        const double without = numberOf(clean->metrics["echo_attenuation_db"]);
        QVERIFY2(without > 10.0, qPrintable(QString::number(without)));
        QVERIFY2(std::abs(with_noise - without) < 1.0,
                 qPrintable(QString("%1, without noise %2").arg(with_noise).arg(without)));
        // Noise is no echo: what the microphone's ratio shows is less.
        QVERIFY(numberOf(noisy->metrics["erle_db"]) <= with_noise + 0.1);
    }
};

QTEST_APPLESS_MAIN(FaultsTest)
#include "faults_test.moc"
