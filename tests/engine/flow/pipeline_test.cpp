// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/flow/pipeline.h"

#include <QtTest>
#include <atomic>
#include <vector>

#include "engine/flow/adapters.h"
#include "engine/flow/block_size_adapter.h"
#include "engine/flow/memory_nodes.h"
#include "engine/flow/packetizer.h"
#include "engine/flow/processors.h"
#include "engine/flow/runner.h"

namespace doubletalk::flow {
namespace {

constexpr SampleRate kRate{16000};

template <class... T>
std::vector<std::unique_ptr<Node>> row(std::unique_ptr<T>... nodes) {
    std::vector<std::unique_ptr<Node>> all;
    (all.push_back(std::move(nodes)), ...);
    return all;
}

std::unique_ptr<VectorReader> source(std::size_t frames, int block = 160) {
    std::vector<float> x(frames);
    for (std::size_t i = 0; i < frames; ++i) x[i] = float(i);
    return std::make_unique<VectorReader>(std::move(x), kRate, block);
}

QString messageOf(const Error& error) { return QString::fromStdString(error.message()); }

}  // namespace

class PipelineTest : public QObject {
    Q_OBJECT
private slots:
    void composesOnlyWhatFits();
    void isANodeByItsEnds();
    void nestsAndFindsNodes();
    void closedPipelineMovesItems();
    void writerPipelineTakesEverything();
    void singlePullServesOneToOne();
    void slowSourceIsAskedAgain();
    void runnerCountsAndReports();
    void runnerStopsWhenCancelled();
    void runnerNamesWhatFailed();
    void runnerGivesUpOnSilence();
};

void PipelineTest::composesOnlyWhatFits() {
    QVERIFY(!Pipeline::compose({}).has_value());
    auto missing = row(std::make_unique<GainProcessor>());
    missing.push_back(nullptr);
    QVERIFY(!Pipeline::compose(std::move(missing)).has_value());

    const auto kinds = Pipeline::compose(
        row(std::make_unique<GainProcessor>(), std::make_unique<Depacketizer>(StreamFormat{})));
    QVERIFY(!kinds.has_value());
    QVERIFY(kinds.error().kind == ErrorKind::usage);
    const auto message = messageOf(kinds.error());
    QVERIFY2(message.contains("'gain'") && message.contains("'depacketizer'") &&
                 message.contains("PCM") && message.contains("packets"),
             qPrintable(message));

    QVERIFY(!Pipeline::compose(row(std::make_unique<GainProcessor>(), source(10))).has_value());
    QVERIFY(
        !Pipeline::compose(row(std::make_unique<VectorWriter>(), std::make_unique<GainProcessor>()))
             .has_value());
    const auto twins = Pipeline::compose(
        row(std::make_unique<GainProcessor>(), std::make_unique<GainProcessor>()));
    QVERIFY(!twins.has_value());
    QVERIFY(messageOf(twins.error()).contains("'gain'"));
}

void PipelineTest::isANodeByItsEnds() {
    const auto ends = [](std::vector<std::unique_ptr<Node>> nodes) {
        const auto pipeline = *Pipeline::compose(std::move(nodes));
        return std::pair(pipeline->in(), pipeline->out());
    };
    QVERIFY(ends(row(std::make_unique<GainProcessor>())) == std::pair(EndKind::pcm, EndKind::pcm));
    QVERIFY(ends(row(source(1), std::make_unique<Packetizer>(StreamFormat{}))) ==
            std::pair(EndKind::none, EndKind::packet));
    QVERIFY(ends(row(std::make_unique<Depacketizer>(StreamFormat{}),
                     std::make_unique<VectorWriter>())) ==
            std::pair(EndKind::packet, EndKind::none));
}

void PipelineTest::nestsAndFindsNodes() {
    auto inner = *Pipeline::compose(
        row(std::make_unique<GainProcessor>(20.0, "loud"), std::make_unique<BlockSizeAdapter>(100)),
        "inner");
    QVERIFY(inner->find("loud") != nullptr);
    QVERIFY(inner->find("quiet") == nullptr);
    QCOMPARE(inner->size(), std::size_t(2));
    auto outer =
        *Pipeline::compose(row(std::make_unique<GainProcessor>(-20.0), std::move(inner)), "outer");
    QVERIFY(outer->find("inner") == &outer->at(1));
    auto reader = source(1000);
    VectorWriter writer;
    Node* const nodes[] = {outer.get()};
    QVERIFY(Runner::run(*reader, nodes, writer).has_value());
    QCOMPARE(writer.samples().size(), std::size_t(1000));
    for (std::size_t i = 0; i < 1000; ++i) {
        QVERIFY(std::abs(writer.samples()[i] - float(i)) < 1e-3F);
    }
}

void PipelineTest::closedPipelineMovesItems() {
    auto writer = std::make_unique<VectorWriter>();
    const auto* written = writer.get();
    auto pipeline = *Pipeline::compose(
        row(source(400), std::make_unique<IdentityProcessor>(), std::move(writer)));
    Item item;
    QVERIFY(pipeline->push(std::monostate{}) == Status::error);
    for (int i = 0; i < 3; ++i) {
        QVERIFY(pipeline->pull(item) == Status::ok);
        QCOMPARE(item.index(), std::size_t(0));
    }
    QVERIFY(!written->finished());
    QVERIFY(pipeline->pull(item) == Status::eof);
    QVERIFY(written->finished());
    QCOMPARE(written->samples().size(), std::size_t(400));
    QVERIFY(pipeline->pull(item) == Status::eof);
    pipeline->reset();
    while (pipeline->pull(item) == Status::ok) {
    }
    QCOMPARE(written->samples().size(), std::size_t(400));
}

void PipelineTest::writerPipelineTakesEverything() {
    auto writer = std::make_unique<PacketWriter>();
    const auto* written = writer.get();
    auto pipeline =
        *Pipeline::compose(row(std::make_unique<GainProcessor>(),
                               std::make_unique<Packetizer>(StreamFormat{}), std::move(writer)));
    std::vector<float> samples(1000, 0.5F);
    PcmBlock block;
    block.samples = samples;
    QVERIFY(pipeline->push(block) == Status::ok);
    QCOMPARE(written->packets().size(), std::size_t(3));
    QVERIFY(pipeline->push(std::monostate{}) == Status::ok);
    QCOMPARE(written->packets().size(), std::size_t(4));
    QVERIFY(written->finished());
    QVERIFY(pipeline->push(block) == Status::eof);
}

void PipelineTest::singlePullServesOneToOne() {
    // The block loop of an engine: one push and one pull a block.
    auto pipeline = *Pipeline::compose(
        row(std::make_unique<GainProcessor>(6.0, "a"), std::make_unique<IdentityProcessor>("b")));
    std::vector<float> samples(160);
    PcmBlock block;
    block.samples = samples;
    Item item;
    for (int i = 0; i < 100; ++i) {
        QVERIFY(pipeline->push(block) == Status::ok);
        QVERIFY(pipeline->pull(item) == Status::ok);
    }
}

void PipelineTest::slowSourceIsAskedAgain() {
    int asked = 0;
    std::vector<float> samples(160);
    auto slow = makeSourceNode("slow", EndKind::pcm, [&asked, &samples](Item& item) noexcept {
        if (asked == 30) return Status::eof;
        if (++asked % 3 != 0) return Status::again;
        PcmBlock block;
        block.samples = samples;
        item = block;
        return Status::ok;
    });
    auto pipeline =
        *Pipeline::compose(row(std::move(slow), std::make_unique<BlockSizeAdapter>(320)));
    Item item;
    int again = 0;
    int blocks = 0;
    for (Status s = Status::ok; s != Status::eof;) {
        s = pipeline->pull(item);
        QVERIFY(s != Status::error);
        again += s == Status::again ? 1 : 0;
        blocks += s == Status::ok ? 1 : 0;
    }
    QCOMPARE(blocks, 5);
    QCOMPARE(again, 20);
}

void PipelineTest::runnerCountsAndReports() {
    auto reader = source(1000, 100);
    VectorWriter writer;
    RunOptions options;
    std::vector<std::int64_t> reports;
    options.progress_every_items = 3;
    options.progress = [&](const RunCounts& counts) { reports.push_back(counts.items_out); };
    BlockSizeAdapter adapter(200, FlushMode::shorten);
    Node* const nodes[] = {&adapter};
    const auto counts = Runner::run(*reader, nodes, writer, options);
    QVERIFY(counts.has_value());
    QCOMPARE(counts->items_in, std::int64_t(10));
    QCOMPARE(counts->items_out, std::int64_t(5));
    QCOMPARE(counts->frames_in, std::int64_t(1000));
    QCOMPARE(counts->frames_out, std::int64_t(1000));
    QVERIFY(!counts->cancelled);
    QVERIFY(writer.finished());
    QVERIFY((reports == std::vector<std::int64_t>{3, 5}));
}

void PipelineTest::runnerStopsWhenCancelled() {
    std::atomic<bool> cancel = false;
    auto reader = source(100'000);
    VectorWriter writer;
    RunOptions options;
    options.cancel = &cancel;
    options.progress_every_items = 1;
    options.progress = [&](const RunCounts& counts) { cancel = counts.items_out >= 5; };
    const auto counts = Runner::run(*reader, writer, options);
    QVERIFY(counts.has_value());
    QVERIFY(counts->cancelled);
    QCOMPARE(counts->items_out, std::int64_t(5));
    QVERIFY(writer.finished());  // what it got is whole
}

void PipelineTest::runnerNamesWhatFailed() {
    auto reader = source(1000);
    VectorWriter writer;
    Packetizer other_rate(StreamFormat{SampleRate{8000}, 20});
    Depacketizer back(StreamFormat{SampleRate{8000}, 20});
    Node* const nodes[] = {&other_rate, &back};
    const auto failed = Runner::run(*reader, nodes, writer);
    QVERIFY(!failed.has_value());
    QVERIFY(messageOf(failed.error()).startsWith("packetizer: "));
    QVERIFY(messageOf(failed.error()).contains("rate"));
    GainProcessor gain;
    QVERIFY(!Runner::run(gain, writer).has_value());
    QVERIFY(!Runner::run(*reader, gain).has_value());
    PacketWriter packets;
    const auto kinds = Runner::run(*reader, packets);
    QVERIFY(!kinds.has_value() && kinds.error().kind == ErrorKind::usage);
}

void PipelineTest::runnerGivesUpOnSilence() {
    auto silent =
        makeSourceNode("silent", EndKind::pcm, [](Item&) noexcept { return Status::again; });
    VectorWriter writer;
    RunOptions options;
    options.max_wait_ms = 20;
    const auto result = Runner::run(*silent, writer, options);
    QVERIFY(!result.has_value());
    QVERIFY(messageOf(result.error()).contains("silent"));
}

}  // namespace doubletalk::flow

QTEST_APPLESS_MAIN(doubletalk::flow::PipelineTest)
#include "pipeline_test.moc"
