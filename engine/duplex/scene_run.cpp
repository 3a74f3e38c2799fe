// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/scene_run.h"

#include <chrono>
#include <thread>

#include "engine/core/thread_role.h"
#include "engine/duplex/run_driver.h"
#include "engine/duplex/scene_loop.h"
#include "engine/duplex/session_setup.h"

namespace doubletalk::duplex {
namespace {

constexpr BlockIndex kSpaceCheckBlocks = 10;

/// One stream of a run.
struct Stream {
    std::unique_ptr<SceneLoop> loop;
    std::unique_ptr<RunCollector> collector;
};

Result<Stream> makeStream(const RunOptions& options, const Settings& settings, int index) {
    auto material = prepareScene(options.scene, settings);
    if (!material) return tl::unexpected(material.error());
    Stream stream;
    stream.collector = std::make_unique<RunCollector>(settings, material->turns,
                                                      settings.engine.uplink == "device");
    for (const auto& item : material->items) {
        stream.collector->item(item.id, item.text, item.samples,
                               item.direct ? settings.engine.rate_hz : settings.stream.rate_hz);
    }
    auto loop = SceneLoop::create(settings, std::move(*material),
                                  options.scene.seed + std::uint64_t(index));
    if (!loop) return tl::unexpected(loop.error());
    stream.loop = std::move(*loop);
    return stream;
}

}  // namespace

Result<RunResult> runScene(const RunOptions& options) {
    const ScopedRole role(ThreadRole::worker);  // the caller's thread moves the blocks
    auto store = options.settings;
    if (auto ok = store.setJson(options.scene.settings, SettingSource::scene, options.scene.id);
        !ok) {
        return tl::unexpected(ok.error());
    }
    if (auto ok = store.check(); !ok) return tl::unexpected(ok.error());
    const Settings settings = store.values();
    std::vector<Stream> streams;
    for (int i = 0; i < std::max(options.streams, 1); ++i) {
        auto stream = makeStream(options, settings, i);
        if (!stream) return tl::unexpected(stream.error());
        streams.push_back(std::move(*stream));
    }

    auto& first = streams.front();
    if (options.transcribe) first.collector->keepClean();
    std::unique_ptr<session::SessionWriter> writer;
    if (options.record) {
        const RunDescription description{.scene = &options.scene,
                                         .seed = options.scene.seed,
                                         .realtime = options.realtime,
                                         .options = first.loop->options()};
        auto opened = openSession(*options.record, first.loop->engine(), description);
        if (!opened) return tl::unexpected(opened.error());
        writer = std::move(*opened);
        first.loop->setWriter(writer.get());
    }

    RunResult result;
    const auto blocks = BlockIndex(options.scene.duration_s * 100.0 + 0.5);
    BlockTimer timer;
    ProgressGate gate(options.progress);
    const auto start = std::chrono::steady_clock::now();
    for (BlockIndex block = 0; block < blocks; ++block) {
        if (!gate.goesOn(block, blocks)) {
            result.cancelled = true;
            break;
        }
        if (options.realtime) {
            std::this_thread::sleep_until(start + std::chrono::nanoseconds((block + 1) * kBlockNs));
        } else if (writer && block % kSpaceCheckBlocks == 0) {
            writer->waitForSpace();
        }
        for (auto& stream : streams) {
            timer.start();
            stream.loop->step();
            const bool is_first = &stream == &first;
            const auto ns = timer.stop(is_first ? writer.get() : nullptr, block);
            stream.collector->observe(stream.loop->engine(), stream.loop->input(), ns,
                                      stream.loop->played());
        }
    }
    const auto end = std::chrono::steady_clock::now();
    const double wall_s = std::chrono::duration<double>(end - start).count();

    result.metrics = first.collector->metrics(first.loop->engine());
    result.metrics["real_time_factor"] =
        wall_s / (double(first.collector->blocks()) * kBlockMs / 1000.0 * double(streams.size()));
    for (std::size_t i = 1; i < streams.size(); ++i) {
        const auto other = streams[i].collector->metrics(streams[i].loop->engine());
        result.metrics["instances"]["stream" + std::to_string(i + 1)] = other;
    }
    result.events = first.collector->events();
    // The words belong into the report; the metrics stay flat numbers.
    auto told = result.metrics;
    if (options.transcribe) told["transcript"] = first.collector->transcript();
    result.report = first.collector->report(first.loop->engine(), told, options.scene.title);
    if (writer) {
        if (auto ok = finishSession(*writer, result); !ok) return tl::unexpected(ok.error());
    }
    (void)gate.goesOn(blocks, blocks);
    return result;
}

}  // namespace doubletalk::duplex
