// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>

#include "duplex_support.h"
#include "engine/dsp/async_resampler.h"
#include "engine/duplex/health.h"
#include "engine/duplex/run_scores.h"
#include "engine/echo/canceller_registry.h"
#include "engine/session/session_reader.h"

using namespace doubletalk;
using namespace doubletalk::duplex;
using namespace doubletalk::test;

namespace {

constexpr int kRateHz = 16000;
constexpr int kBlock = kRateHz / 100;

Result<RunResult> runOf(const room::Scene& scene, const std::filesystem::path& record = {}) {
    RunOptions options;
    options.scene = scene;
    if (!record.empty()) options.record = record;
    return runScene(options);
}

/// Normalised correlation of two equally long pieces.
double likeness(std::span<const float> a, std::span<const float> b) {
    double cross = 0.0;
    double power_a = 0.0;
    double power_b = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        cross += double(a[i]) * b[i];
        power_a += double(a[i]) * a[i];
        power_b += double(b[i]) * b[i];
    }
    return power_a > 0.0 && power_b > 0.0 ? cross / std::sqrt(power_a * power_b) : 0.0;
}

/// Where in item the piece comes from: its first sample there, and how alike both are.
struct Match {
    std::size_t at = 0;
    double likeness = 0.0;
};
Match findPiece(std::span<const float> item, std::span<const float> piece) {
    Match best;
    for (std::size_t at = 0; at + piece.size() <= item.size(); ++at) {
        const double now = likeness(item.subspan(at, piece.size()), piece);
        if (now > best.likeness) best = {at, now};
    }
    return best;
}

std::size_t lastNonZeroBefore(std::span<const float> signal, std::size_t end) {
    while (end > 0 && signal[end - 1] == 0.0F) --end;
    return end - 1;
}

std::span<const float> itemOf(const session::Session& session, ItemId id) {
    for (const auto& item : session.items) {
        if (item.item == id) return item.samples;
    }
    return {};
}

double valueAt(const session::Table& table, const std::string& column, std::size_t row) {
    const auto found = std::find(table.columns.begin(), table.columns.end(), column);
    if (found == table.columns.end()) return std::nan("");
    return table.rows[row][std::size_t(found - table.columns.begin())];
}

}  // namespace

class SceneBehaviourTest : public QObject {
    Q_OBJECT
private slots:
    void echoAloneStopsNobody_data();
    void echoAloneStopsNobody();
    void bargeIn_data();
    void bargeIn();
    void whatHasEndedIsNotInterrupted();
    void lateReferenceIsTold();
    void driftIsMeasured();
    void longDelayIsFollowed();
    void aPathChangeIsMeasured();
    void theReportIsOfWhatRan();
    void aContradictionOnTheWayIsRefused();
    void echoThatStoppedItIsNotBelievedAgain();
    void backchannelStopsAreFalse();
};

void SceneBehaviourTest::echoAloneStopsNobody_data() {
    QTest::addColumn<QString>("canceller");
    QTest::addColumn<bool>("must_be_ready");
    for (const auto name : echo::cancellerNames()) {
        const std::string text(name);
        QTest::newRow(text.c_str())
            << QString::fromStdString(text) << (text == "speexdsp" || text == "webrtc");
    }
}

void SceneBehaviourTest::echoAloneStopsNobody() {
    QFETCH(QString, canceller);
    QFETCH(bool, must_be_ready);
    const auto scene = sceneCut("single_talk", 25.5, {{"echo.canceller", canceller.toStdString()}});
    DT_VERIFY_OK(scene);
    const auto run = runOf(*scene);
    DT_VERIFY_OK(run);
    QCOMPARE(countOf(run->events, EventKind::interrupt_issued), 0);
    QCOMPARE(countOf(run->events, EventKind::barge_in_decided), 0);
    QCOMPARE(countOf(run->events, EventKind::engine_fallback), 0);
    if (must_be_ready) QVERIFY(countOf(run->events, EventKind::canceller_ready) >= 1);
    // Echo alone for 25 s means echo was there: without a canceller it lies over the trigger.
    QVERIFY(countOf(run->events, EventKind::item_started) >= 4);
    if (canceller == "none") QCOMPARE(countOf(run->events, EventKind::canceller_ready), 0);
}

