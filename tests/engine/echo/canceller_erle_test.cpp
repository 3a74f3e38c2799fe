// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <map>

#include "engine/echo/canceller_registry.h"
#include "tests/support/echo_scene.h"
#include "tests/support/fault_cancellers.h"

using namespace doubletalk;
using namespace doubletalk::test;
using echo::Canceller;
using echo::EchoParams;

namespace {

constexpr SampleRate kRate{16000};
constexpr double kSeconds = 15.0;
constexpr double kDelayMs = 40.0;

/// ECHO.md's medians over linear rooms, less what one room may differ.
struct Floor {
    double erle_db;         ///< of the output, last 5 s of far-end single talk
    double linear_erle_db;  ///< of the linear stage
    double near_loss_db;    ///< level lost by a talker while the far end is silent
};
const std::map<QString, Floor>& floors() {
    static const std::map<QString, Floor> all = {{"nlms", {10.0, 10.0, 1.0}},
                                                 {"speexdsp", {20.0, 20.0, 1.0}},
                                                 {"webrtc", {15.0, 10.0, 1.0}}};
    return all;
}

struct Signals {
    std::vector<float> far, mic, talker, silence;
};
const Signals& material() {
    static const Signals built = [] {
        Signals s;
        s.far = speech(kRate, kSeconds, 0);
        s.talker = speech(kRate, kSeconds, 2);
        s.silence.assign(s.far.size(), 0.0F);
        const auto echo = convolve(s.far, echoPath(kRate, kDelayMs, 60.0, 8.0, 3));
        s.mic = sum(echo, whiteNoise(echo.size(), -75.0, 4));
        return s;
    }();
    return built;
}

/// The reference as alignment gives it: the delay removed down to the engine's lead.
std::vector<float> aligned(const Canceller& engine) {
    return delayed(material().far, kRate.framesOf(kDelayMs) - engine.traits().lead_frames);
}
double erleDb(std::span<const float> out) {
    return levelDbfs(material().mic, kRate, kSeconds - 5.0, kSeconds) -
           levelDbfs(out, kRate, kSeconds - 5.0, kSeconds);
}
/// Level rather than projection: the input filters of the libraries turn the phase of low tones.
double levelLossDb(std::span<const float> out) {
    return levelDbfs(material().talker, kRate, 2.0, kSeconds - 1.0) -
           levelDbfs(out, kRate, 2.0, kSeconds - 1.0);
}

}  // namespace

/// Every canceller takes echo away and leaves a lone talker; engines with a fault are found out.
class CancellerErleTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        QVERIFY2(!material().far.empty(), "install pocketsphinx-testdata for the speech clips");
    }
    void removesEcho_data() { rows(); }
    void removesEcho();
    void keepsLoneTalker_data() { rows(); }
    void keepsLoneTalker();
    /// The textbook filter has no input filter.
    void offsetDoesNoHarm_data() { rows("nlms"); }
    void offsetDoesNoHarm();
    void faultsAreFound();

private:
    static void rows(const QString& except = {}) {
        QTest::addColumn<QString>("name");
        for (const auto& [name, floor] : floors()) {
            if (name == except || !echo::createCanceller(name.toStdString())) continue;
            QTest::newRow(qPrintable(name)) << name;
        }
    }
    static std::unique_ptr<Canceller> make(const QString& name) {
        auto engine = echo::createCanceller(name.toStdString());
        if (!engine || !(*engine)->prepare(kRate, EchoParams{})) return nullptr;
        return std::move(*engine);
    }
};

void CancellerErleTest::removesEcho() {
    QFETCH(QString, name);
    auto engine = make(name);
    const auto run = runCanceller(*engine, kRate, aligned(*engine), material().mic);
    qInfo("ERLE %.1f dB, linear %.1f dB", erleDb(run.out),
          run.linear.empty() ? 0.0 : erleDb(run.linear));
    QVERIFY(erleDb(run.out) >= floors().at(name).erle_db);
    if (!run.linear.empty()) QVERIFY(erleDb(run.linear) >= floors().at(name).linear_erle_db);
}

void CancellerErleTest::keepsLoneTalker() {
    QFETCH(QString, name);
    auto engine = make(name);
    const auto run = runCanceller(*engine, kRate, material().silence, material().talker);
    qInfo("level loss %.2f dB", levelLossDb(run.out));
    QVERIFY(levelLossDb(run.out) <= floors().at(name).near_loss_db);
    QVERIFY(levelLossDb(run.out) > -0.5);
    if (!run.linear.empty()) QVERIFY(levelLossDb(run.linear) <= floors().at(name).near_loss_db);
}

void CancellerErleTest::offsetDoesNoHarm() {
    QFETCH(QString, name);
    auto engine = make(name);
    auto mic = material().mic;
    for (float& x : mic) x += 0.05F;
    auto run = runCanceller(*engine, kRate, aligned(*engine), mic);
    qInfo("ERLE with an offset %.1f dB", erleDb(run.out));
    QVERIFY(erleDb(run.out) >= floors().at(name).erle_db);
}

/// The two checks above, on engines that must not pass them.
void CancellerErleTest::faultsAreFound() {
    FaultCanceller pass(CancellerFault::pass_through);
    const auto passed = runCanceller(pass, kRate, material().far, material().mic);
    QVERIFY(erleDb(passed.out) < floors().at("nlms").erle_db);
    QVERIFY(erleDb(passed.out) < 0.1);

    FaultCanceller silent(CancellerFault::silent);
    const auto muted = runCanceller(silent, kRate, material().silence, material().talker);
    QVERIFY(levelLossDb(muted.out) > 60.0);

    // A reference that comes after its echo cannot be used: the ERLE check sees it.
    for (const char* name : {"nlms", "speexdsp"}) {
        auto engine = make(name);
        const int late = kRate.framesOf(kDelayMs) + kRate.framesOf(60.0);
        const auto run =
            runCanceller(*engine, kRate, delayed(material().far, late), material().mic);
        QVERIFY(erleDb(run.linear) < floors().at(name).linear_erle_db);
    }
}

QTEST_APPLESS_MAIN(CancellerErleTest)
#include "canceller_erle_test.moc"
