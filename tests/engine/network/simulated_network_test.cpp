// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/network/simulated_network.h"

#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <fstream>

using namespace doubletalk;
using namespace doubletalk::network;

namespace {

constexpr std::int64_t kMs = 1'000'000;

NetworkParams quiet() {
    NetworkParams p;
    p.delay_ms = 30.0;
    p.jitter_law = "none";
    p.loss_model = "none";
    return p;
}

/// Packets far enough apart that order never bends the law.
std::vector<Fate> fates(const NetworkParams& p, int packets, std::int64_t gap_ns,
                        std::uint64_t seed = 1) {
    SimulatedNetwork net(seed, p);
    std::vector<Fate> list;
    std::vector<std::pair<OwnedPacket, std::int64_t>> out;
    for (int i = 0; i < packets; ++i) {
        OwnedPacket packet;
        packet.header.sequence = static_cast<std::uint16_t>(i);
        packet.header.send_ns = i * gap_ns;
        list.push_back(net.send(packet));
        out.clear();
        net.receive(i * gap_ns, out);
    }
    return list;
}

struct Moments {
    double mean = 0.0, sigma = 0.0, least = 1e9;
};

Moments delays(const std::vector<Fate>& list, std::int64_t gap_ns) {
    Moments m;
    double squares = 0.0;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const double d = double(list[i].arrival_ns - std::int64_t(i) * gap_ns) / kMs;
        m.mean += d;
        squares += d * d;
        m.least = std::min(m.least, d);
    }
    m.mean /= double(list.size());
    m.sigma = std::sqrt(squares / double(list.size()) - m.mean * m.mean);
    return m;
}

}  // namespace

class SimulatedNetworkTest : public QObject {
    Q_OBJECT
private slots:
    void constant_delay() {
        for (const auto& f : fates(quiet(), 10, 20 * kMs)) QVERIFY(!f.lost);
        QCOMPARE(fates(quiet(), 10, 20 * kMs)[3].arrival_ns, 90 * kMs);
        auto off = quiet();
        off.enabled = false;
        QCOMPARE(fates(off, 10, 20 * kMs)[3].arrival_ns, 60 * kMs);
    }

    /// 40 000 draws: the standard errors of mean and σ are 0.5 % of σ, four of them allowed.
    void jitter_laws() {
        constexpr std::int64_t kGap = 1000 * kMs;
        auto p = quiet();
        p.delay_ms = 100.0;
        p.jitter_ms = 10.0;
        p.jitter_law = "normal";
        const auto normal = delays(fates(p, 40000, kGap), kGap);
        QVERIFY(std::abs(normal.mean - 100.0) < 0.2);
        QVERIFY(std::abs(normal.sigma - 10.0) < 0.2);
        p.jitter_law = "gamma";
        const auto gamma = delays(fates(p, 40000, kGap), kGap);
        QVERIFY(std::abs(gamma.sigma - 10.0) < 0.4);
        QVERIFY(gamma.least >= 100.0);
        QVERIFY(std::abs(gamma.mean - 100.0 - std::sqrt(2.0) * 10.0) < 0.3);
    }

    void random_loss() {
        auto p = quiet();
        p.loss_model = "random";
        p.loss_percent = 7.0;
        const auto list = fates(p, 40000, 20 * kMs);
        const auto lost = std::count_if(list.begin(), list.end(), [](auto& f) { return f.lost; });
        // σ of the share: sqrt(0.07 · 0.93 / 40000) = 0.13 %.
        QVERIFY(std::abs(100.0 * double(lost) / 40000.0 - 7.0) < 0.5);
        p.loss_percent = 100.0;
        for (const auto& f : fates(p, 100, 20 * kMs)) QVERIFY(f.lost);
    }

    void gilbert_loss_comes_in_bursts() {
        auto p = quiet();
        p.loss_model = "gilbert";
        p.loss_percent = 5.0;
        p.loss_burst_packets = 4.0;
        const auto list = fates(p, 200000, 20 * kMs);
        std::int64_t lost = 0, bursts = 0;
        for (std::size_t i = 0; i < list.size(); ++i) {
            lost += list[i].lost;
            bursts += list[i].lost && (i == 0 || !list[i - 1].lost);
        }
        QVERIFY(std::abs(100.0 * double(lost) / 200000.0 - 5.0) < 0.5);
        QVERIFY(std::abs(double(lost) / double(bursts) - 4.0) < 0.3);
    }

    void spikes_drain_first_in_first_out() {
        SimulatedNetwork net(1, quiet());
        std::int64_t before = -1;
        for (int i = 0; i < 100; ++i) {
            OwnedPacket p;
            p.header.send_ns = i * 20 * kMs;
            if (i == 50) net.spike(p.header.send_ns, 200.0);
            const auto f = net.send(p);
            QVERIFY(f.arrival_ns >= before);
            before = f.arrival_ns;
            const double extra = double(f.arrival_ns - p.header.send_ns) / kMs - 30.0;
            const double expected = i < 50 ? 0.0 : std::max(0.0, 200.0 - (i - 50) * 20.0);
            QVERIFY2(std::abs(extra - expected) < 3.0, qPrintable(QString::number(extra)));
        }
    }

