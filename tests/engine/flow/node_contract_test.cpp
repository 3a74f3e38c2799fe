// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/random.h"
#include "engine/flow/adapters.h"
#include "engine/flow/any_node.h"
#include "engine/flow/block_size_adapter.h"
#include "engine/flow/memory_nodes.h"
#include "engine/flow/packetizer.h"
#include "engine/flow/pipeline.h"
#include "engine/flow/processors.h"
#include "engine/flow/resample_processor.h"
#include "engine/flow/typed_pipeline.h"
#include "tests/support/rt_guard.h"

namespace doubletalk::flow {
namespace {

/// A stage that knows nothing of nodes.
struct Halver {
    void process(std::span<const float> in, std::span<float> out) noexcept {
        for (std::size_t i = 0; i < in.size(); ++i) out[i] = 0.5F * in[i];
    }
};
Halver halver;

auto halve() {
    return [](Halver& stage, PcmBlock& block, std::span<float> out) noexcept {
        stage.process(block.samples, out);
    };
}

std::unique_ptr<Node> composed() {
    std::vector<std::unique_ptr<Node>> nodes;
    nodes.push_back(std::make_unique<IdentityNode>(EndKind::pcm));
    nodes.push_back(std::make_unique<GainProcessor>(-6.0));
    nodes.push_back(std::make_unique<Packetizer>(StreamFormat{}));
    nodes.push_back(std::make_unique<Depacketizer>(StreamFormat{}));
    nodes.push_back(std::make_unique<BlockSizeAdapter>(160, FlushMode::pad));
    auto pipeline = Pipeline::compose(std::move(nodes));
    return pipeline ? std::unique_ptr<Node>(std::move(*pipeline)) : nullptr;
}

std::unique_ptr<Node> composedTyped() {
    return composeTyped("typed", std::make_unique<IdentityProcessor>(),
                        std::make_unique<GainProcessor>(-6.0),
                        std::make_unique<Packetizer>(StreamFormat{}),
                        std::make_unique<Depacketizer>(StreamFormat{}),
                        std::make_unique<BlockSizeAdapter>(160, FlushMode::pad));
}

/// A dynamic pipeline inside a typed one inside a dynamic one.
std::unique_ptr<Node> composedMixed() {
    using Any = AnyNode<EndKind::pcm, EndKind::pcm>;
    std::vector<std::unique_ptr<Node>> nodes;
    nodes.push_back(
        composeTyped("typed", *Any::wrap(composed()), std::make_unique<GainProcessor>()));
    return *Pipeline::compose(std::move(nodes));
}

using Frames = std::int64_t;
struct Case {
    std::function<std::unique_ptr<Node>()> make;
    std::function<Frames(Frames)> expected;  ///< frames out for frames in
};

Frames same(Frames n) { return n; }
std::function<Frames(Frames)> padded(Frames block) {
    return [block](Frames n) { return (n + block - 1) / block * block; };
}

const std::map<std::string, Case>& cases() {
    static const std::map<std::string, Case> all{
        {"identity node", {[] { return std::make_unique<IdentityNode>(EndKind::pcm); }, same}},
        {"identity node of packets",
         {[] { return std::make_unique<IdentityNode>(EndKind::packet); }, same}},
        {"identity processor", {[] { return std::make_unique<IdentityProcessor>(); }, same}},
        {"gain", {[] { return std::make_unique<GainProcessor>(-12.0); }, same}},
        {"mix",
         {[]() -> std::unique_ptr<Node> {
              std::vector<float> other(3000, 0.1F);
              return *MixProcessor::create(
                  std::make_unique<VectorReader>(other, SampleRate{16000}, 37));
          },
          same}},
        {"resample down",
         {[]() -> std::unique_ptr<Node> {
              return *ResampleProcessor::create(16000, 8000, ResampleStart::aligned);
          },
          [](Frames n) { return (n + 1) / 2; }}},
        {"resample up",
         {[]() -> std::unique_ptr<Node> {
              return *ResampleProcessor::create(16000, 48000, ResampleStart::aligned);
          },
          [](Frames n) { return 3 * n; }}},
        {"block size, padded",
         {[] { return std::make_unique<BlockSizeAdapter>(160, FlushMode::pad); }, padded(160)}},
        {"block size, shortened",
         {[] { return std::make_unique<BlockSizeAdapter>(160, FlushMode::shorten); }, same}},
        {"stage", {[] { return makeStageNode("halver", halver, halve()); }, same}},
        {"stage of short blocks",
         {[] { return makeStageNode("halver", halver, halve(), 64); }, same}},
        {"stage in place",
         {[] {
              return makeInPlaceNode("halver", halver, [](Halver& stage, PcmBlock& block) noexcept {
                  stage.process(block.samples, block.samples);
              });
          },
          same}},
        {"packetizer", {[] { return std::make_unique<Packetizer>(StreamFormat{}); }, padded(320)}},
        {"packetizer that marks the last",
         {[] {
              return std::make_unique<Packetizer>(StreamFormat{},
                                                  PacketizerOptions{.mark_last = true});
          },
          padded(320)}},
        {"depacketizer", {[] { return std::make_unique<Depacketizer>(StreamFormat{}); }, same}},
        {"pipeline", {composed, padded(320)}},
        {"typed pipeline", {composedTyped, padded(320)}},
        {"typed pipeline of blocks",
         {[]() -> std::unique_ptr<Node> {
              return composeTyped("typed", std::make_unique<GainProcessor>(),
                                  std::make_unique<IdentityProcessor>());
          },
          same}},
        {"typed and dynamic pipelines in one another", {composedMixed, padded(320)}},
    };
    return all;
}

constexpr std::array<std::size_t, 10> kSizes{160, 1, 7, 320, 481, 0, 159, 161, 1000, 3};

/// What goes into a node: blocks of odd sizes, or packets of at most one frame length.
class Input {
public:
    Input(EndKind kind, std::uint64_t seed) {
        Random random(seed);
        std::uint32_t timestamp = 0;
        for (std::size_t size : kSizes) {
            if (kind == EndKind::packet) size = std::clamp<std::size_t>(size, 1, 320);
            auto& block = blocks_.emplace_back(size);
            for (float& x : block) x = float(random.uniform() - 0.5);
            frames_ += std::int64_t(size);
            if (kind == EndKind::pcm) continue;
            auto& packet = packets_.emplace_back();
            packet.header.frames = std::uint16_t(size);
            packet.header.timestamp = timestamp;
            timestamp += std::uint32_t(size);
            for (std::size_t i = 0; i < 2 * size; ++i) packet.payload.push_back(std::byte(i));
        }
    }
    [[nodiscard]] std::size_t size() const { return blocks_.size(); }
    [[nodiscard]] std::int64_t frames() const { return frames_; }
    Item item(std::size_t i) {
        if (!packets_.empty()) return packets_[i].view();
        scratch_ = blocks_[i];  // stages may write into what they get
        PcmBlock block;
        block.samples = scratch_;
        return block;
    }

private:
    std::vector<std::vector<float>> blocks_;
    std::vector<OwnedPacket> packets_;
    std::vector<float> scratch_ = std::vector<float>(2000);
    std::int64_t frames_ = 0;
};

/// Counts what comes out and remembers a checksum of it.
struct Output {
    std::int64_t frames = 0;
    double sum = 0.0;