void SceneBehaviourTest::bargeIn_data() {
    QTest::addColumn<QString>("canceller");
    QTest::addColumn<int>("fade_ms");
    QTest::addColumn<int>("lead_ms");
    QTest::newRow("speexdsp") << "speexdsp" << 5 << 20;
    QTest::newRow("speexdsp, no fade") << "speexdsp" << 0 << 20;
    QTest::newRow("speexdsp, a block's fade") << "speexdsp" << 10 << 20;
    QTest::newRow("speexdsp, long fade") << "speexdsp" << 50 << 20;
    QTest::newRow("speexdsp, long fade and lead") << "speexdsp" << 50 << 60;
    if (echo::createCanceller("webrtc")) QTest::newRow("webrtc") << "webrtc" << 5 << 20;
}

void SceneBehaviourTest::bargeIn() {
    QFETCH(QString, canceller);
    QFETCH(int, fade_ms);
    QFETCH(int, lead_ms);
    const QTemporaryDir folder;
    const auto scene = sceneCut("barge_in", 0.0,
                                {{"echo.canceller", canceller.toStdString()},
                                 {"barge_in.fade_ms", fade_ms},
                                 {"engine.playout_lead_ms", lead_ms}});
    DT_VERIFY_OK(scene);
    const auto path = std::filesystem::path(folder.path().toStdString()) / "session";
    const auto run = runOf(*scene, path);
    DT_VERIFY_OK(run);
    const auto session = session::readSession(path);
    DT_VERIFY_OK(session);

    // One stop, answering the talker.
    const auto issued = eventsOf(run->events, EventKind::interrupt_issued);
    QCOMPARE(issued.size(), std::size_t(1));
    QCOMPARE(QByteArray::fromStdString(std::string(issued[0].cause.view())), "barge_in");
    const auto decided = eventsOf(run->events, EventKind::barge_in_decided);
    QCOMPARE(decided.size(), std::size_t(1));
    // In the order it happened: decided, issued, silent.
    const auto order = [&](const Event& event) {
        return std::find_if(run->events.begin(), run->events.end(), [&](const Event& other) {
            return other.kind == event.kind && other.block == event.block;
        });
    };
    QVERIFY(order(decided[0]) < order(issued[0]));
    QCOMPARE(issued[0].frame, decided[0].frame);
    for (const auto& event : eventsOf(run->events, EventKind::item_interrupted)) {
        QCOMPARE(event.frame, issued[0].frame);
    }
    QCOMPARE(run->metrics["missed_ratio"].get<double>(), 0.0);
    QCOMPARE(run->metrics["false_stops"].get<int>(), 0);

    // The loudspeaker's own samples: where they end, and which sample of the item is the last.
    const auto started = eventsOf(run->events, EventKind::item_started);
    QVERIFY(started.size() >= 2);
    QCOMPARE(started[0].item, ItemId(1));
    QCOMPARE(started[1].item, ItemId(2));
    const std::span<const float> playback(session->playback);
    // A resampler that moves by parts of a frame sounds a little before an item's first sample.
    const auto second = std::size_t(started[1].block) * kBlock - dsp::AsyncResampler::kLagFrames;
    QVERIFY(second > std::size_t(issued[0].block + 1) * kBlock && second < playback.size());
    const auto last = lastNonZeroBefore(playback, second);
    const auto fade = std::size_t(fade_ms * kRateHz / 1000);
    // Decided at the end of a block; the exchange after it brings the fade and then silence.
    QVERIFY2(last < std::size_t(decided[0].frame) + kBlock + fade,
             qPrintable(QString("last sample %1, decided %2").arg(last).arg(decided[0].frame)));
    QVERIFY(last + 2 * kBlock > std::size_t(decided[0].frame));

    const auto item = itemOf(*session, 1);
    QVERIFY(!item.empty());
    constexpr std::size_t kPiece = 400;
    const auto piece_at = last + 1 - fade - kPiece;
    const auto match = findPiece(item, playback.subspan(piece_at, kPiece));
    QVERIFY2(match.likeness > 0.999, qPrintable(QString::number(match.likeness)));
    const auto heard_samples = double(match.at + kPiece + fade);
    const auto silent = eventsOf(run->events, EventKind::playback_silent);
    QCOMPARE(silent.size(), std::size_t(1));
    const double reported_samples = silent[0].value * kRateHz / 1000.0;
    QVERIFY2(std::abs(reported_samples - heard_samples) <= 1.0,
             qPrintable(QString("reported %1, heard %2").arg(reported_samples).arg(heard_samples)));
    const auto item_figure = [&](ItemId id, const char* name) {
        return run->metrics.at(itemKey(id, name)).get<double>();
    };
    QCOMPARE(item_figure(1, "interrupted"), 1.0);
    QCOMPARE(item_figure(1, "ended"), 0.0);
    QVERIFY(std::abs(item_figure(1, "heard_ms") - silent[0].value) < 1e-9);
    // To a sample of the loudspeaker's own.
    QVERIFY(std::abs(run->metrics["truncation_error_ms"]["p50"].get<double>()) <= 1000.0 / kRateHz);
    const double flush_ms = 1000.0 * double(silent[0].frame - issued[0].frame) / kRateHz;
    QCOMPARE(run->metrics["flush_ms"]["p50"].get<double>(), flush_ms);

    // Nothing of it comes back, though packets of it were still under way.
    for (auto i = last + 1; i < second; ++i) QCOMPARE(playback[i], 0.0F);
    int under_way = 0;
    for (const auto& packet : session->packets) {
        const auto& record = packet.record;
        if (record.arrival_ns < 0 || record.block <= issued[0].block) continue;
        under_way += record.header.item == 1 ? 1 : 0;
    }
    QVERIFY(under_way > 0);
    QVERIFY(run->metrics["discarded"].get<double>() >= under_way);
    const auto rows = session->metrics.rows.size();
    const auto row_before = std::size_t(issued[0].block / 10) - 1;
    QVERIFY(valueAt(session->metrics, "discarded", rows - 1) -
                valueAt(session->metrics, "discarded", row_before) >=
            under_way);

    // What is said after it is heard to its end.
    ItemId id = 2;
    for (; run->metrics.contains(itemKey(id, "heard_ms")); ++id) {
        QCOMPARE(item_figure(id, "ended"), 1.0);
        QCOMPARE(item_figure(id, "interrupted"), 0.0);
        const double length_ms = item_figure(id, "length_ms");
        QVERIFY(std::abs(item_figure(id, "heard_ms") - length_ms) <= 1000.0 / kRateHz);
    }
    QVERIFY(id > 2);
    const auto answer = itemOf(*session, 2);
    const auto answer_match =
        findPiece(answer, playback.subspan(second + answer.size() / 2, kPiece));
    QVERIFY2(answer_match.likeness > 0.99, qPrintable(QString::number(answer_match.likeness)));
}

