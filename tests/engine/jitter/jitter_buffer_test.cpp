// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "engine/jitter/jitter_buffer_registry.h"
#include "tests/engine/jitter/packet_stream.h"
#include "tests/support/rt_guard.h"

using namespace doubletalk;
using namespace doubletalk::jitter;
using test::Delivery;
using test::PacketStream;

namespace {

constexpr std::int64_t kMs = 1'000'000;

struct Played {
    std::vector<int> numbers;  ///< packet numbers in the order played
    std::vector<SlotKind> kinds;
    std::vector<double> delays_ms;
    int broken = 0;  ///< payload not what was put
    std::int64_t allocations = 0, locks = 0;
};

int numberOf(const PacketStream& s, const Slot& slot) {
    return static_cast<std::uint16_t>(slot.packet.header.sequence - s.first_sequence);
}

/// Slots a frame apart until end_ms; change is called before each slot.
template <class Change>
Played drive(JitterBuffer& buffer, const PacketStream& s, const std::vector<Delivery>& list,
             int end_ms, Change change) {
    std::vector<OwnedPacket> packets;
    int most = 0;
    for (const auto& d : list) most = std::max(most, d.number);
    for (int i = 0; i <= most; ++i) packets.push_back(s.packet(i));
    Played played;
    const auto count = static_cast<std::size_t>(end_ms / s.format.frame_ms);
    played.numbers.reserve(count);
    played.kinds.reserve(count);
    played.delays_ms.reserve(count);
    std::size_t next = 0;
    const test::RtGuard guard;
    for (std::size_t i = 0; i < count; ++i) {
        const std::int64_t now = static_cast<std::int64_t>(i) * s.format.frame_ms * kMs;
        for (; next < list.size() && list[next].arrival_ns <= now; ++next) {
            buffer.put(packets[static_cast<std::size_t>(list[next].number)].view(),
                       list[next].arrival_ns);
        }
        change(i);
        const Slot slot = buffer.get(now);
        played.kinds.push_back(slot.kind);
        if (slot.kind != SlotKind::frame) continue;
        const int number = numberOf(s, slot);
        const auto& sent = packets[static_cast<std::size_t>(number)];
        if (!std::equal(sent.payload.begin(), sent.payload.end(), slot.packet.payload.begin(),
                        slot.packet.payload.end())) {
            ++played.broken;
        }
        played.numbers.push_back(number);
        played.delays_ms.push_back(double(now - sent.header.send_ns) / 1e6);
        buffer.stretched(0);
    }
    played.allocations = guard.allocations() + guard.frees();
    played.locks = guard.locks();
    return played;
}

Played drive(JitterBuffer& buffer, const PacketStream& s, const std::vector<Delivery>& list,
             int end_ms) {
    return drive(buffer, s, list, end_ms, [](std::size_t) {});
}

/// packets a frame apart, each delayed by jitter(number) ms; loss and duplicates by share.
std::vector<Delivery> deliveries(const PacketStream& s, int packets, double jitter_ms, double loss,
                                 double duplicates, std::uint64_t seed) {
    Random random(seed);
    std::vector<Delivery> list;
    for (int i = 0; i < packets; ++i) {
        const auto at = std::int64_t{i} * s.format.frame_ms * kMs +
                        std::llround(random.uniform() * jitter_ms * 1e6);
        if (i > 0 && random.chance(loss)) continue;
        list.push_back({i, at});
        if (random.chance(duplicates)) list.push_back({i, at + 3 * kMs});
    }
    return test::sorted(list);
}

std::unique_ptr<JitterBuffer> make(const QString& name, const StreamFormat& format,
                                   const JitterParams& params = {}) {
    auto buffer = createJitterBuffer(name.toStdString());
    if (!buffer || !(*buffer)->prepare(format, params)) return nullptr;
    return std::move(*buffer);
}

void names() {
    QTest::addColumn<QString>("name");
    for (const auto& entry : jitterBuffers()) {
        const std::string name(entry.name);
        QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }
}

}  // namespace

