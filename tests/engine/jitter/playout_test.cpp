// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jitter/playout.h"

#include <QtTest>

#include "engine/jitter/concealer_registry.h"
#include "engine/jitter/jitter_buffer_registry.h"
#include "tests/engine/jitter/packet_stream.h"
#include "tests/support/rt_guard.h"

using namespace doubletalk;
using namespace doubletalk::jitter;
using test::PacketStream;

namespace {

constexpr std::int64_t kMs = 1'000'000;

/// One stream through a Playout, 10 ms at a time; all samples and their spans are kept.
struct Bench {
    PacketStream stream{{SampleRate{16000}, 20}};
    Playout playout;
    std::vector<float> out;
    std::vector<ProvenanceSpan> spans;
    std::int64_t now_ns = 0;
    std::int64_t allocations = 0;

    bool prepare(JitterParams jitter, LossParams loss = {}) {
        out.reserve(1 << 20);
        spans.reserve(1 << 16);
        return playout.prepare(stream.format, jitter, loss).has_value();
    }
    void block() {
        const int n = stream.format.rate.blockFrames();
        ProvenanceQueue queue;
        const auto at = out.size();
        out.resize(at + static_cast<std::size_t>(n));
        const test::RtGuard guard;
        while (playout.available() < n) playout.tick(now_ns);
        playout.read(std::span(out).subspan(at), queue);
        while (!queue.empty()) spans.push_back(queue.take(n));
        allocations += guard.allocations() + guard.frees() + guard.locks();
        now_ns += 10 * kMs;
    }
    /// Puts packets from..to (skipping lost ones) each when it is due, a block after a block.
    void run(int from, int to, const std::vector<int>& lost = {}, int last = -1) {
        for (int i = from; i < to; ++i) {
            if (std::find(lost.begin(), lost.end(), i) == lost.end()) {
                auto p = stream.packet(i);
                p.header.last = i == last;
                playout.put(p.view(), now_ns);
            }
            block();
            block();
        }
    }
    [[nodiscard]] std::int64_t spanFrames() const {
        std::int64_t sum = 0;
        for (const auto& s : spans) sum += s.frames;
        return sum;
    }
};

JitterParams fixed(int target_ms) {
    JitterParams p;
    p.buffer = "fixed";
    p.target_ms = target_ms;
    return p;
}

}  // namespace

class PlayoutTest : public QObject {
    Q_OBJECT
private slots:
    /// Every sample carries its place in the item: the sine there is the sample itself.
    void provenance_is_exact() {
        Bench b;
        QVERIFY(b.prepare(fixed(60)));
        b.run(0, 91, {}, 90);
        for (int i = 0; i < 20; ++i) b.block();
        QCOMPARE(b.allocations, 0);
        QCOMPARE(b.spanFrames(), static_cast<std::int64_t>(b.out.size()));
        std::size_t at = 0;
        std::int64_t item_frames = 0;
        bool last = false;
        for (const auto& s : b.spans) {
            for (std::int64_t i = 0; i < s.frames; ++i, ++at) {
                if (s.item == 0) {
                    QCOMPARE(b.out[at], 0.0F);
                    continue;
                }
                QCOMPARE(s.item_samples_per_frame, 1.0);
                const auto n = static_cast<std::int64_t>(s.item_sample) + i;
                QVERIFY(std::abs(b.out[at] - b.stream.sample(n)) < 1e-4F);
                ++item_frames;
            }
            last = last || s.last;
        }
        QCOMPARE(item_frames, 91 * 320);
        QVERIFY(last);
        // The first packet came at 0 and plays 60 ms later.
        QCOMPARE(b.spans.front().item, ItemId{0});
        const auto state = b.playout.state();
        QCOMPARE(state.concealed_frames, 0);
        QCOMPARE(state.played_slots, 91);
        QCOMPARE(state.delay_ms, 60.0);
    }

    /// Lost stretches count as passed: the position runs on without a step.
    void concealed_frames_go_on() {
        Bench b;
        QVERIFY(b.prepare(fixed(40)));
        b.run(0, 60, {20, 21, 22, 30});
        double expected = 0.0;
        std::int64_t concealed = 0;
        for (const auto& s : b.spans) {
            if (s.item == 0) continue;
            QCOMPARE(s.item_sample, expected);
            expected = s.positionAfter(s.frames);
            if (s.concealed) concealed += s.frames;
        }
        QCOMPARE(concealed, 4 * 320);
        const auto state = b.playout.state();
        QCOMPARE(state.concealed_frames, 4 * 320);
        QCOMPARE(state.concealment_events, 2);
        QCOMPARE(state.playout_interruptions, 0);
        QCOMPARE(state.jitter.lost, 4);
        QCOMPARE(state.silent_concealed_frames, 0);
        QVERIFY(std::abs(state.concealedRatio() - 4.0 / double(state.output_frames / 320)) < 1e-9);
    }