/// An interruption and a reset while nothing plays do not rewrite what was heard before, and a
/// reset on top of an interruption does not stop its item twice.
void SceneBehaviourTest::whatHasEndedIsNotInterrupted() {
    auto scene = sceneCut("barge_in", 9.0, {{"barge_in.enabled", false}, {"stream.frame_ms", 60}});
    DT_VERIFY_OK(scene);
    auto json = scene->source;
    json["assistant"][0]["source"] = {{"text", "All right."}, {"voice", "en"}};
    json["assistant"][1] = json["assistant"][0];
    json["assistant"][1]["at_s"] = 6.0;
    json["talkers"] = nlohmann::json::array();
    json["commands"] = {{{"at_s", 4.0}, {"command", "interrupt"}},
                        {{"at_s", 4.5}, {"command", "reset"}},
                        {{"at_s", 6.4}, {"command", "interrupt"}},
                        {{"at_s", 6.4}, {"command", "reset"}}};
    auto changed = room::parseScene(json, "barge_in");
    DT_VERIFY_OK(changed);
    const auto run = runOf(*changed);
    DT_VERIFY_OK(run);
    const auto& m = run->metrics;
    QCOMPARE(m.at(itemKey(1, "ended")).get<double>(), 1.0);
    QCOMPARE(m.at(itemKey(1, "interrupted")).get<double>(), 0.0);
    QVERIFY(std::abs(m.at(itemKey(1, "heard_ms")).get<double>() -
                     m.at(itemKey(1, "length_ms")).get<double>()) <= 1000.0 / kRateHz);
    QCOMPARE(m.at(itemKey(2, "ended")).get<double>(), 0.0);
    QCOMPARE(m.at(itemKey(2, "interrupted")).get<double>(), 1.0);

    const auto issued = eventsOf(run->events, EventKind::interrupt_issued);
    QCOMPARE(issued.size(), std::size_t(4));
    const auto stopped = eventsOf(run->events, EventKind::item_interrupted);
    QCOMPARE(stopped.size(), std::size_t(1));
    QCOMPARE(stopped[0].item, ItemId(2));
    QCOMPARE(stopped[0].frame, issued[2].frame);
    QVERIFY(std::string(run->report).find("item 1 is interrupted") == std::string::npos);
    // Each is followed by silence, which does not lie before it and names what it stopped.
    const auto silent = eventsOf(run->events, EventKind::playback_silent);
    QCOMPARE(silent.size(), std::size_t(3));  // the last two end together
    for (std::size_t i = 0; i < 3; ++i) {
        QCOMPARE(silent[i].item, ItemId(i < 2 ? 0 : 2));
        QVERIFY(silent[i].frame >= issued[i].frame);
    }
}

