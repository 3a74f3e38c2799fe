// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <memory>

#include "duplex_support.h"
#include "engine/core/thread_role.h"
#include "engine/duplex/far_end.h"
#include "engine/duplex/request_server.h"
#include "engine/duplex/scene_material.h"
#include "engine/duplex/session_setup.h"
#include "engine/echo/canceller_registry.h"
#include "engine/room/virtual_room.h"
#include "engine/session/session_reader.h"
#include "tests/support/rt_guard.h"

using namespace doubletalk;
using namespace doubletalk::duplex;
using namespace doubletalk::test;

namespace {

/// Uncontended locks inside the WebRTC library: its canceller takes four a block, of two while one
/// fades into the other; its reducer and detector take none.
constexpr std::int64_t kWebrtcLocksPerBlock = 4;
/// AEC3 makes up to 37 short-lived pieces every 10 s for its histograms.
constexpr std::int64_t kWebrtcPiecesPer10S = 37;

struct Counts {
    std::int64_t allocations = 0, frees = 0, locks = 0;
    void add(const RtGuard& guard) {
        allocations += guard.allocations();
        frees += guard.frees();
        locks += guard.locks();
    }
};

/// The closed loop of a scene, opened so that only what the worker and the driver's callback run
/// stands under a guard.
class Rig {
public:
    static std::unique_ptr<Rig> make(const room::Scene& scene,
                                     const std::filesystem::path& record) {
        auto rig = std::unique_ptr<Rig>(new Rig);
        const auto settings = settingsOf(scene);
        if (!settings) return nullptr;
        rig->settings_ = *settings;
        auto material = prepareScene(scene, *settings);
        if (!material) return nullptr;
        const SampleRate rate{settings->engine.rate_hz};
        if (!rig->room_.prepare(rate, settings->room, 1, std::move(material->talkers))) {
            return nullptr;
        }
        const LoopOptions options{
            .truth = true, .direct = false, .output_latency_ms = rig->room_.outputLatencyMs()};
        if (!rig->loop.prepare(*settings, options)) return nullptr;
        rig->far_end_ = std::make_unique<FarEnd>(
            StreamFormat{SampleRate{settings->stream.rate_hz}, settings->stream.frame_ms}, rate,
            std::move(material->items), 1, settings->network);
        auto writer =
            openSession(record, rig->loop, {.scene = &scene, .seed = 1, .options = options});
        if (!writer) return nullptr;
        rig->writer = std::move(*writer);
        rig->loop.setWriter(rig->writer.get());
        rig->microphone_.assign(std::size_t(rate.blockFrames()), 0.0F);
        rig->played_.assign(std::size_t(rig->room_.maxFramesWanted()), 0.0F);
        return rig;
    }

    void step(std::span<const Command> commands) {
        session::ExchangeRecord exchange;
        exchange.block = block_;
        exchange.captured_frames = int(microphone_.size());
        const auto played = std::span(played_).first(std::size_t(room_.framesWanted()));
        {
            const ScopedRole role(ThreadRole::rt);
            const RtGuard guard;
            loop.feed().render(played, exchange);
            rt.add(guard);
        }
        room_.advance(played, microphone_);
        far_end_->step((block_ + 1) * kBlockNs);
        const auto truth = room_.truth();
        BlockInput input;
        input.block = block_;
        input.time_ns = (block_ + 1) * kBlockNs;
        input.near = microphone_;
        input.truth = {truth.echo, truth.speech, truth.noise};
        input.playback = played;
        input.exchanges = std::span(&exchange, 1);
        input.packets = far_end_->arrived();
        input.lost_packets = far_end_->lost();
        input.commands = commands;
        input.answers = server_.answers(block_);
        input.swaps = server_.swaps();
        swaps_seen += input.swaps != nullptr ? 1 : 0;
        if (block_ % 10 == 0) writer->waitForSpace();
        const ScopedRole role(ThreadRole::worker);
        const Requests* requests = nullptr;
        {
            const RtGuard guard;
            requests = &loop.process(input);
            worker.add(guard);
        }
        for (const auto& event : loop.events()) events.push_back(event);
        const auto asked = *requests;
        server_.finish(loop);
        server_.serve(asked, loop, block_);
        if (asked.interrupted) (void)far_end_->interrupt();
        ++block_;
    }
    [[nodiscard]] BlockIndex block() const { return block_; }

