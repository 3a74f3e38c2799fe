// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/echo/canceller_factory.h"

#include <QTest>
#include <stdexcept>

#include "engine/echo/canceller_registry.h"
#include "tests/support/fault_cancellers.h"

using namespace doubletalk;
using namespace doubletalk::test;
using echo::Canceller;
using echo::EchoParams;

namespace {

constexpr SampleRate kRate{16000};

EchoParams wanting(const char* name) {
    EchoParams params;
    params.canceller = name;
    return params;
}
/// As the registry, but the named engines fail, each in another way.
echo::CreateCanceller failing(std::vector<std::string> names) {
    return [names](std::string_view name) -> Result<std::unique_ptr<Canceller>> {
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (names[i] != name) continue;
            if (i == 0) return std::make_unique<FaultCanceller>(CancellerFault::unprepared);
            if (i == 1) return fail(ErrorKind::unsupported, "this build has none");
            throw std::runtime_error("thrown by the library");
        }
        return echo::createCanceller(name);
    };
}

}  // namespace

/// A missing or failing engine is replaced, in order, and the reason is told.
class CancellerFactoryTest : public QObject {
    Q_OBJECT
private slots:
    void wantedOne();
    void fallsBackInOrder();
    void fallsBackFromRunning();
    void errors();
};

void CancellerFactoryTest::wantedOne() {
    for (const char* name : {"none", "nlms", "speexdsp"}) {
        const auto built = echo::buildCanceller(kRate, wanting(name));
        QVERIFY(built);
        QCOMPARE(built->got, std::string(name));
        QCOMPARE(built->wanted, std::string(name));
        QVERIFY(built->reason.empty());
        QVERIFY(built->canceller->traits().name == name);
    }
}

void CancellerFactoryTest::fallsBackInOrder() {
    auto built = echo::buildCanceller(kRate, wanting("webrtc"), failing({"webrtc"}));
    QVERIFY(built);
    QCOMPARE(built->got, std::string("speexdsp"));
    QCOMPARE(built->wanted, std::string("webrtc"));
    QVERIFY(built->reason.find("made to fail") != std::string::npos);

    built = echo::buildCanceller(kRate, wanting("webrtc"), failing({"webrtc", "speexdsp"}));
    QVERIFY(built);
    QCOMPARE(built->got, std::string("nlms"));
    QVERIFY(built->reason.find("speexdsp") != std::string::npos);

    built = echo::buildCanceller(kRate, wanting("webrtc"), failing({"webrtc", "speexdsp", "nlms"}));
    QVERIFY(built);
    QCOMPARE(built->got, std::string("none"));
    QVERIFY(built->reason.find("thrown by the library") != std::string::npos);
}

void CancellerFactoryTest::fallsBackFromRunning() {
    auto built =
        echo::buildFallback(kRate, wanting("webrtc"), "webrtc", "its output is not a number");
    QVERIFY(built);
    QCOMPARE(built->got, std::string("speexdsp"));
    QCOMPARE(built->reason, std::string("webrtc: its output is not a number"));
    built = echo::buildFallback(kRate, wanting("webrtc"), "speexdsp", "too loud");
    QVERIFY(built && built->got == "nlms");
    QVERIFY(!echo::buildFallback(kRate, wanting("webrtc"), "none", "impossible"));
}

void CancellerFactoryTest::errors() {
    const auto unknown = echo::buildCanceller(kRate, wanting("nonsense"));
    QVERIFY(!unknown && unknown.error().kind == ErrorKind::usage);
    const auto odd = echo::buildCanceller(SampleRate{44100}, wanting("nlms"));
    QVERIFY(!odd && odd.error().kind == ErrorKind::unsupported);
}

QTEST_APPLESS_MAIN(CancellerFactoryTest)
#include "canceller_factory_test.moc"