    void spikes_come_as_often_as_set() {
        auto p = quiet();
        p.spikes_per_min = 10.0;
        p.spike_ms = 100.0;
        int spikes = 0;
        double before = 0.0;
        const auto list = fates(p, 180000, 20 * kMs);  // one hour
        for (std::size_t i = 0; i < list.size(); ++i) {
            const double extra = double(list[i].arrival_ns) / kMs - double(i) * 20.0 - 30.0;
            if (extra > 60.0 && extra > before) ++spikes;
            before = extra;
        }
        // 600 expected, σ 24; a few fall into the tail of another.
        QVERIFY2(spikes > 500 && spikes < 700, qPrintable(QString::number(spikes)));
    }

    void order_is_kept_unless_asked() {
        auto p = quiet();
        p.jitter_law = "gamma";
        p.jitter_ms = 60.0;
        SimulatedNetwork calm(3, p);
        p.reorder_percent = 10.0;
        p.duplicate_percent = 5.0;
        p.jitter_ms = 1.0;
        SimulatedNetwork mixed(3, p);
        for (auto* net : {&calm, &mixed}) {
            int sent = 0, back = 0, duplicates = 0, announced = 0;
            std::uint16_t newest = 0;
            std::vector<std::pair<OwnedPacket, std::int64_t>> out;
            std::vector<std::int64_t> promised(5000, -1);
            for (int i = 0; i < 5000; ++i, ++sent) {
                OwnedPacket packet;
                packet.header.sequence = static_cast<std::uint16_t>(i);
                packet.header.send_ns = i * 20 * kMs;
                const auto f = net->send(packet);
                promised[static_cast<std::size_t>(i)] = f.arrival_ns;
                announced += f.duplicate_arrival_ns >= 0;
                net->receive(packet.header.send_ns, out);
            }
            net->receive(1'000'000 * kMs, out);
            QCOMPARE(net->inFlight(), 0);
            QCOMPARE(static_cast<int>(out.size()), sent + announced);
            std::vector<bool> seen(5000, false);
            std::int64_t last = 0;
            for (const auto& [packet, arrival] : out) {
                QVERIFY(arrival >= last);
                last = arrival;
                const auto n = packet.header.sequence;
                if (seen[n]) {
                    ++duplicates;
                    continue;
                }
                // The fate told at sending is what happens.
                QCOMPARE(arrival, promised[n]);
                seen[n] = true;
                back += n < newest;
                newest = std::max(newest, n);
            }
            QCOMPARE(duplicates, announced);
            if (net == &calm) {
                QCOMPARE(back, 0);
            } else {
                QVERIFY2(back > 400 && back < 600, qPrintable(QString::number(back)));
                QVERIFY(announced > 180 && announced < 320);
            }
        }
    }

    void same_seed_same_fate() {
        NetworkParams p;
        p.loss_percent = 5.0;
        p.spikes_per_min = 10.0;
        p.reorder_percent = 2.0;
        const auto a = fates(p, 3000, 20 * kMs, 9), b = fates(p, 3000, 20 * kMs, 9);
        const auto c = fates(p, 3000, 20 * kMs, 10);
        bool differs = false;
        for (std::size_t i = 0; i < a.size(); ++i) {
            QCOMPARE(a[i].lost, b[i].lost);
            QCOMPARE(a[i].arrival_ns, b[i].arrival_ns);
            differs = differs || a[i].arrival_ns != c[i].arrival_ns;
        }
        QVERIFY(differs);
        // Another loss moves no other packet's delay.
        p.loss_percent = 0.0;
        p.spikes_per_min = p.reorder_percent = 0.0;
        auto lossy = p;
        lossy.loss_percent = 20.0;
        const auto d = fates(p, 3000, 200 * kMs), e = fates(lossy, 3000, 200 * kMs);
        for (std::size_t i = 0; i < d.size(); ++i) {
            if (!e[i].lost) QCOMPARE(e[i].arrival_ns, d[i].arrival_ns);
        }
    }

    void every_value_is_live() {
        auto p = quiet();
        SimulatedNetwork net(1, p);
        OwnedPacket packet;
        QCOMPARE(net.send(packet).arrival_ns, 30 * kMs);
        p.delay_ms = 80.0;
        net.setParams(p);
        packet.header.send_ns = 20 * kMs;
        QCOMPARE(net.send(packet).arrival_ns, 100 * kMs);
        p.loss_model = "random";
        p.loss_percent = 100.0;
        net.setParams(p);
        QVERIFY(net.send(packet).lost);
    }

    void plays_a_trace() {
        const QTemporaryDir dir;
        const auto path = dir.filePath("t.csv").toStdString();
        std::ofstream(path) << "# a | b | c | frame_ms=20\nseq,send_ms,arrival_ms\n"
                               "0,0,5\n1,20,40\n2,40,\n";
        auto p = quiet();
        p.delay_ms = 0.0;
        SimulatedNetwork net(1, p);
        QVERIFY(net.useTrace(path));
        std::vector<double> extra;
        int lost = 0;
        for (int i = 0; i < 6; ++i) {
            OwnedPacket packet;
            packet.header.send_ns = i * 100 * kMs;
            const auto f = net.send(packet);
            lost += f.lost;
            if (!f.lost) extra.push_back(double(f.arrival_ns) / kMs - i * 100.0);
        }
        QCOMPARE(lost, 2);
        QCOMPARE(extra.size(), std::size_t{4});
        QCOMPARE(extra[1] - extra[0], 15.0);
        QCOMPARE(extra[2], extra[0]);
        QVERIFY(!net.useTrace(dir.filePath("none.csv").toStdString()));
    }
};

QTEST_APPLESS_MAIN(SimulatedNetworkTest)
#include "simulated_network_test.moc"
