// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/g711.h"

#include <QtTest>
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "app/cli/g711_peers.h"
#include "engine/codec/g711_kernels.h"
#include "engine/core/random.h"
#include "tests/support/rt_guard.h"

namespace doubletalk::codec {
namespace {

using Pcm = std::vector<std::int16_t>;
using Codes = std::vector<std::byte>;

constexpr std::array kLaws{G711Law::mu, G711Law::a};

Pcm everySample() {
    Pcm all(65536);
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = std::int16_t(int(i) - 32768);
    return all;
}

Codes everyCode() {
    Codes all(256);
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = std::byte(i);
    return all;
}

Codes encoded(const G711& codec, const Pcm& pcm) {
    Codes codes(pcm.size());
    if (!codec.encode(pcm, codes)) codes.clear();
    return codes;
}

Pcm decoded(const G711& codec, const Codes& codes) {
    Pcm pcm(codes.size());
    if (!codec.decode(codes, pcm)) pcm.clear();
    return pcm;
}

int codeOf(G711Law law, int sample) {
    return int(encoded(G711(law, G711Tier::scalar), {std::int16_t(sample)})[0]);
}

int sampleOf(G711Law law, int code) {
    return decoded(G711(law, G711Tier::scalar), {std::byte(code)})[0];
}

/// Every implementation that runs here, whatever tier it serves.
std::vector<const G711Kernel*> kernels() {
    std::vector<const G711Kernel*> all{&kG711Scalar, &kG711Table};
    const auto simd = g711SimdKernels();
    all.insert(all.end(), simd.begin(), simd.end());
    return all;
}

}  // namespace

class G711Test : public QObject {
    Q_OBJECT
private slots:
    void knownCodes_data();
    void knownCodes();
    void decisionValues_data() { everyLaw(); }
    void decisionValues();
    void negativeSamplesAreComplemented_data() { everyLaw(); }
    void negativeSamplesAreComplemented();
    void errorIsAtMostHalfAStep_data() { everyLaw(); }
    void errorIsAtMostHalfAStep();
    void everyCodeComesBack_data() { everyLaw(); }
    void everyCodeComesBack();
    void sineHasTheLawsNoise_data() { everyLaw(); }
    void sineHasTheLawsNoise();
    void kernelsAgree_data();
    void kernelsAgree();
    void kernelsStayInside_data() { kernelsAgree_data(); }
    void kernelsStayInside();
    void otherLibrariesAgree_data() { everyLaw(); }
    void otherLibrariesAgree();
    void tiersByName();
    void wrongSizesAreErrors_data();
    void wrongSizesAreErrors();
    void neitherAllocatesNorLocks();

private:
    static void everyLaw() {
        QTest::addColumn<int>("law");
        for (const auto law : kLaws) QTest::newRow(nameOf(law).data()) << int(law);
    }
};

void G711Test::knownCodes_data() {
    QTest::addColumn<int>("law");
    QTest::addColumn<int>("sample");
    QTest::addColumn<int>("code");
    QTest::addColumn<int>("back");
    const auto row = [](G711Law law, const char* what, int sample, int code, int back) {
        QTest::addRow("%s, %s", nameOf(law).data(), what) << int(law) << sample << code << back;
    };
    // G.711 tables 1a to 2b, values there times 4 (mu-law) and times 8 (A-law).
    row(G711Law::mu, "silence", 0, 0xff, 0);
    row(G711Law::mu, "just below silence", -1, 0x7f, 0);
    row(G711Law::mu, "largest", 32767, 0x80, 8031 * 4);
    row(G711Law::mu, "smallest", -32767, 0x00, -8031 * 4);
    row(G711Law::mu, "smallest of 16 bit", -32768, 0x00, -8031 * 4);
    row(G711Law::mu, "end of segment 1", 31 * 4, 0xef, 33 * 4);
    row(G711Law::mu, "half scale", 4063 * 4, 0x8f, 4191 * 4);
    row(G711Law::mu, "half scale, negative", -4063 * 4 - 1, 0x0f, -4191 * 4);
    row(G711Law::a, "silence", 0, 0xd5, 1 * 8);
    row(G711Law::a, "just below silence", -1, 0x55, -1 * 8);
    row(G711Law::a, "largest", 32767, 0xaa, 4032 * 8);
    row(G711Law::a, "smallest", -32767, 0x2a, -4032 * 8);
    row(G711Law::a, "smallest of 16 bit", -32768, 0x2a, -4032 * 8);
    row(G711Law::a, "half scale", 2048 * 8, 0xa5, 2112 * 8);
    row(G711Law::a, "half scale, negative", -2048 * 8 - 1, 0x25, -2112 * 8);
}

void G711Test::knownCodes() {
    QFETCH(int, law);
    QFETCH(int, sample);
    QFETCH(int, code);
    QFETCH(int, back);
    QCOMPARE(codeOf(G711Law(law), sample), code);
    QCOMPARE(sampleOf(G711Law(law), code), back);
}

/// The segment end points of the Recommendation's tables: the code changes there and not before,
/// and the step doubles.
void G711Test::decisionValues() {
    QFETCH(int, law);
    const bool mu = G711Law(law) == G711Law::mu;
    const std::vector<int> ends = mu ? std::vector{31, 95, 223, 479, 991, 2015, 4063}
                                     : std::vector{64, 128, 256, 512, 1024, 2048};
    const int unit = mu ? 4 : 8;
    int step = 2 * unit;
    for (const int end : ends) {
        const int first = end * unit;
        const auto back = [&](int sample) {
            return sampleOf(G711Law(law), codeOf(G711Law(law), sample));
        };
        // Values lie in the middle of their steps.
        QCOMPARE(back(first - 1), first - step / 2);
        QCOMPARE(back(first - step - 1), first - step - step / 2);
        QCOMPARE(back(first), first + step);
        QCOMPARE(back(first + 2 * step - 1), first + step);
        QCOMPARE(back(first + 2 * step), first + 3 * step);
        step *= 2;
    }
}

void G711Test::negativeSamplesAreComplemented() {
    QFETCH(int, law);
    const auto all = everySample();
    const auto codes = encoded(G711(G711Law(law), G711Tier::scalar), all);
    for (int sample = 0; sample < 32768; ++sample) {
        const auto positive = codes[std::size_t(32768 + sample)];
        const auto negative = codes[std::size_t(32767 - sample)];  // ~sample
        QCOMPARE(int(negative), int(positive ^ std::byte{0x80}));
    }
}

/// Half a step where the sample lies; beyond the last decision value the overload.
void G711Test::errorIsAtMostHalfAStep() {
    QFETCH(int, law);
    const bool mu = G711Law(law) == G711Law::mu;
    const int largest = mu ? 8159 * 4 : 32768;
    const auto all = everySample();
    const G711 codec(G711Law(law), G711Tier::scalar);
    const auto back = decoded(codec, encoded(codec, all));
    for (std::size_t i = 0; i < all.size(); ++i) {
        const int size = std::abs(int(all[i]));
        const int biased = mu ? size + 132 : size;
        const int smallest = mu ? 8 : 16;
        int step = smallest;
        while (biased >= 32 * step && 2 * step <= 1024) step *= 2;
        const int error = std::abs(int(all[i]) - int(back[i]));
        // A complemented sample lies up to one unit outside the step it is counted to.
        const int bound = size < largest ? step / 2 + 1 : step / 2 + 1 + size - largest;
        QVERIFY2(error <= bound, qPrintable(QString("%1: %2").arg(all[i]).arg(error)));
    }
}

void G711Test::everyCodeComesBack() {
    QFETCH(int, law);
    const G711 codec{G711Law(law)};
    const auto codes = everyCode();
    auto again = encoded(codec, decoded(codec, codes));
    // mu-law has two zeros; the negative one decodes to 0, which is positive.
    if (G711Law(law) == G711Law::mu) {
        QCOMPARE(int(again[0x7f]), 0xff);
        again[0x7f] = std::byte{0x7f};
    }
    QVERIFY(again == codes);
}

/// Signal to noise of a sine: 33 dB at least (G.712, 0 to -30 dBm0), and as a step is never less
/// than 1/32 of its sample, never above 12 * 32^2, 40.9 dB.
void G711Test::sineHasTheLawsNoise() {
    QFETCH(int, law);
    const G711 codec{G711Law(law)};
    for (const double level_db : {-1.0, -10.0, -20.0, -30.0}) {
        Pcm sine(8000);
        for (std::size_t i = 0; i < sine.size(); ++i) {
            const double phase = 2.0 * 3.14159265358979 * 1020.0 * double(i) / 8000.0;
            sine[i] = std::int16_t(
                std::lround(32000.0 * std::pow(10.0, level_db / 20.0) * std::sin(phase)));
        }
        const auto back = decoded(codec, encoded(codec, sine));
        double signal = 0.0;
        double noise = 0.0;
        for (std::size_t i = 0; i < sine.size(); ++i) {
            signal += double(sine[i]) * double(sine[i]);
            noise += std::pow(double(sine[i]) - double(back[i]), 2.0);
        }
        const double ratio_db = 10.0 * std::log10(signal / noise);
        QVERIFY2(ratio_db > 33.0 && ratio_db < 40.9, qPrintable(QString::number(ratio_db)));
    }
}

void G711Test::kernelsAgree_data() {
    QTest::addColumn<int>("law");
    QTest::addColumn<int>("kernel");
    const auto all = kernels();
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (const auto law : kLaws) {
            QTest::addRow("%s, %s", all[i]->name.data(), nameOf(law).data()) << int(law) << int(i);
        }
    }
}

