// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/g711_nodes.h"

#include <QtTest>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <memory>

#include "engine/core/random.h"
#include "engine/flow/packetizer.h"
#include "engine/flow/pipeline.h"
#include "tests/support/rt_guard.h"

namespace doubletalk::codec {
namespace {

using flow::Item;
using flow::Node;
using flow::PcmBlock;
using flow::Status;

constexpr StreamFormat kFormat{SampleRate{8000}, 20};
constexpr std::array kSizes{160, 1, 7, 159, 80, 33};

struct Case {
    std::function<std::unique_ptr<Node>()> make;
    PayloadType in;
    PayloadType out;
};

const std::map<std::string, Case>& cases() {
    const auto encode = [](G711Law law) {
        return [law] { return std::make_unique<G711Encode>(law, kFormat); };
    };
    const auto decode = [] { return std::make_unique<G711Decode>(kFormat); };
    static const std::map<std::string, Case> all{
        {"encode mu-law", {encode(G711Law::mu), PayloadType::pcm16, PayloadType::pcmu}},
        {"encode a-law", {encode(G711Law::a), PayloadType::pcm16, PayloadType::pcma}},
        {"decode mu-law", {decode, PayloadType::pcmu, PayloadType::pcm16}},
        {"decode a-law", {decode, PayloadType::pcma, PayloadType::pcm16}},
    };
    return all;
}

std::size_t bytesFor(PayloadType type, std::size_t frames) {
    return type == PayloadType::pcm16 ? 2 * frames : frames;
}

OwnedPacket packetOf(PayloadType type, int frames, std::uint64_t seed = 1) {
    OwnedPacket packet;
    packet.header.payload_type = type;
    packet.header.frames = std::uint16_t(frames);
    packet.header.sequence = std::uint16_t(100 + frames);
    packet.header.item_sample = double(frames);
    packet.payload.resize(bytesFor(type, std::size_t(frames)));
    Random random(seed);
    for (auto& byte : packet.payload) byte = std::byte(random.bits() & 0xff);
    return packet;
}

std::vector<OwnedPacket> packetsOf(PayloadType type) {
    std::vector<OwnedPacket> packets;
    for (const int frames : kSizes) packets.push_back(packetOf(type, frames));
    return packets;
}

/// All packets in turn; the sum of what came out, or -1 when the contract was broken.
std::int64_t runThrough(Node& node, const std::vector<OwnedPacket>& packets) noexcept {
    std::int64_t sum = 0;
    Item item;
    for (const auto& packet : packets) {
        if (node.push(packet.view()) != Status::ok || !node.holdsInput()) return -1;
        if (node.pull(item) != Status::ok || node.holdsInput()) return -1;
        const auto& got = std::get<PacketView>(item);
        for (const auto byte : got.payload) sum = sum * 31 % 1'000'003 + int(byte);
        if (node.pull(item) != Status::again) return -1;
    }
    if (node.push(std::monostate{}) != Status::ok) return -1;
    return node.pull(item) == Status::eof ? sum : -1;
}

}  // namespace

class G711NodesTest : public QObject {
    Q_OBJECT
private slots:
    void contract_data() { everyNode(); }
    void contract();
    void recodesTheWholePacket_data() { everyNode(); }
    void recodesTheWholePacket();
    void resetStartsOver_data() { everyNode(); }
    void resetStartsOver();
    void malformedPacketsAreDropped_data() { everyNode(); }
    void malformedPacketsAreDropped();
    void neitherAllocatesNorLocks_data() { everyNode(); }
    void neitherAllocatesNorLocks();
    void pipelineKeepsTheSound();

private:
    static void everyNode() {
        QTest::addColumn<QString>("name");
        for (const auto& [name, unused] : cases()) {
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
        }
    }
    static const Case& current() {
        return cases().at(QString::fromUtf8(QTest::currentDataTag()).toStdString());
    }
};

/// Ref: engine/flow/node.h; tests/engine/flow/node_contract_test.cpp has the same for nodes there.
void G711NodesTest::contract() {
    const auto node = current().make();
    const auto packet = packetOf(current().in, 160);
    Item item = PcmBlock{};
    QVERIFY(!node->name().empty());
    QVERIFY(node->in() == flow::EndKind::packet && node->out() == flow::EndKind::packet);
    QVERIFY(node->pull(item) == Status::again);
    QVERIFY(node->push(PcmBlock{}) == Status::error);
    QVERIFY(!node->error().empty());
    QVERIFY(node->push(packet.view()) == Status::ok);
    QVERIFY(node->push(packet.view()) == Status::again);  // and takes nothing
    QVERIFY(node->push(std::monostate{}) == Status::ok);  // before it was pulled
    QVERIFY(node->push(packet.view()) == Status::eof);
    QVERIFY(node->pull(item) == Status::ok);
    QVERIFY(node->pull(item) == Status::eof);
    QVERIFY(node->push(std::monostate{}) == Status::ok);  // flushed twice is flushed
    QVERIFY(node->pull(item) == Status::eof);
}

void G711NodesTest::recodesTheWholePacket() {
    const auto node = current().make();
    for (const auto& packet : packetsOf(current().in)) {
        Item item;
        QVERIFY(node->push(packet.view()) == Status::ok);
        QVERIFY(node->pull(item) == Status::ok);
        const auto got = std::get<PacketView>(item);
        QVERIFY(got.header.payload_type == current().out);
        QCOMPARE(got.header.sequence, packet.header.sequence);
        QCOMPARE(got.header.item_sample, packet.header.item_sample);
        QCOMPARE(got.header.frames, packet.header.frames);
        const std::size_t frames = packet.header.frames;
        QCOMPARE(got.payload.size(), bytesFor(current().out, frames));
        const bool encoding = current().in == PayloadType::pcm16;
        const auto coded = encoding ? current().out : current().in;
        const G711 codec(coded == PayloadType::pcmu ? G711Law::mu : G711Law::a, G711Tier::scalar);
        const auto& pcm_bytes = encoding ? std::span<const std::byte>(packet.payload) : got.payload;
        const auto& codes = encoding ? got.payload : std::span<const std::byte>(packet.payload);
        for (std::size_t i = 0; i < frames; ++i) {
            const std::array pcm{
                std::int16_t(int(pcm_bytes[2 * i]) | int(pcm_bytes[2 * i + 1]) << 8)};
            std::array<std::byte, 1> code{codes[i]};
            std::array<std::int16_t, 1> sample{pcm};
            QVERIFY(encoding ? codec.encode(pcm, code) : codec.decode(code, sample));
            QVERIFY(code[0] == codes[i] && sample == pcm);
        }
    }
}

void G711NodesTest::resetStartsOver() {
    const auto node = current().make();
    const auto packets = packetsOf(current().in);
    const auto first = runThrough(*node, packets);
    QVERIFY(first > 0);
    node->reset();
    node->push(packets[0].view());  // and out of the middle
    node->reset();
    QCOMPARE(runThrough(*node, packets), first);
}

void G711NodesTest::malformedPacketsAreDropped() {
    const auto node = current().make();
    auto foreign = packetOf(current().out, 160);
    auto longer = packetOf(current().in, 161);
    auto short_of_bytes = packetOf(current().in, 160);
    short_of_bytes.payload.pop_back();
    auto with_more = packetOf(current().in, 80);
    with_more.payload.resize(with_more.payload.size() + 1);
    auto unknown = packetOf(current().in, 160);
    unknown.header.payload_type = PayloadType(77);
    auto empty = packetOf(current().in, 0);
    std::int64_t allocations = 0;
    for (const auto* packet : {&foreign, &longer, &short_of_bytes, &with_more, &unknown, &empty}) {
        Item item;
        const test::RtGuard guard;  // the text of a refusal would allocate
        const auto pushed = node->push(packet->view());
        allocations += guard.allocations();
        QVERIFY(pushed == Status::ok);
        QVERIFY(!node->holdsInput());
        QVERIFY(node->pull(item) == Status::again);
    }
    QCOMPARE(allocations, std::int64_t(0));
    const auto* recoder = dynamic_cast<const PacketRecoder*>(node.get());
    QVERIFY(recoder != nullptr);
    QCOMPARE(recoder->rejectedPackets(), std::int64_t(6));
    QVERIFY(runThrough(*node, packetsOf(current().in)) > 0);
}

void G711NodesTest::neitherAllocatesNorLocks() {
    const auto node = current().make();
    const auto packets = packetsOf(current().in);
    const test::RtGuard guard;
    const auto sum = runThrough(*node, packets);
    const auto allocations = guard.allocations();
    const auto locks = guard.locks();
    QVERIFY(sum > 0);
    QCOMPARE(allocations, std::int64_t(0));
    QCOMPARE(locks, std::int64_t(0));
}

/// Blocks to packets, coded, decoded, and blocks again: each sample within half a step.
void G711NodesTest::pipelineKeepsTheSound() {
    for (const auto law : {G711Law::mu, G711Law::a}) {
        std::vector<float> sine(1600);
        for (std::size_t i = 0; i < sine.size(); ++i) sine[i] = 0.9F * std::sin(0.3F * float(i));
        std::vector<std::unique_ptr<Node>> nodes;
        nodes.push_back(std::make_unique<flow::Packetizer>(kFormat));
        nodes.push_back(std::make_unique<G711Encode>(law, kFormat));
        nodes.push_back(std::make_unique<G711Decode>(kFormat));
        nodes.push_back(std::make_unique<flow::Depacketizer>(kFormat));
        auto pipeline = flow::Pipeline::compose(std::move(nodes));
        QVERIFY(pipeline.has_value());
        std::vector<float> back;
        auto block = sine;
        PcmBlock in;
        in.samples = block;
        in.rate = kFormat.rate;
        QVERIFY((*pipeline)->push(in) == Status::ok);
        QVERIFY((*pipeline)->push(std::monostate{}) == Status::ok);
        Item item;
        while ((*pipeline)->pull(item) == Status::ok) {
            const auto samples = std::get<PcmBlock>(item).samples;
            back.insert(back.end(), samples.begin(), samples.end());
        }
        QCOMPARE(back.size(), sine.size());
        double largest = 0.0;
        for (std::size_t i = 0; i < sine.size(); ++i) {
            // Largest step at this level: 1024 of 32768; half of it, and half a unit of rounding.
            const double error = std::abs(double(sine[i]) - double(back[i]));
            QVERIFY(error <= 512.5 / 32768.0);
            largest = std::max(largest, error);
        }
        QVERIFY(largest > 1e-3);  // it was coded
    }
}

}  // namespace doubletalk::codec

QTEST_APPLESS_MAIN(doubletalk::codec::G711NodesTest)
#include "g711_nodes_test.moc"