class JitterBufferTest : public QObject {
    Q_OBJECT
private slots:
    void every_format_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("rate");
        QTest::addColumn<int>("frame_ms");
        for (const auto& entry : jitterBuffers()) {
            for (const int rate : {8000, 16000, 24000, 32000, 48000}) {
                for (const int frame_ms : {10, 20, 30, 60}) {
                    QTest::addRow("%s %d Hz %d ms", std::string(entry.name).c_str(), rate, frame_ms)
                        << QString::fromStdString(std::string(entry.name)) << rate << frame_ms;
                }
            }
        }
    }
    /// 10 s with loss, duplicates, reordering and both wraps: in order, whole, nothing allocated.
    void every_format() {
        QFETCH(QString, name);
        QFETCH(int, rate);
        QFETCH(int, frame_ms);
        PacketStream s{{SampleRate{rate}, frame_ms}};
        s.first_sequence = 65436;
        s.first_timestamp = 0xFFFFFFFFU - static_cast<unsigned>(rate * 5);
        const int packets = 10000 / frame_ms;
        const auto list = deliveries(s, packets, 1.5 * frame_ms, 0.05, 0.05, 7);
        auto buffer = make(name, s.format);
        QVERIFY(buffer);
        const auto played = drive(*buffer, s, list, 10200);
        QCOMPARE(played.broken, 0);
        QCOMPARE(played.allocations, 0);
        QCOMPARE(played.locks, 0);
        QVERIFY(std::is_sorted(played.numbers.begin(), played.numbers.end(),
                               [](int a, int b) { return a <= b; }));
        // 5 % are lost; what the buffer itself gives up must stay small too.
        QVERIFY2(double(played.numbers.size()) > 0.85 * packets,
                 qPrintable(QString::number(played.numbers.size())));
        const auto state = buffer->state();
        QCOMPARE(state.received, static_cast<std::int64_t>(list.size()));
        std::vector<bool> arrived(static_cast<std::size_t>(packets), false);
        std::int64_t twice = 0;
        for (const auto& d : list) {
            if (arrived[d.number]) ++twice;
            arrived[d.number] = true;
        }
        QCOMPARE(state.duplicate, twice);
        QVERIFY(state.reordered > 0);
        const auto truly_lost = std::count(arrived.begin(), arrived.end(), false);
        QVERIFY(state.lost >= truly_lost - 8);
        QVERIFY(state.lost <= truly_lost + state.late + 8);
    }

    void perfect_network_data() { names(); }
    void perfect_network() {
        QFETCH(QString, name);
        const PacketStream s{{SampleRate{16000}, 20}};
        auto buffer = make(name, s.format);
        const auto played = drive(*buffer, s, deliveries(s, 250, 0.0, 0.0, 0.0, 1), 5000);
        const auto state = buffer->state();
        QCOMPARE(state.late, 0);
        QCOMPARE(state.lost, 0);
        QVERIFY(state.jitter_ms < 1e-9);
        for (std::size_t i = 0; i < played.numbers.size(); ++i) {
            QCOMPARE(played.numbers[i], static_cast<int>(i));
        }
        QVERIFY(played.numbers.size() >= 245);
    }

    void extreme_jitter_data() { names(); }
    void extreme_jitter() {
        QFETCH(QString, name);
        const PacketStream s{{SampleRate{16000}, 20}};
        auto buffer = make(name, s.format);
        auto list = deliveries(s, 1000, 1500.0, 0.2, 0.2, 3);
        list.push_back({0, list.back().arrival_ns});  // a stray from the very start
        const auto played = drive(*buffer, s, list, 22000);
        QCOMPARE(played.broken, 0);
        QCOMPARE(played.allocations, 0);
        QVERIFY(std::is_sorted(played.numbers.begin(), played.numbers.end(),
                               [](int a, int b) { return a <= b; }));
        QVERIFY(played.numbers.size() > 50);
        const auto state = buffer->state();
        QCOMPARE(state.played, static_cast<std::int64_t>(played.numbers.size()));
    }

    void parameters_change_live_data() { names(); }
    void parameters_change_live() {
        QFETCH(QString, name);
        const PacketStream s{{SampleRate{16000}, 20}};
        auto buffer = make(name, s.format);
        Random random(5);
        const auto played =
            drive(*buffer, s, deliveries(s, 500, 60.0, 0.02, 0.0, 4), 10000, [&](std::size_t i) {
                if (i % 25 != 0) return;
                JitterParams p;
                p.min_ms = static_cast<int>(random.uniform() * 2000);
                p.max_ms = static_cast<int>(random.uniform() * 2000);
                p.target_ms = static_cast<int>(random.uniform() * 2000);
                buffer->setParams(p);
            });
        QCOMPARE(played.broken, 0);
        QCOMPARE(played.allocations, 0);
        QVERIFY(played.numbers.size() > 100);
    }

    void reset_equals_fresh_data() { names(); }
    void reset_equals_fresh() {
        QFETCH(QString, name);
        const PacketStream s{{SampleRate{16000}, 20}};
        const auto list = deliveries(s, 300, 90.0, 0.05, 0.05, 9);
        auto fresh = make(name, s.format);
        const auto expected = drive(*fresh, s, list, 6000);
        auto used = make(name, s.format);
        PacketStream other = s;
        other.first_sequence = 40000;
        drive(*used, other, deliveries(other, 200, 250.0, 0.1, 0.0, 2), 3000);
        used->discardItem(1);
        used->reset();
        const auto again = drive(*used, s, list, 6000);
        QCOMPARE(again.numbers, expected.numbers);
        QVERIFY(again.kinds == expected.kinds);
    }

    /// After an item's last packet the slots are idle, and the next item plays in full.
    void items_end_data() { names(); }
    void items_end() {
        QFETCH(QString, name);
        const PacketStream s{{SampleRate{16000}, 20}};
        auto buffer = make(name, s.format);
        int frames = 0, missing = 0, frames_first = 0;
        for (int slot = 0; slot < 400; ++slot) {
            const std::int64_t now = slot * 20 * kMs;
            const bool second = slot >= 150;
            const int number = second ? slot - 100 : slot;  // 50 packets, a pause of 2 s, 50 more
            if (number < (second ? 100 : 50)) {
                auto p = s.packet(number);
                p.header.item = second ? 2 : 1;
                p.header.last = number == 49 || number == 99;
                QCOMPARE(buffer->put(p.view(), now), PutResult::stored);
            }
            const Slot got = buffer->get(now);
            frames += got.kind == SlotKind::frame;
            missing += got.kind == SlotKind::missing;
            if (slot == 149) frames_first = frames;
        }
        QCOMPARE(missing, 0);
        QCOMPARE(frames_first, 50);
        QCOMPARE(frames, 100);
    }

    void discarded_items_stay_away_data() { names(); }
    void discarded_items_stay_away() {
        QFETCH(QString, name);
        const PacketStream s{{SampleRate{16000}, 20}};
        auto buffer = make(name, s.format);
        int wrong = 0, right = 0;
        std::int64_t discarded = 0;
        for (int slot = 0; slot < 200; ++slot) {
            const std::int64_t now = slot * 20 * kMs;
            auto p = s.packet(slot);
            p.header.item = slot < 60 ? 7 : 8;
            const PutResult put = buffer->put(p.view(), now);
            if (slot == 50) buffer->discardItem(7);
            if (slot > 50 && slot < 60) QCOMPARE(put, PutResult::discarded);
            const Slot got = buffer->get(now);
            if (got.kind == SlotKind::frame && slot >= 50) {
                (got.packet.header.item == 7 ? wrong : right) += 1;
            }
            if (slot == 59) discarded = buffer->state().discarded;
        }
        QCOMPARE(wrong, 0);
        QVERIFY(discarded >= 9);
        QVERIFY2(right > 125, qPrintable(QString::number(right)));
    }

    void fixed_plays_at_its_target() {
        const PacketStream s{{SampleRate{16000}, 20}};
        JitterParams params;
        params.target_ms = 100;
        auto buffer = make("fixed", s.format, params);
        const auto played = drive(*buffer, s, deliveries(s, 100, 0.0, 0.0, 0.0, 1), 2000);
        for (const double delay : played.delays_ms) QCOMPARE(delay, 100.0);
        // What comes later than its slot is late: packet 10 by 1 ms.
        auto strict = make("fixed", s.format, params);
        auto list = deliveries(s, 100, 0.0, 0.0, 0.0, 1);
        list[10].arrival_ns += 101 * kMs;
        list = test::sorted(list);
        const auto one_late = drive(*strict, s, list, 2000);
        QCOMPARE(strict->state().late, 1);
        QCOMPARE(std::count(one_late.numbers.begin(), one_late.numbers.end(), 10), 0);
    }

    void holds_two_seconds_when_asked() {
        const PacketStream s{{SampleRate{16000}, 20}};
        JitterParams params;
        params.target_ms = params.max_ms = params.min_ms = 2000;
        auto buffer = make("fixed", s.format, params);
        const auto played = drive(*buffer, s, deliveries(s, 300, 0.0, 0.0, 0.0, 1), 6000);
        QCOMPARE(buffer->state().discarded, 0);
        QCOMPARE(played.delays_ms.front(), 2000.0);
        QCOMPARE(played.delays_ms.back(), 2000.0);
    }

    /// Up within seconds when the network gets worse, down again when it is well.
    void adaptive_follows_up_and_down() {
        const PacketStream s{{SampleRate{16000}, 20}};
        auto buffer = make("adaptive", s.format);
        Random random(11);
        std::int64_t last = 0;
        double calm = 0.0, rough = 0.0, calm_again = 0.0;
        std::vector<Delivery> list;
        for (int i = 0; i < 4500; ++i) {
            const double spread = i >= 1000 && i < 2000 ? 150.0 : 4.0;
            const auto at = std::max<std::int64_t>(
                last, i * 20 * kMs + std::int64_t(std::llround(spread * random.uniform() * 1e6)));
            last = at;
            list.push_back({i, at});
        }
        std::size_t next = 0;
        for (int slot = 0; slot < 4500; ++slot) {
            for (; next < list.size() && list[next].arrival_ns <= slot * 20 * kMs; ++next) {
                buffer->put(s.packet(list[next].number).view(), list[next].arrival_ns);
            }
            const Slot got = buffer->get(slot * 20 * kMs);
            if (got.kind == SlotKind::frame) buffer->stretched(got.stretch_frames);
            if (slot == 999) calm = buffer->state().target_ms;
            if (slot == 1250) rough = buffer->state().target_ms;
            if (slot == 4499) calm_again = buffer->state().target_ms;
        }
        QCOMPARE(calm, 40.0);
        QVERIFY2(rough >= 80.0 && rough <= 200.0, qPrintable(QString::number(rough)));
        QCOMPARE(calm_again, 40.0);
    }

    void bad_formats_are_refused() {
        for (const auto& entry : jitterBuffers()) {
            auto buffer = entry.create();
            QCOMPARE(buffer->prepare({SampleRate{44100}, 20}, {}).error().kind,
                     ErrorKind::unsupported);
            QCOMPARE(buffer->prepare({SampleRate{16000}, 0}, {}).error().kind,
                     ErrorKind::unsupported);
        }
        QCOMPARE(createJitterBuffer("nope").error().kind, ErrorKind::usage);
    }
};

QTEST_APPLESS_MAIN(JitterBufferTest)
#include "jitter_buffer_test.moc"