void G711Test::kernelsAgree() {
    QFETCH(int, law);
    QFETCH(int, kernel);
    const G711Kernel& tried = *kernels()[std::size_t(kernel)];
    const auto samples = everySample();
    const auto codes = everyCode();
    Codes to(samples.size());
    Codes expected_to(samples.size());
    tried.encode[law](samples.data(), to.data(), samples.size());
    kG711Scalar.encode[law](samples.data(), expected_to.data(), samples.size());
    for (std::size_t i = 0; i < to.size(); ++i) {
        if (to[i] == expected_to[i]) continue;
        QFAIL(qPrintable(QString("%1 becomes %2").arg(samples[i]).arg(int(to[i]))));
    }
    Pcm back(codes.size());
    Pcm expected_back(codes.size());
    tried.decode[law](codes.data(), back.data(), codes.size());
    kG711Scalar.decode[law](codes.data(), expected_back.data(), codes.size());
    for (std::size_t i = 0; i < back.size(); ++i) {
        if (back[i] == expected_back[i]) continue;
        QFAIL(qPrintable(QString("code %1 becomes %2").arg(i).arg(back[i])));
    }
}

/// Every length up to four steps of the widest, from every alignment: right to the last sample and
/// nothing behind it.
void G711Test::kernelsStayInside() {
    QFETCH(int, law);
    QFETCH(int, kernel);
    const G711Kernel& tried = *kernels()[std::size_t(kernel)];
    constexpr std::size_t kMost = 259;
    constexpr std::byte kMark{0x3c};
    Random random(7);
    Pcm samples(kMost + 16);
    for (auto& sample : samples) sample = std::int16_t(random.bits());
    for (std::size_t n = 0; n <= kMost; ++n) {
        const std::size_t at = n % 7;
        Codes codes(kMost + 16, kMark);
        Codes expected(kMost + 16, kMark);
        tried.encode[law](samples.data() + at, codes.data() + at, n);
        kG711Scalar.encode[law](samples.data() + at, expected.data() + at, n);
        QVERIFY2(codes == expected, qPrintable(QString::number(n)));
        Pcm back(kMost + 16, 0x3c3c);
        Pcm expected_back(kMost + 16, 0x3c3c);
        tried.decode[law](codes.data() + at, back.data() + at, n);
        kG711Scalar.decode[law](codes.data() + at, expected_back.data() + at, n);
        QVERIFY2(back == expected_back, qPrintable(QString::number(n)));
    }
}

