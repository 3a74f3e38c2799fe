// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/flow/typed_pipeline.h"

#include <QtTest>
#include <vector>

#include "engine/core/random.h"
#include "engine/flow/adapters.h"
#include "engine/flow/any_node.h"
#include "engine/flow/block_size_adapter.h"
#include "engine/flow/memory_nodes.h"
#include "engine/flow/packetizer.h"
#include "engine/flow/pipeline.h"
#include "engine/flow/processors.h"
#include "engine/flow/runner.h"

namespace doubletalk::flow {
namespace {

constexpr SampleRate kRate{16000};
using AnyPcm = AnyNode<EndKind::pcm, EndKind::pcm>;
using AnyWriter = AnyNode<EndKind::pcm, EndKind::none>;

// Rows that fit, and rows that do not compile.
static_assert(Composable<VectorReader, GainProcessor, Packetizer, PacketWriter>);
static_assert(Composable<GainProcessor>);
static_assert(Composable<AnyPcm, GainProcessor, BlockSizeAdapter>);
static_assert(Composable<TypedPipeline<GainProcessor, Packetizer>, PacketWriter>);
static_assert(BlockNode<TypedPipeline<GainProcessor, IdentityProcessor>>);
static_assert(!BlockNode<TypedPipeline<GainProcessor, BlockSizeAdapter>>);
static_assert(!Composable<>);
static_assert(!Composable<GainProcessor, Depacketizer>);               // PCM into packets
static_assert(!Composable<GainProcessor, Packetizer, GainProcessor>);  // packets into PCM
static_assert(!Composable<GainProcessor, VectorReader>);               // a reader takes nothing
static_assert(!Composable<VectorWriter, GainProcessor>);               // a writer gives nothing
static_assert(!Composable<VectorReader, PacketWriter>);
static_assert(!Composable<TypedPipeline<GainProcessor, Packetizer>, VectorWriter>);
static_assert(!Composable<AnyNode<EndKind::none, EndKind::packet>, GainProcessor>);
static_assert(!Composable<IdentityNode, GainProcessor>);  // its ends are known at run time only
static_assert(!Composable<GainProcessor, int>);

std::unique_ptr<VectorReader> source(std::size_t frames, int block) {
    Random random(7);
    std::vector<float> x(frames);
    for (float& sample : x) sample = float(random.uniform() - 0.5);
    return std::make_unique<VectorReader>(std::move(x), kRate, block);
}

/// Takes every third push only, the flush too.
class FullWriter final : public Writer {
public:
    static constexpr EndKind kIn = EndKind::pcm;
    [[nodiscard]] std::string_view name() const override { return "full"; }
    [[nodiscard]] EndKind in() const override { return kIn; }
    Status push(const Item& item) noexcept override {
        return ++asked_ % 3 == 0 ? kept_.push(item) : Status::again;
    }
    void reset() override { kept_.reset(); }
    [[nodiscard]] const VectorWriter& kept() const { return kept_; }

private:
    int asked_ = 0;
    VectorWriter kept_;
};

template <class... T>
std::unique_ptr<Node> dynamic(std::unique_ptr<T>... parts) {
    std::vector<std::unique_ptr<Node>> all;
    (all.push_back(std::move(parts)), ...);
    auto made = Pipeline::compose(std::move(all));
    return made ? std::move(*made) : nullptr;
}

/// The same nodes, composed at run time or at compile time.
template <class... T>
std::unique_ptr<Node> composedAs(bool typed, std::unique_ptr<T>... parts) {
    if (typed) return composeTyped("pipeline", std::move(parts)...);
    return dynamic(std::move(parts)...);
}

}  // namespace

class TypedPipelineTest : public QObject {
    Q_OBJECT
private slots:
    void givesTheBitsOfTheDynamicOne();
    void appliesBlocksDirectly();
    void hasTheEndsOfItsNodes();
    void reachesItsNodes();
    void closedMovesItems();
    void fullWriterLosesNothing_data();
    void fullWriterLosesNothing();
    void closedWriterIsAnError_data() { fullWriterLosesNothing_data(); }
    void closedWriterIsAnError();
    void namesWhatFailed();
    void anyNodeChecksWhatItWraps();
};

void TypedPipelineTest::givesTheBitsOfTheDynamicOne() {
    std::vector<std::vector<float>> heard;
    for (const bool typed : {false, true}) {
        const auto pipeline = composedAs(
            typed, std::make_unique<GainProcessor>(-3.0, "a"),
            std::make_unique<BlockSizeAdapter>(100), std::make_unique<GainProcessor>(1.0, "b"),
            std::make_unique<IdentityProcessor>(), std::make_unique<Packetizer>(StreamFormat{}),
            std::make_unique<Depacketizer>(StreamFormat{}),
            std::make_unique<GainProcessor>(2.0, "c"));
        for (const int block : {160, 37, 481}) {
            const auto reader = source(5000, block);
            VectorWriter writer;
            Node* const row[] = {pipeline.get()};
            pipeline->reset();
            QVERIFY(Runner::run(*reader, row, writer).has_value());
            QCOMPARE(writer.samples().size(), std::size_t(5120));  // whole packets of 320
            heard.push_back(writer.samples());
        }
    }
    for (std::size_t i = 0; i < 3; ++i) QVERIFY(heard[i] == heard[i + 3]);
    QVERIFY(heard[0][100] != 0.0F);
}

void TypedPipelineTest::appliesBlocksDirectly() {
    // A typed pipeline of block nodes is a block node of another one.
    const auto make = [] {
        return composeTyped("outer", std::make_unique<IdentityProcessor>(),
                            composeTyped("inner", std::make_unique<GainProcessor>(6.0),
                                         std::make_unique<GainProcessor>(-1.0, "less")));
    };
    const auto applied = make();
    const auto pushed = make();
    std::vector<float> samples(100, 0.5F);
    std::vector<float> others = samples;
    PcmBlock block;
    block.samples = samples;
    applied->apply(block);
    block.samples = others;
    Item item;
    QVERIFY(pushed->push(block) == Status::ok);
    QVERIFY(pushed->holdsInput());
    QVERIFY(pushed->pull(item) == Status::ok);
    QVERIFY(samples == others);
    QVERIFY(std::abs(samples[99] - 0.5F * 1.77828F) < 1e-4F);  // 5 dB
}

void TypedPipelineTest::hasTheEndsOfItsNodes() {
    const auto open = composeTyped("open", std::make_unique<GainProcessor>(),
                                   std::make_unique<Packetizer>(StreamFormat{}));
    QVERIFY(open->in() == EndKind::pcm && open->out() == EndKind::packet);
    const auto closed = composeTyped("closed", source(1, 1), std::make_unique<VectorWriter>());
    QVERIFY(closed->in() == EndKind::none && closed->out() == EndKind::none);
    QVERIFY(closed->push(PcmBlock{}) == Status::error);
}

void TypedPipelineTest::reachesItsNodes() {
    const auto pipeline = composeTyped("typed", std::make_unique<GainProcessor>(6.0, "first"),
                                       std::make_unique<BlockSizeAdapter>(160));
    static_assert(decltype(pipeline)::element_type::size() == 2);
    QVERIFY(pipeline->at<0>().name() == "first");
    pipeline->at<0>().setGainDb(-200.0);
    QVERIFY(pipeline->at<1>().name() == "block_size");
}

void TypedPipelineTest::closedMovesItems() {
    const auto pipeline =
        composeTyped("closed", source(400, 160), std::make_unique<IdentityProcessor>(),
                     std::make_unique<VectorWriter>());
    const VectorWriter& written = pipeline->at<2>();
    Item item;
    for (int i = 0; i < 3; ++i) {
        QVERIFY(pipeline->pull(item) == Status::ok);
        QCOMPARE(item.index(), std::size_t(0));
    }
    QVERIFY(!written.finished());
    QVERIFY(pipeline->pull(item) == Status::eof);
    QVERIFY(written.finished());
    QCOMPARE(written.samples().size(), std::size_t(400));
    pipeline->reset();
    while (pipeline->pull(item) == Status::ok) {
    }
    QCOMPARE(written.samples().size(), std::size_t(400));
}

void TypedPipelineTest::fullWriterLosesNothing_data() {
    QTest::addColumn<bool>("typed");
    QTest::newRow("dynamic") << false;
    QTest::newRow("typed") << true;
}

void TypedPipelineTest::fullWriterLosesNothing() {
    QFETCH(bool, typed);
    // One block in, four out: the writer refuses in the middle of them.
    auto writer = std::make_unique<FullWriter>();
    const auto& kept = writer->kept();
    auto pipeline =
        composedAs(typed, std::make_unique<GainProcessor>(),
                   std::make_unique<BlockSizeAdapter>(40, FlushMode::shorten), std::move(writer));
    const auto reader = source(1000, 160);
    std::vector<float> expected;
    Item item;
    int refused = 0;
    while (reader->pull(item) == Status::ok) {
        const auto& block = std::get<PcmBlock>(item);
        expected.insert(expected.end(), block.samples.begin(), block.samples.end());
        QVERIFY(pipeline->push(item) == Status::ok);
        // The block may only be used again when nobody looks at it any more.
        for (Item none; pipeline->holdsInput(); ++refused) {
            QVERIFY(pipeline->push(item) == Status::again);
            QVERIFY(pipeline->pull(none) == Status::again);
        }
    }
    QVERIFY(refused > 0);
    int flushes = 1;
    while (pipeline->push(std::monostate{}) == Status::again) ++flushes;
    QVERIFY(flushes > 1);
    QVERIFY(kept.finished());
    QVERIFY(kept.samples() == expected);
    QVERIFY(pipeline->push(std::monostate{}) == Status::ok);
    QVERIFY(pipeline->push(item) != Status::ok);
    // pull() moves on what the writer refused.
    pipeline->reset();
    PcmBlock block;
    block.samples = expected;
    QVERIFY(pipeline->push(block) == Status::ok);
    int pulls = 0;
    for (; pipeline->holdsInput() && pulls < 1000; ++pulls) {
        QVERIFY(pipeline->pull(item) == Status::again);
    }
    QVERIFY(pulls > 1);
    QVERIFY(kept.samples() == expected);
    // A run, and a pipeline around the pipeline, wait for it as well.
    pipeline->reset();
    RunOptions options;
    options.wait_us = 10;
    const auto counts = Runner::run(*source(1000, 160), *pipeline, options);
    QVERIFY(counts.has_value());
    QCOMPARE(counts->items_out, std::int64_t(7));
    QVERIFY(kept.samples() == expected);
    pipeline->reset();
    const auto outer = composedAs(typed, source(1000, 160), std::make_unique<IdentityProcessor>(),
                                  AnyWriter::wrap(std::move(pipeline)).value());
    while (outer->pull(item) != Status::eof) {
    }
    QVERIFY(kept.samples() == expected);
}

void TypedPipelineTest::closedWriterIsAnError() {
    QFETCH(bool, typed);
    auto writer = std::make_unique<VectorWriter>();
    VectorWriter& kept = *writer;
    const auto pipeline = composedAs(typed, std::make_unique<GainProcessor>(), std::move(writer));
    std::vector<float> samples(10, 1.0F);
    PcmBlock block;
    block.samples = samples;
    QVERIFY(pipeline->push(block) == Status::ok);
    QVERIFY(kept.push(std::monostate{}) == Status::ok);  // behind the pipeline's back
    QVERIFY(pipeline->push(block) == Status::error);
}

void TypedPipelineTest::namesWhatFailed() {
    const auto pipeline = composeTyped("typed", std::make_unique<GainProcessor>(),
                                       std::make_unique<Packetizer>(StreamFormat{}));
    QVERIFY(pipeline->push(PacketView{}) == Status::error);
    QVERIFY(pipeline->error().find("PCM") != std::string_view::npos);
    pipeline->reset();
    std::vector<float> samples(10);
    PcmBlock block;
    block.samples = samples;
    block.rate = SampleRate{8000};
    Item item;
    QVERIFY(pipeline->push(block) == Status::ok);
    QVERIFY(pipeline->pull(item) == Status::error);
    QVERIFY(pipeline->error().find("rate") != std::string_view::npos);
}

void TypedPipelineTest::anyNodeChecksWhatItWraps() {
    QVERIFY(!AnyPcm::wrap(nullptr).has_value());
    const auto wrong = AnyPcm::wrap(std::make_unique<Packetizer>(StreamFormat{}));
    QVERIFY(!wrong.has_value());
    const auto message = QString::fromStdString(wrong.error().message());
    QVERIFY2(message.contains("packetizer") && message.contains("packets"), qPrintable(message));
    // A part made at run time inside a typed pipeline.
    auto part = AnyPcm::wrap(
        dynamic(std::make_unique<GainProcessor>(20.0), std::make_unique<BlockSizeAdapter>(10)));
    QVERIFY(part.has_value());
    const auto pipeline =
        composeTyped("typed", source(1000, 160), std::move(*part),
                     std::make_unique<GainProcessor>(-20.0), std::make_unique<VectorWriter>());
    Item item;
    while (pipeline->pull(item) == Status::ok) {
    }
    const auto& heard = pipeline->at<3>().samples();
    QCOMPARE(heard.size(), std::size_t(1000));
    const auto reader = source(1000, 1000);
    QVERIFY(reader->pull(item) == Status::ok);
    const auto sent = std::get<PcmBlock>(item).samples;
    for (std::size_t i = 0; i < sent.size(); ++i) QVERIFY(std::abs(heard[i] - sent[i]) < 1e-6F);
}

}  // namespace doubletalk::flow

QTEST_APPLESS_MAIN(doubletalk::flow::TypedPipelineTest)
#include "typed_pipeline_test.moc"