void SceneBehaviourTest::lateReferenceIsTold() {
    const auto scene = sceneCut("late_reference");
    DT_VERIFY_OK(scene);
    const auto run = runOf(*scene);
    DT_VERIFY_OK(run);
    const auto late = eventsOf(run->events, EventKind::reference_late);
    QVERIFY(!late.empty());
    // 60 ms late on an echo that comes after 40 ms of device and 0.5 m of air.
    QVERIFY2(std::abs(late.back().value - (40.0 + 1.5 - 60.0)) < 2.0,
             qPrintable(QString::number(late.back().value)));
    bool failing = false;
    for (const auto& event : eventsOf(run->events, EventKind::health_changed)) {
        failing |=
            event.text == "failing" && event.cause == Health::ruleText(HealthRule::reference_late);
    }
    QVERIFY(failing);
    QCOMPARE(countOf(run->events, EventKind::interrupt_issued), 0);
}

void SceneBehaviourTest::driftIsMeasured() {
    const QTemporaryDir folder;
    const auto scene = sceneCut("drift", 22.0);
    DT_VERIFY_OK(scene);
    const auto path = std::filesystem::path(folder.path().toStdString()) / "session";
    DT_VERIFY_OK(runOf(*scene, path));
    const auto session = session::readSession(path);
    DT_VERIFY_OK(session);
    const auto& metrics = session->metrics;
    for (auto row = std::size_t(200); row < metrics.rows.size(); ++row) {
        const double ppm = valueAt(metrics, "drift_ppm", row);
        QVERIFY2(std::abs(ppm - 100.0) < 10.0, qPrintable(QString::number(ppm)));
    }
}

void SceneBehaviourTest::longDelayIsFollowed() {
    const auto scene = sceneCut("long_delay");
    DT_VERIFY_OK(scene);
    const auto run = runOf(*scene);
    DT_VERIFY_OK(run);
    const auto moved = eventsOf(run->events, EventKind::delay_moved);
    QVERIFY(!moved.empty());
    // The reference goes to just before the echo: 250 ms of device, 1.5 ms of air, a few of lead.
    QVERIFY2(moved.back().value > 230.0 && moved.back().value < 251.5,
             qPrintable(QString::number(moved.back().value)));
    bool latency = false;
    for (const auto& event : eventsOf(run->events, EventKind::health_changed)) {
        latency |= event.text == "degraded" && event.cause == Health::ruleText(HealthRule::latency);
    }
    QVERIFY(latency);
    QVERIFY(run->metrics["erle_db"]["p50"].get<double>() > 10.0);
}

/// What the scene is for: the echo goes on after the change, and how it is cancelled then is told.
void SceneBehaviourTest::aPathChangeIsMeasured() {
    const auto scene = sceneCut("path_change", 12.5);  // 0.5 s to 1.5 s after it count
    DT_VERIFY_OK(scene);
    const auto run = runOf(*scene);
    DT_VERIFY_OK(run);
    QCOMPARE(countOf(run->events, EventKind::echo_path_changed), 1);
    QCOMPARE(countOf(run->events, EventKind::interrupt_issued), 0);
    const auto& after = run->metrics["erle_after_change_db"];
    const bool number = after.is_number();
    QVERIFY2(number, after.dump().c_str());
    // So soon after a change cancellers have some dB again, never what they had before it.
    QVERIFY2(after.get<double>() > 0.0 && after.get<double>() < 20.0, after.dump().c_str());
    // A report has no delay that is not known, and the engine's real-time factor is below 1.
    QVERIFY2(run->report.find("nan") == std::string::npos, run->report.c_str());
    QVERIFY(run->metrics["real_time_factor"].get<double>() > 0.0);
    QVERIFY(kSlowBuild || run->metrics["real_time_factor"].get<double>() < 1.0);
}