/// Decoding leaves no choice. Encoding does: libavcodec takes the nearest value instead of the
/// Recommendation's arithmetic; spandsp negates in mu-law where that complements.
void G711Test::otherLibrariesAgree() {
    QFETCH(int, law);
    const cli::G711Material everything{G711Law(law), everySample(), everyCode()};
    const G711 codec{G711Law(law)};
    const auto peers = cli::g711Peers(everything);
    QVERIFY(!peers.empty());
    QCOMPARE(peers.front()->name(), std::string("libavcodec"));
    for (const auto& peer : peers) {
        const auto back = decoded(codec, everything.codes);
        QVERIFY2(std::ranges::equal(peer->decode(), back), peer->name().c_str());
        if (peer->name() != "spandsp") continue;
        const auto codes = encoded(codec, everything.pcm);
        const auto theirs = peer->encode();
        QCOMPARE(theirs.size(), codes.size());
        const std::size_t first = G711Law(law) == G711Law::mu ? 32768 : 0;  // the positive half
        for (std::size_t i = first; i < codes.size(); ++i) {
            if (theirs[i] != codes[i]) QFAIL(qPrintable(QString::number(everything.pcm[i])));
        }
    }
}

void G711Test::tiersByName() {
    QCOMPARE(g711Tiers().size(), std::size_t(3));
    for (const auto& row : g711Tiers()) {
        QVERIFY(g711TierNamed(row.name) == row.tier);
        QVERIFY(g711TierNamed(row.old_name) == row.tier);
        QVERIFY(!row.detail.empty());
        QVERIFY(G711(G711Law::mu, row.tier).tier() == row.tier);
    }
    QVERIFY(g711TierNamed("pure_python") == G711Tier::scalar);
    QVERIFY(g711TierNamed("numpy") == G711Tier::table);
    QVERIFY(g711TierNamed("audioop") == G711Tier::simd);
    for (const auto* other : {"", "automatic", "SIMD", "opus"}) {
        QVERIFY(g711TierNamed(other) == G711Tier::simd);
    }
    QVERIFY(G711(G711Law::a).tier() == G711Tier::simd);
    QVERIFY(G711(G711Law::a).law() == G711Law::a);
}

