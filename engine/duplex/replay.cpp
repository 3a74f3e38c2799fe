// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/replay.h"

#include <algorithm>
#include <limits>

#include "engine/core/thread_role.h"
#include "engine/duplex/replay_loop.h"
#include "engine/duplex/run_driver.h"
#include "engine/duplex/scene_loop.h"
#include "engine/duplex/session_setup.h"

namespace doubletalk::duplex {
namespace {

constexpr auto kAllDifferences = std::numeric_limits<std::size_t>::max();
constexpr std::size_t kDifferencesKept = 100;

/// Counts all of them, apart from the first changed decision on, and keeps the first ones.
void countDifferences(std::vector<session::Difference> all, ReplayResult& result) {
    const auto& decisions = result.decisions;
    result.differences_after_divergence =
        decisions.empty() ? 0 : std::size_t(std::count_if(all.begin(), all.end(), [&](auto& one) {
            return one.block > decisions.front().block;
        }));
    result.differences_before_divergence = all.size() - result.differences_after_divergence;
    result.identical = all.empty();
    if (all.size() > kDifferencesKept) all.resize(kDifferencesKept);
    result.differences = std::move(all);
}

/// Changed settings of room and network: an open loop has neither.
std::vector<std::string> openLoopNotices(const session::Session& recorded,
                                         const SettingsStore& store, bool is_scene) {
    const auto now = settingsToJson(store.values());
    const auto& before = recorded.description["settings"];
    std::string names;
    for (const auto& ref : allSettings()) {
        if (ref.module->name != "room" && ref.module->name != "network") continue;
        const auto name = ref.fullName();
        if (store.source(name) != SettingSource::command_line) continue;
        if (before.contains(name) && before[name] == now[name]) continue;
        names += (names.empty() ? "" : ", ") + name;
    }
    if (names.empty()) return {};
    return {recorded.folder.string() + ": without effect in an open loop: " + names +
            (is_scene ? " (room and network are as recorded; --loop closed computes them again)"
                      : " (a session of real devices has no room and no network to compute again; "
                        "that of a scene has, in a closed loop)")};
}

Result<SettingsStore> sessionSettings(const session::Session& session,
                                      const ReplayOptions& options) {
    SettingsStore store;
    const auto where = session.folder.string();
    if (!session.description.contains("settings")) {
        return fail(ErrorKind::format, "the session does not say its settings", where,
                    "session.json is damaged; record again");
    }
    if (auto ok = store.setJson(session.description["settings"], SettingSource::file, where); !ok) {
        return tl::unexpected(ok.error());
    }
    for (const auto& [name, text] : options.settings) {
        if (auto ok = store.set(name, text, SettingSource::command_line); !ok) {
            return tl::unexpected(ok.error());
        }
    }
    // What was recorded is replayed as it was, whatever is accepted today.
    if (options.settings.empty()) return store;
    if (auto ok = store.check(); !ok) return tl::unexpected(ok.error());
    return store;
}

}  // namespace

Result<ReplayResult> replaySession(const ReplayOptions& options) {
    const ScopedRole role(ThreadRole::worker);  // the caller's thread moves the blocks
    auto read = session::readSession(options.session);
    if (!read) return tl::unexpected(read.error());
    const auto& recorded = *read;
    auto store = sessionSettings(recorded, options);
    if (!store) return tl::unexpected(store.error());

    const bool is_scene = recorded.description.value("kind", "") == "scene";
    const bool changed = settingsToJson(store->values()) != recorded.description["settings"];
    ReplayResult result;
    result.loop = options.loop;
    if (options.loop == ReplayLoop::automatic) {
        result.loop = is_scene && changed ? ReplayLoop::closed : ReplayLoop::open;
    }
    if (result.loop == ReplayLoop::closed && !is_scene) {
        return fail(ErrorKind::usage, "a session of real devices has no room to compute again",
                    options.session.string(), "replay it with --loop open");
    }
    if (recorded.first_block > 0) {
        return fail(ErrorKind::state, "the start of this session was dropped by its spool",
                    options.session.string(),
                    "record again with a larger session.spool_mib; a replay starts at block 0");
    }
    if (result.loop == ReplayLoop::open) {
        result.notices = openLoopNotices(recorded, *store, is_scene);
    }
    auto loop = ReplayLoopRunner::create(recorded, store->values(), result.loop);
    if (!loop) return tl::unexpected(loop.error());
    auto& runner = **loop;

    // Compared with the recording even when nobody wants the new session: into a folder of its own.
    const TemporaryFolder scratch("doubletalk-replay");
    const auto folder = options.record.value_or(scratch.path() / "session");
    auto writer = runner.openSession(folder);
    if (!writer) return tl::unexpected(writer.error());
    runner.setWriter(writer->get());

    ProgressGate gate(options.progress);
    BlockTimer timer;
    const auto blocks = recorded.end_block;
    for (BlockIndex block = 0; block < blocks; ++block) {
        if (!gate.goesOn(block, blocks)) {
            result.run.cancelled = true;
            break;
        }
        if (block % 10 == 0) (*writer)->waitForSpace();
        timer.start();
        runner.step();
        runner.collector().observe(runner.engine(), runner.input(),
                                   timer.stop(writer->get(), block), runner.played());
    }
    result.run.metrics = runner.collector().metrics(runner.engine());
    result.run.events = runner.collector().events();
    result.run.report = runner.collector().report(runner.engine(), result.run.metrics, "Replay");
    if (auto ok = runner.writeTracks(**writer); !ok) return tl::unexpected(ok.error());
    if (auto ok = finishSession(**writer, result.run); !ok) return tl::unexpected(ok.error());
    if (result.run.cancelled) return result;

    auto again = session::readSession(folder);
    if (!again) return tl::unexpected(again.error());
    result.decisions = decisionChanges(recorded.events, again->events);
    countDifferences(session::compareSessions(recorded, *again, kAllDifferences), result);
    return result;
}

}  // namespace doubletalk::duplex