    BlockLoop loop;
    std::unique_ptr<session::SessionWriter> writer;
    Counts worker, rt;
    std::vector<Event> events;
    int swaps_seen = 0;

private:
    Rig() = default;
    Settings settings_;
    room::VirtualRoom room_;
    std::unique_ptr<FarEnd> far_end_;
    RequestServer server_;
    std::vector<float> microphone_, played_;
    BlockIndex block_ = 0;
};

Command setTo(const char* name, const char* text) {
    const auto ref = findSetting(name);
    const auto value = params::parseParam(*ref->row, name, text);
    return {.kind = CommandKind::set,
            .setting = *ref,
            .key = Name(name),
            .value = *value,
            .source = "user"};
}

/// What happens at a block besides speech, echo, losses and the talker.
std::vector<Command> commandsAt(BlockIndex block, const std::string& other_canceller) {
    switch (block) {
        case 100:
            return {setTo("barge_in.trigger_dbfs", "-40"), setTo("vad.aggressiveness", "2")};
        case 150:
            return {setTo("jitter.target_ms", "120"), setTo("noise.strength_ratio", "0.5")};
        case 200:
            return {setTo("jitter.buffer", "fixed")};
        case 250:
            return {setTo("loss.concealer", "silence")};
        case 300:
            return {setTo("vad.detector", "energy")};
        case 350:
            return {setTo("vad.detector", "webrtc"), setTo("loss.concealer", "repeat")};
        case 400:
            return {setTo("noise.reducer", "none")};
        case 450:
            return {setTo("echo.canceller", other_canceller.c_str())};
        case 500:
            return {setTo("echo.tail_ms", "256")};
        case 550:
            return {setTo("echo.enabled", "false"), setTo("noise.enabled", "false")};
        case 600:
            return {setTo("echo.enabled", "true"), setTo("jitter.enabled", "false")};
        case 700:
            return {{.kind = CommandKind::interrupt, .source = "user"}};
        case 750:
            return {{.kind = CommandKind::reset, .source = "user"}};
        case 800:
            return {{.kind = CommandKind::discard, .source = "user", .item = 1}};
        default:
            return {};
    }
}

}  // namespace

/// Ten seconds of everything at once: what the worker and the driver run must neither take memory
/// nor lock.
class BlockLoopGuardTest : public QObject {
    Q_OBJECT
private slots:
    void neitherAllocatesNorLocks_data() {
        QTest::addColumn<QString>("first");
        QTest::addColumn<QString>("other");
        QTest::addColumn<bool>("webrtc");
        QTest::newRow("speexdsp, nlms") << "speexdsp"
                                        << "nlms" << false;
        QTest::newRow("none, speexdsp") << "none"
                                        << "speexdsp" << false;
        if (echo::createCanceller("webrtc")) {
            QTest::newRow("webrtc, speexdsp") << "webrtc"
                                              << "speexdsp" << true;
        }
    }
    void neitherAllocatesNorLocks() {
        QFETCH(QString, first);
        QFETCH(QString, other);
        QFETCH(bool, webrtc);
        const auto scene = sceneCut("barge_in", 10.0,
                                    {{"echo.canceller", first.toStdString()},
                                     {"network.loss_percent", 5},
                                     {"network.reorder_percent", 5},
                                     {"network.duplicate_percent", 2}});
        DT_VERIFY_OK(scene);
        const QTemporaryDir folder;
        const auto path = std::filesystem::path(folder.path().toStdString()) / "session";
        const auto rig = Rig::make(*scene, path);
        QVERIFY(rig != nullptr);
        while (rig->block() < 1000) {
            const auto commands = commandsAt(rig->block(), other.toStdString());
            rig->step(commands);
        }
        qInfo("worker: %lld allocations, %lld frees, %lld locks",
              static_cast<long long>(rig->worker.allocations),
              static_cast<long long>(rig->worker.frees), static_cast<long long>(rig->worker.locks));
        QCOMPARE(rig->rt.allocations + rig->rt.frees + rig->rt.locks, 0);
        const auto& counts = rig->worker;
        if (webrtc) {
            QVERIFY(counts.allocations <= kWebrtcPiecesPer10S);
            QVERIFY(counts.frees <= kWebrtcPiecesPer10S);
            QVERIFY(counts.locks > 0 ||
                    !RtGuard::kSeesLocks);  // the allowance is in use, so the guard sees
            QVERIFY(counts.locks <= 1000 * kWebrtcLocksPerBlock);
        } else {
            QCOMPARE(counts.allocations, 0);
            QCOMPARE(counts.frees, 0);
            QCOMPARE(counts.locks, 0);
        }

        // And it really happened.
        QVERIFY(rig->swaps_seen >= 8);
        QVERIFY(countOf(rig->events, EventKind::engine_changed) >= 8);
        QVERIFY(countOf(rig->events, EventKind::parameter_changed) >= 14);
        QVERIFY(countOf(rig->events, EventKind::interrupt_issued) >= 1);
        QVERIFY(countOf(rig->events, EventKind::frame_concealed) >= 1);
        QCOMPARE(rig->writer->droppedRecords(), std::int64_t(0));
        DT_VERIFY_OK(rig->writer->finish({{"blocks", 1000}}));
        const auto session = session::readSession(path);
        DT_VERIFY_OK(session);
        QCOMPARE(session->blocks(), BlockIndex(1000));
        QCOMPARE(session->metrics.rows.size(), std::size_t(100));
    }
};

QTEST_APPLESS_MAIN(BlockLoopGuardTest)
#include "block_loop_guard_test.moc"
