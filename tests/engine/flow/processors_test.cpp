// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/flow/processors.h"

#include <QtTest>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include "engine/flow/block_size_adapter.h"
#include "engine/flow/memory_nodes.h"
#include "engine/flow/packetizer.h"
#include "engine/flow/resample_processor.h"
#include "engine/flow/runner.h"

namespace doubletalk::flow {
namespace {

constexpr SampleRate kRate{16000};

std::vector<float> ramp(std::size_t n) {
    std::vector<float> x(n);
    std::iota(x.begin(), x.end(), 1.0F);
    return x;
}

std::vector<float> through(Node& node, std::vector<float> in, int block_frames = 160) {
    VectorReader reader(std::move(in), kRate, block_frames);
    VectorWriter writer;
    Node* const row[] = {&node};
    const auto counts = Runner::run(reader, row, writer);
    return counts ? writer.takeSamples() : std::vector<float>{};
}

}  // namespace

class ProcessorsTest : public QObject {
    Q_OBJECT
private slots:
    void identityMovesTheBuffer();
    void gainIsExactAndDoesNotClick();
    void mixAddsWhateverTheBlockSizes();
    void mixRefusesWhatIsNoSource();
    void resampledToneStaysInPlace();
    void resamplerRefusesAnotherRate();
    void blockSizeKeepsSamplesFlagsAndReference();
    void packetsCarryTheirHeader();
    void packetsReturnAsPcm();
    void lastPacketIsMarked();
    void brokenPacketsAreCountedAndDropped();
};

void ProcessorsTest::identityMovesTheBuffer() {
    IdentityNode node(EndKind::pcm);
    auto samples = ramp(160);
    PcmBlock block;
    block.samples = samples;
    block.first_frame = 77;
    block.far_shift_samples = -3;
    node.push(block);
    Item item;
    QVERIFY(node.pull(item) == Status::ok);
    const auto& out = std::get<PcmBlock>(item);
    QVERIFY(out.samples.data() == samples.data());
    QCOMPARE(out.first_frame, std::int64_t(77));
    QCOMPARE(out.far_shift_samples, -3);
}

void ProcessorsTest::gainIsExactAndDoesNotClick() {
    GainProcessor gain(20.0 * std::log10(0.5));
    std::vector<float> ones(160, 1.0F);
    PcmBlock block;
    block.samples = ones;
    Item item;
    gain.push(block);
    gain.pull(item);
    for (const float x : ones) QVERIFY(std::abs(x - 0.5F) < 1e-6F);
    gain.setGainDb(0.0);
    std::fill(ones.begin(), ones.end(), 1.0F);
    gain.push(block);
    gain.pull(item);
    float before = 0.5F;
    for (const float x : ones) {
        QVERIFY(std::abs(x - before) < 0.5F / 160.0F + 1e-6F);
        before = x;
    }
    QVERIFY(std::abs(ones.back() - 1.0F) < 1e-6F);
}

void ProcessorsTest::mixAddsWhateverTheBlockSizes() {
    auto mix = MixProcessor::create(std::make_unique<VectorReader>(ramp(500), kRate, 37),
                                    20.0 * std::log10(2.0));
    QVERIFY(mix.has_value());
    const auto out = through(**mix, ramp(700), 160);
    QCOMPARE(out.size(), std::size_t(700));
    for (std::size_t i = 0; i < out.size(); ++i) {
        const float x = float(i + 1);
        QVERIFY(std::abs(out[i] - (i < 500 ? 3.0F * x : x)) < 1e-3F);
    }
    QCOMPARE((*mix)->missingFrames(), std::int64_t(0));  // it ended, it was not late
}

void ProcessorsTest::mixRefusesWhatIsNoSource() {
    QVERIFY(!MixProcessor::create(nullptr).has_value());
    QVERIFY(!MixProcessor::create(std::make_unique<GainProcessor>()).has_value());
    QVERIFY(!MixProcessor::create(std::make_unique<PacketReader>(std::vector<OwnedPacket>{}))
                 .has_value());
}

void ProcessorsTest::resampledToneStaysInPlace() {
    constexpr std::size_t kFrames = 8000;
    const auto tone = [](double hz, std::size_t i) {
        return float(std::sin(2.0 * std::numbers::pi * 440.0 * double(i) / hz));
    };
    std::vector<float> in(kFrames);
    for (std::size_t i = 0; i < kFrames; ++i) in[i] = tone(16000.0, i);
    for (const int to_hz : {8000, 24000, 44100, 48000}) {
        auto node = ResampleProcessor::create(16000, to_hz, ResampleStart::aligned);
        QVERIFY(node.has_value());
        const auto out = through(**node, in, 161);
        QCOMPARE(out.size(), std::size_t(std::lround(double(kFrames) * to_hz / 16000.0)));
        double error = 0.0;
        const std::size_t edge = out.size() / 10;  // the filter rings where the tone is cut off
        for (std::size_t i = edge; i < out.size() - edge; ++i) {
            error = std::max(error, std::abs(double(out[i] - tone(to_hz, i))));
        }
        // The delay is cut off in whole frames: half a frame may remain, a whole one may not.
        const double half_frame = std::numbers::pi * 440.0 / to_hz;
        QVERIFY2(error < half_frame + 0.003,
                 qPrintable(QString("%1 Hz: %2").arg(to_hz).arg(error)));
    }
    auto stream = ResampleProcessor::create(16000, 48000, ResampleStart::stream);
    const auto lag = std::size_t((*stream)->lagFrames());
    QVERIFY(lag > 0);
    QCOMPARE(through(**stream, in).size(), 3 * kFrames + lag);
}

void ProcessorsTest::resamplerRefusesAnotherRate() {
    QVERIFY(!ResampleProcessor::create(16000, 0).has_value());
    auto node = ResampleProcessor::create(8000, 16000);
    QVERIFY(node.has_value());
    auto samples = ramp(160);
    PcmBlock block;
    block.samples = samples;
    QVERIFY((*node)->push(block) == Status::error);
    QVERIFY(QString::fromUtf8((*node)->error().data()).contains("rate"));
}

void ProcessorsTest::blockSizeKeepsSamplesFlagsAndReference() {
    BlockSizeAdapter adapter(100, FlushMode::pad);
    auto samples = ramp(250);
    const std::vector<float> far(250, 9.0F);
    PcmBlock block;
    block.samples = std::span(samples).first(150);
    block.far = std::span(far).first(150);
    block.first_frame = 1000;
    QVERIFY(adapter.push(block) == Status::ok);
    Item item;
    QVERIFY(adapter.pull(item) == Status::ok);
    QCOMPARE(std::get<PcmBlock>(item).first_frame, std::int64_t(1000));
    QVERIFY(!std::get<PcmBlock>(item).lost);
    QCOMPARE(std::get<PcmBlock>(item).samples[99], 100.0F);
    QVERIFY(adapter.pull(item) == Status::again);
    block.samples = std::span(samples).subspan(150);
    block.far = {};
    block.first_frame = 1150;
    block.lost = true;
    QVERIFY(adapter.push(block) == Status::ok);
    QVERIFY(adapter.pull(item) == Status::ok);
    const auto second = std::get<PcmBlock>(item);
    QCOMPARE(second.first_frame, std::int64_t(1100));
    QVERIFY(second.lost);  // half of it was
    QCOMPARE(second.samples[0], 101.0F);
    QCOMPARE(second.far[49], 9.0F);
    QCOMPARE(second.far[50], 0.0F);
    QVERIFY(adapter.pull(item) == Status::again);
    adapter.push(std::monostate{});
    QVERIFY(adapter.pull(item) == Status::ok);
    const auto last = std::get<PcmBlock>(item);
    QCOMPARE(last.samples.size(), std::size_t(100));
    QCOMPARE(last.samples[49], 250.0F);
    QCOMPARE(last.samples[50], 0.0F);
    QVERIFY(adapter.pull(item) == Status::eof);
}

void ProcessorsTest::packetsCarryTheirHeader() {
    Packetizer packetizer(StreamFormat{SampleRate{16000}, 20},
                          {.first_sequence = 65535, .first_timestamp = 0xffffff00U});
    packetizer.setProvenance(5, 1000.0, 1.5);
    packetizer.setSendTime(7);
    std::vector<float> samples(640, 0.25F);
    PcmBlock block;
    block.samples = samples;
    QVERIFY(packetizer.push(block) == Status::ok);
    Item item;
    QVERIFY(packetizer.pull(item) == Status::ok);
    auto packet = std::get<PacketView>(item);
    QCOMPARE(packet.header.sequence, std::uint16_t(65535));
    QCOMPARE(packet.header.timestamp, 0xffffff00U);
    QVERIFY(packet.header.marker);
    QVERIFY(!packet.header.last);
    QCOMPARE(packet.header.frames, std::uint16_t(320));
    QCOMPARE(packet.header.item, ItemId(5));
    QCOMPARE(packet.payload.size(), std::size_t(640));
    QCOMPARE(int(packet.payload[0]), 0x00);  // 0.25 is 0x2000, low byte first
    QCOMPARE(int(packet.payload[1]), 0x20);
    QVERIFY(packetizer.pull(item) == Status::ok);
    packet = std::get<PacketView>(item);
    QCOMPARE(packet.header.sequence, std::uint16_t(0));
    QCOMPARE(packet.header.timestamp, 0xffffff00U + 320U);
    QVERIFY(!packet.header.marker);
    QCOMPARE(packet.header.item_sample, 1000.0 + 320 * 1.5);
    QCOMPARE(packet.header.send_ns, std::int64_t(20'000'007));
    packetizer.setSpeech(false);
    packetizer.push(block);
    packetizer.pull(item);
    QVERIFY(!std::get<PacketView>(item).header.speech);
    packetizer.setSpeech(true);
    packetizer.pull(item);
    QVERIFY(std::get<PacketView>(item).header.marker);
}

void ProcessorsTest::packetsReturnAsPcm() {
    std::vector<float> in(1000);
    for (std::size_t i = 0; i < in.size(); ++i) in[i] = float(std::sin(0.01 * double(i)));
    VectorReader reader(in, kRate, 133);
    Packetizer packetizer(StreamFormat{});
    Depacketizer depacketizer(StreamFormat{});
    VectorWriter writer;
    Node* const row[] = {&packetizer, &depacketizer};
    const auto counts = Runner::run(reader, row, writer);
    QVERIFY(counts.has_value());
    QCOMPARE(counts->frames_in, std::int64_t(1000));
    QCOMPARE(counts->frames_out, std::int64_t(1280));
    for (std::size_t i = 0; i < 1280; ++i) {
        const float expected = i < in.size() ? in[i] : 0.0F;
        QVERIFY(std::abs(writer.samples()[i] - expected) <= 1.0F / 32768.0F);
    }
}

void ProcessorsTest::lastPacketIsMarked() {
    for (const std::size_t frames : {640U, 700U}) {
        VectorReader reader(std::vector<float>(frames, 0.1F), kRate, 160);
        Packetizer packetizer(StreamFormat{}, {.mark_last = true});
        PacketWriter writer;
        Node* const row[] = {&packetizer};
        QVERIFY(Runner::run(reader, row, writer).has_value());
        QCOMPARE(writer.packets().size(), std::size_t((frames + 319) / 320));
        for (std::size_t i = 0; i < writer.packets().size(); ++i) {
            QCOMPARE(writer.packets()[i].header.last, i + 1 == writer.packets().size());
        }
    }
}

void ProcessorsTest::brokenPacketsAreCountedAndDropped() {
    Depacketizer node(StreamFormat{});
    const std::vector<std::byte> payload(640);
    PacketView good;
    good.header.frames = 320;
    good.payload = payload;
    auto truncated = good;
    truncated.payload = std::span(payload).first(639);
    auto foreign = good;
    foreign.header.payload_type = PayloadType::pcmu;
    auto longer = good;
    longer.header.frames = 321;
    auto empty = good;
    empty.header.frames = 0;
    empty.payload = {};
    Item item;
    for (const auto& bad : {truncated, foreign, longer, empty}) {
        QVERIFY(node.push(bad) == Status::ok);
        QVERIFY(node.pull(item) == Status::again);
    }
    QCOMPARE(node.rejectedPackets(), std::int64_t(4));
    good.header.timestamp = 0xffffff00U;
    node.push(good);
    QVERIFY(node.pull(item) == Status::ok);
    QCOMPARE(std::get<PcmBlock>(item).first_frame, std::int64_t(0));
    good.header.timestamp += 640;  // wraps, and one packet is missing
    node.push(good);
    node.pull(item);
    QCOMPARE(std::get<PcmBlock>(item).first_frame, std::int64_t(640));
}

}  // namespace doubletalk::flow

QTEST_APPLESS_MAIN(doubletalk::flow::ProcessorsTest)
#include "processors_test.moc"