    void add(const Item& item) noexcept {
        if (const auto* block = std::get_if<PcmBlock>(&item)) {
            frames += std::int64_t(block->samples.size());
            for (const float x : block->samples) sum = sum * 0.999 + double(x);
        } else if (const auto* packet = std::get_if<PacketView>(&item)) {
            frames += packet->header.frames;
            for (const auto b : packet->payload) sum = sum * 0.999 + double(int(b));
        }
    }
    bool operator==(const Output&) const = default;
};

Status drain(Node& node, Output& out) noexcept {
    Item item;
    Status status = node.pull(item);
    for (; status == Status::ok; status = node.pull(item)) out.add(item);
    return status;
}

/// Runs everything through; false when the contract was broken on the way.
bool runThrough(Node& node, Input& input, Output& out) noexcept {
    for (std::size_t i = 0; i < input.size(); ++i) {
        if (node.push(input.item(i)) != Status::ok) return false;
        if (drain(node, out) != Status::again || node.holdsInput()) return false;
    }
    return node.push(std::monostate{}) == Status::ok && drain(node, out) == Status::eof;
}

}  // namespace

class NodeContractTest : public QObject {
    Q_OBJECT
private slots:
    void freshAsksForMore_data() { everyNode(); }
    void freshAsksForMore();
    void emptyInputEnds_data() { everyNode(); }
    void emptyInputEnds();
    void oddSizesComeOutWhole_data() { everyNode(); }
    void oddSizesComeOutWhole();
    void aSecondPushWaits_data() { everyNode(); }
    void aSecondPushWaits();
    void nothingAfterTheFlush_data() { everyNode(); }
    void nothingAfterTheFlush();
    void wrongKindIsAnError_data() { everyNode(); }
    void wrongKindIsAnError();
    void resetStartsOver_data() { everyNode(); }
    void resetStartsOver();
    void neitherAllocatesNorLocks_data() { everyNode(); }
    void neitherAllocatesNorLocks();

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

void NodeContractTest::freshAsksForMore() {
    const auto node = current().make();
    QVERIFY(!node->name().empty());
    Item item = PcmBlock{};
    QVERIFY(node->pull(item) == Status::again);
    QVERIFY(!node->holdsInput());
}

void NodeContractTest::emptyInputEnds() {
    const auto node = current().make();
    Item item;
    QVERIFY(node->push(std::monostate{}) == Status::ok);
    QVERIFY(node->pull(item) == Status::eof);
    QVERIFY(node->push(std::monostate{}) == Status::ok);  // flushed twice is flushed
    QVERIFY(node->pull(item) == Status::eof);
}

void NodeContractTest::oddSizesComeOutWhole() {
    const auto node = current().make();
    Input input(node->in(), 1);
    Output out;
    QVERIFY(runThrough(*node, input, out));
    QCOMPARE(out.frames, current().expected(input.frames()));
    QVERIFY(out.sum != 0.0);
}

void NodeContractTest::aSecondPushWaits() {
    const auto node = current().make();
    Input input(node->in(), 1);
    Output out;
    QVERIFY(node->push(input.item(8)) == Status::ok);
    QVERIFY(node->holdsInput());
    QVERIFY(node->push(input.item(8)) == Status::again);  // and takes nothing
    QVERIFY(drain(*node, out) == Status::again);
    node->push(std::monostate{});
    QVERIFY(drain(*node, out) == Status::eof);
    const Frames once = node->in() == EndKind::packet ? 320 : 1000;
    QCOMPARE(out.frames, current().expected(once));
}

void NodeContractTest::nothingAfterTheFlush() {
    const auto node = current().make();
    Input input(node->in(), 1);
    Output out;
    QVERIFY(node->push(input.item(8)) == Status::ok);
    QVERIFY(node->push(std::monostate{}) == Status::ok);  // before the block was pulled
    QVERIFY(node->push(input.item(0)) == Status::eof);
    QVERIFY(drain(*node, out) == Status::eof);
    QVERIFY(out.frames > 0);
    QVERIFY(drain(*node, out) == Status::eof);
}

void NodeContractTest::wrongKindIsAnError() {
    const auto node = current().make();
    const Item wrong = node->in() == EndKind::pcm ? Item(PacketView{}) : Item(PcmBlock{});
    Item item;
    Status status = node->push(wrong);
    if (status == Status::ok) status = node->pull(item);
    QVERIFY(status == Status::error);
    QVERIFY(!node->error().empty());
}

void NodeContractTest::resetStartsOver() {
    const auto node = current().make();
    Input input(node->in(), 1);
    Input other(node->in(), 2);
    Output first;
    Output between;
    Output second;
    QVERIFY(runThrough(*node, input, first));
    node->reset();
    QVERIFY(runThrough(*node, other, between));
    QVERIFY(node->in() == EndKind::packet || between.sum != first.sum);
    node->reset();
    node->push(other.item(8));  // and out of the middle
    node->reset();
    QVERIFY(runThrough(*node, input, second));
    QVERIFY(first == second);
}

void NodeContractTest::neitherAllocatesNorLocks() {
    const auto node = current().make();
    Input input(node->in(), 1);
    Output out;
    const test::RtGuard guard;
    const bool fine = runThrough(*node, input, out);
    const auto allocations = guard.allocations();
    const auto locks = guard.locks();
    QVERIFY(fine);
    QCOMPARE(allocations, std::int64_t(0));
    QCOMPARE(locks, std::int64_t(0));
}

}  // namespace doubletalk::flow

QTEST_APPLESS_MAIN(doubletalk::flow::NodeContractTest)
#include "node_contract_test.moc"