    void long_gaps_are_interruptions() {
        Bench b;
        QVERIFY(b.prepare(fixed(40)));
        std::vector<int> lost;
        for (int i = 20; i < 28; ++i) lost.push_back(i);  // 160 ms
        for (int i = 40; i < 47; ++i) lost.push_back(i);  // 140 ms
        b.run(0, 60, lost);
        const auto state = b.playout.state();
        QCOMPARE(state.concealment_events, 2);
        QCOMPARE(state.playout_interruptions, 1);
    }

    void silence_when_concealment_is_off() {
        Bench b;
        LossParams off;
        off.enabled = false;
        QVERIFY(b.prepare(fixed(40), off));
        b.run(0, 40, {20});
        const auto state = b.playout.state();
        QCOMPARE(state.concealed_frames, 320);
        QCOMPARE(state.silent_concealed_frames, 320);
        std::size_t at = 0;
        for (const auto& s : b.spans) {
            for (std::int64_t i = 0; s.concealed && i < s.frames; ++i) {
                QCOMPARE(b.out[at + static_cast<std::size_t>(i)], 0.0F);
            }
            at += static_cast<std::size_t>(s.frames);
        }
    }

    /// After an item's end there is silence, not loss.
    void ends_are_idle() {
        for (const auto& entry : jitterBuffers()) {
            Bench b;
            JitterParams p;
            p.buffer = Name(entry.name);
            QVERIFY(b.prepare(p));
            b.run(0, 50, {}, 49);
            for (int i = 0; i < 100; ++i) b.block();
            QCOMPARE(b.playout.state().concealed_frames, 0);
            QVERIFY(b.playout.state().idle_slots > 40);
            QCOMPARE(b.allocations, 0);
        }
    }

    void discarded_items_fall_silent() {
        Bench b;
        QVERIFY(b.prepare(fixed(60)));
        b.run(0, 50);
        const auto before = b.spans.size();
        b.playout.discardItem(1);
        b.run(50, 80);
        for (std::size_t i = before; i < b.spans.size(); ++i) QCOMPARE(b.spans[i].item, ItemId{0});
        QVERIFY(b.playout.state().jitter.discarded >= 30);
        QCOMPARE(b.playout.state().concealed_frames, 0);
        b.stream.item = 2;
        b.run(80, 120);
        QCOMPARE(b.spans.back().item, ItemId{2});
        QCOMPARE(b.allocations, 0);
    }

    /// Discarding takes exactly its own samples out of the queue.
    void discard_keeps_other_items() {
        Bench b;
        QVERIFY(b.prepare(fixed(0)));
        b.playout.put(b.stream.packet(0).view(), 0);
        b.playout.tick(0);
        b.stream.item = 2;
        b.playout.put(b.stream.packet(1).view(), 0);
        b.playout.tick(20 * kMs);
        QCOMPARE(b.playout.available(), 640);
        QCOMPARE(b.playout.discardItem(1), 320);
        QCOMPARE(b.playout.available(), 320);
        ProvenanceQueue spans;
        std::vector<float> out(320);
        QCOMPARE(b.playout.read(out, spans), 320);
        QCOMPARE(spans.front().item, ItemId{2});
        QVERIFY(std::abs(out[5] - b.stream.sample(325)) < 1e-4F);
    }

    /// A burst of 400 ms lies far above the target: stretching brings it down, the span's slope and
    /// the counters say by how much, and not one sample of the item is left out.
    void stretching_keeps_the_books() {
        Bench b;
        JitterParams p;
        p.buffer = "adaptive";
        p.target_ms = 180;
        QVERIFY(b.prepare(p));
        for (int i = 0; i < 1500; ++i) {
            b.playout.put(b.stream.packet(i).view(), b.now_ns);
            b.block();
            b.block();
        }
        const auto state = b.playout.state();
        QVERIFY2(state.removed_frames > 16 * 80, qPrintable(QString::number(state.removed_frames)));
        QVERIFY(state.delay_ms < 80.0);
        QCOMPARE(state.jitter.discarded, 0);
        QCOMPARE(state.queue_overflow_frames, 0);
        double expected = 0.0;
        for (const auto& s : b.spans) {
            if (s.item == 0) continue;
            QVERIFY(std::abs(s.item_sample - expected) < 1e-3);
            expected = s.positionAfter(s.frames);
        }
        QCOMPARE(b.allocations, 0);
        float step = 0.0F, own = 0.0F;
        for (std::size_t i = 16000; i < b.out.size(); ++i) {
            step = std::max(step, std::abs(b.out[i] - b.out[i - 1]));
        }
        for (int i = 1; i < 1000; ++i) {
            own = std::max(own, std::abs(b.stream.sample(i) - b.stream.sample(i - 1)));
        }
        QVERIFY2(step < 1.2F * own, "click");
    }

