// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/replay.h"

#include <algorithm>
#include <map>

#include "engine/core/thread_role.h"
#include "engine/duplex/replay_loop.h"
#include "engine/duplex/run_driver.h"
#include "engine/duplex/scene_loop.h"
#include "engine/duplex/session_setup.h"

namespace doubletalk::duplex {
namespace {

bool isDecision(EventKind kind) {
    switch (kind) {
        case EventKind::barge_in_held:
        case EventKind::barge_in_decided:
        case EventKind::interrupt_issued:
        case EventKind::canceller_ready:
        case EventKind::segment_started:
        case EventKind::segment_ended:
        case EventKind::engine_changed:
        case EventKind::engine_fallback:
        case EventKind::delay_moved:
            return true;
        default:
            return false;
    }
}

std::string describe(const Event& event) {
    auto text = "block " + std::to_string(event.block);
    if (!event.text.empty()) text += " " + std::string(event.text.view());
    if (!event.cause.empty()) text += " " + std::string(event.cause.view());
    return text;
}

/// The n-th decision of a kind before against the n-th after.
std::vector<DecisionChange> decisionChanges(const std::vector<Event>& before,
                                            const std::vector<Event>& after) {
    std::map<EventKind, std::pair<std::vector<const Event*>, std::vector<const Event*>>> kinds;
    for (const auto& event : before) {
        if (isDecision(event.kind)) kinds[event.kind].first.push_back(&event);
    }
    for (const auto& event : after) {
        if (isDecision(event.kind)) kinds[event.kind].second.push_back(&event);
    }
    std::vector<DecisionChange> changes;
    for (const auto& [kind, lists] : kinds) {
        const auto& [left, right] = lists;
        for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
            const auto* l = i < left.size() ? left[i] : nullptr;
            const auto* r = i < right.size() ? right[i] : nullptr;
            if (l != nullptr && r != nullptr && l->block == r->block && l->text == r->text &&
                l->cause == r->cause) {
                continue;
            }
            DecisionChange change;
            change.block =
                std::min(l != nullptr ? l->block : r->block, r != nullptr ? r->block : l->block);
            change.what = std::string(eventId(kind));
            change.before = l != nullptr ? describe(*l) : "none";
            change.after = r != nullptr ? describe(*r) : "none";
            changes.push_back(std::move(change));
        }
    }
    std::stable_sort(changes.begin(), changes.end(),
                     [](const auto& a, const auto& b) { return a.block < b.block; });
    for (std::size_t i = 1; i < changes.size(); ++i) {
        changes[i].after_divergence = changes[i].block > changes.front().block;
    }
    return changes;
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
    result.differences = session::compareSessions(recorded, *again, 100);
    result.identical = result.differences.empty();
    result.decisions = decisionChanges(recorded.events, again->events);
    return result;
}

}  // namespace doubletalk::duplex