void G711Test::wrongSizesAreErrors_data() {
    QTest::addColumn<int>("samples");
    QTest::addColumn<int>("codes");
    QTest::newRow("no codes") << 160 << 0;
    QTest::newRow("no samples") << 0 << 160;
    QTest::newRow("one short") << 160 << 159;
    QTest::newRow("bytes for samples") << 160 << 320;
}

void G711Test::wrongSizesAreErrors() {
    QFETCH(int, samples);
    QFETCH(int, codes);
    Pcm pcm(std::size_t(samples), 77);
    Codes bytes(std::size_t(codes), std::byte{77});
    for (const auto& row : g711Tiers()) {
        const G711 codec(G711Law::mu, row.tier);
        for (const auto& result : {codec.encode(pcm, bytes), codec.decode(bytes, pcm)}) {
            QVERIFY(!result);
            QVERIFY(result.error().kind == ErrorKind::usage);
            QVERIFY(result.error().what.find(std::to_string(samples)) != std::string::npos);
            QVERIFY(!result.error().hint.empty());
        }
    }
    QVERIFY(std::ranges::all_of(pcm, [](auto x) { return x == 77; }));
    QVERIFY(std::ranges::all_of(bytes, [](auto x) { return x == std::byte{77}; }));
}

void G711Test::neitherAllocatesNorLocks() {
    const auto pcm = everySample();
    Codes codes(pcm.size());
    Pcm back(pcm.size());
    bool fine = true;
    std::int64_t allocations = 0;
    std::int64_t locks = 0;
    {
        const test::RtGuard guard;
        for (const auto law : kLaws) {
            for (const auto& row : g711Tiers()) {
                const G711 codec(law, row.tier);
                fine = fine && codec.encode(pcm, codes) && codec.decode(codes, back);
            }
        }
        allocations = guard.allocations();
        locks = guard.locks();
    }
    QVERIFY(fine);
    QCOMPARE(allocations, std::int64_t(0));
    QCOMPARE(locks, std::int64_t(0));
}

}  // namespace doubletalk::codec

QTEST_APPLESS_MAIN(doubletalk::codec::G711Test)
#include "g711_test.moc"