    void off_plays_packets_as_they_come() {
        Bench b;
        JitterParams p = fixed(200);
        p.enabled = false;
        QVERIFY(b.prepare(p));
        b.run(0, 50);
        QCOMPARE(b.playout.state().delay_ms, 0.0);
        QCOMPARE(b.playout.state().concealed_frames, 0);
    }

    void switches_while_running() {
        Bench b;
        QVERIFY(b.prepare(fixed(100)));
        int at = 0;
        for (const auto& entry : jitterBuffers()) {
            auto buffer = entry.create();
            QVERIFY(buffer->prepare(b.stream.format, {}));
            auto concealer = std::move(*createConcealer(at % 100 == 0 ? "silence" : "repeat"));
            QVERIFY(concealer->prepare(b.stream.format, {}));
            {
                const test::RtGuard guard;
                buffer = b.playout.swapBuffer(std::move(buffer));
                concealer = b.playout.swapConcealer(std::move(concealer));
                QCOMPARE(guard.allocations() + guard.frees() + guard.locks(), 0);
            }
            QVERIFY(buffer && concealer);
            QCOMPARE(b.playout.bufferName(), entry.name);
            b.run(at, at + 50);
            at += 50;
        }
        JitterParams off;
        off.enabled = false;
        b.playout.setParams(off, {});
        b.run(at, at + 50);
        b.playout.setParams({}, {});
        b.run(at + 50, at + 100);
        QCOMPARE(b.allocations, 0);
        // What waited in one buffer plays from the next one: next to nothing is lost.
        const auto state = b.playout.state();
        QCOMPARE(state.jitter.lost, 0);
        QCOMPARE(state.jitter.received, at + 100);
        QVERIFY2(state.played_slots > 235, qPrintable(QString::number(state.played_slots)));
    }

    /// Counters belong to the stream, whichever buffer is in use.
    void counters_go_on_over_switches() {
        Bench b;
        QVERIFY(b.prepare(fixed(60)));
        b.run(0, 100, {40, 41, 42});
        QCOMPARE(b.playout.state().jitter.lost, 3);
        JitterParams off = fixed(60);
        off.enabled = false;
        b.playout.setParams(off, {});
        b.run(100, 250, {150});
        QCOMPARE(b.playout.state().jitter.lost, 4);
        b.playout.setParams(fixed(60), {});
        b.run(250, 350);
        QCOMPARE(b.playout.state().jitter.lost, 4);
        auto buffer = std::move(*createJitterBuffer("adaptive"));
        QVERIFY(buffer->prepare(b.stream.format, {}));
        buffer = b.playout.swapBuffer(std::move(buffer));
        b.run(350, 450, {400, 401});
        const auto state = b.playout.state();
        QCOMPARE(state.jitter.lost, 6);
        QCOMPARE(state.jitter.late, 0);
        QCOMPARE(state.jitter.received, 444);
        QCOMPARE(b.allocations, 0);
    }

    void packets_nobody_wants_are_not_lost() {
        for (const auto& entry : jitterBuffers()) {
            Bench b;
            JitterParams params;
            params.buffer = entry.name;
            QVERIFY(b.prepare(params));
            b.run(0, 50);
            for (int i = 50; i < 60; ++i) {
                b.playout.passBy(b.stream.packet(i).view(), b.now_ns);
                b.block();
                b.block();
            }
            b.run(60, 160);
            const auto state = b.playout.state();
            QCOMPARE(state.jitter.lost, 0);
            QCOMPARE(state.jitter.discarded, 10);
            QCOMPARE(state.jitter.received, 160);
        }
    }

    void broken_payloads_are_concealed() {
        Bench b;
        QVERIFY(b.prepare(fixed(0)));
        b.run(0, 10);
        auto p = b.stream.packet(10);
        p.payload.resize(100);
        b.playout.put(p.view(), b.now_ns);
        b.block();
        b.block();
        QCOMPARE(b.playout.state().undecodable, 1);
        QCOMPARE(b.playout.state().concealed_frames, 320);
        b.run(11, 20);
        QCOMPARE(b.playout.state().concealed_frames, 320);
    }

    void bad_settings_are_refused() {
        Playout playout;
        JitterParams p;
        p.buffer = "nope";
        QCOMPARE(playout.prepare({SampleRate{16000}, 20}, p, {}).error().kind, ErrorKind::usage);
        QCOMPARE(playout.prepare({SampleRate{11025}, 20}, {}, {}).error().kind,
                 ErrorKind::unsupported);
    }

    void reset_equals_fresh() {
        Bench a, b;
        QVERIFY(a.prepare({}) && b.prepare({}));
        a.run(0, 30, {5, 9, 10});
        a.playout.reset();
        a.out.clear();
        a.now_ns = 0;
        a.run(0, 60, {20, 21});
        b.run(0, 60, {20, 21});
        QVERIFY(a.out == b.out);
    }
};

QTEST_APPLESS_MAIN(PlayoutTest)
#include "playout_test.moc"