/// After a switch the head of the report names what ran at the end, all of it; after a reset the
/// delay is not known, and no number stands for it.
void SceneBehaviourTest::theReportIsOfWhatRan() {
    auto scene = sceneCut("path_change", 4.0);
    DT_VERIFY_OK(scene);
    const nlohmann::json changes{{"echo.canceller", "nlms"},
                                 {"noise.reducer", "webrtc"},
                                 {"jitter.buffer", "fixed"},
                                 {"loss.concealer", "silence"}};
    scene->commands.push_back({2.0, "set", {{"set", changes}}});
    scene->commands.push_back({3.0, "reset", nlohmann::json::object()});
    const auto run = runOf(*scene);
    DT_VERIFY_OK(run);
    const char* head =
        "at the end: canceller nlms · reducer webrtc · jitter buffer fixed · silence\n";
    QVERIFY2(run->report.find(head) != std::string::npos, run->report.c_str());
    QVERIFY2(run->report.find("echo delay searching\n") != std::string::npos, run->report.c_str());
    QVERIFY2(run->report.find("nan") == std::string::npos, run->report.c_str());
}

/// Values that contradict each other are refused also where a scene sets them on its way.
void SceneBehaviourTest::aContradictionOnTheWayIsRefused() {
    auto scene = sceneCut("single_talk", 2.0);
    DT_VERIFY_OK(scene);
    scene->commands.push_back({1.0, "set", {{"set", {{"jitter.min_ms", 300}}}}});
    const auto refused = runOf(*scene);
    QVERIFY(!refused);
    QCOMPARE(refused.error().kind, ErrorKind::usage);
    const auto said = refused.error().message();
    QVERIFY2(said.find("jitter.min_ms=300 is above jitter.max_ms=200") != std::string::npos,
             said.c_str());
    scene->commands.back().arguments["set"]["jitter.max_ms"] = 400;  // both at once go together
    DT_VERIFY_OK(runOf(*scene));
}

/// The path changes under a ready canceller: its echo may stop the assistant once. What it was
/// ready by is then void, so the next utterance is not stopped by echo again.
void SceneBehaviourTest::echoThatStoppedItIsNotBelievedAgain() {
    const auto scene = sceneCut("path_change", 0.0, {{"barge_in.enabled", true}});
    DT_VERIFY_OK(scene);
    const auto run = runOf(*scene);
    DT_VERIFY_OK(run);
    const auto changed = eventsOf(run->events, EventKind::echo_path_changed);
    QCOMPARE(changed.size(), std::size_t(1));
    QVERIFY(countOf(run->events, EventKind::barge_in_decided) <= 1);
    int held_after = 0;
    for (const auto& event : eventsOf(run->events, EventKind::barge_in_held)) {
        held_after += event.block > changed[0].block ? 1 : 0;
    }
    QVERIFY(held_after >= 1);
}

void SceneBehaviourTest::backchannelStopsAreFalse() {
    const auto scene = sceneCut("backchannel", 16.0);
    DT_VERIFY_OK(scene);
    const auto run = runOf(*scene);
    DT_VERIFY_OK(run);
    // The first rule knows level and length only and may stop for agreement; it is never a success.
    const int stops = countOf(run->events, EventKind::interrupt_issued);
    QVERIFY(stops <= 2);
    QCOMPARE(run->metrics["false_stops"].get<int>(), stops);
    QCOMPARE(run->metrics["false_ratio"].get<double>(), stops / 2.0);
    QVERIFY(run->metrics["missed_ratio"].is_null());
    QVERIFY(run->metrics["success_ratio"].is_null());
}

QTEST_APPLESS_MAIN(SceneBehaviourTest)
#include "scene_behaviour_test.moc"
