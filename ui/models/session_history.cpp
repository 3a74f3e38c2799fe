// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/session_history.h"

#include <QFileInfo>
#include <algorithm>
#include <cmath>
#include <limits>

#include "app/bench/bench.h"
#include "engine/dsp/level.h"
#include "engine/session/session_reader.h"
#include "ui/models/history.h"

namespace doubletalk::ui {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

/// Walks through a session's records block by block.
class BlockReader {
public:
    explicit BlockReader(const session::Session& session)
        : session_(session), frames_(std::size_t(session.rate_hz) / 100) {}

    bench::FeedBlock next(BlockIndex block) {
        bench::FeedBlock shown;
        shown.block = block;
        bench::fillColumns(shown.columns[0], playback(block, shown));
        bench::fillColumns(shown.columns[1], tap("mic", block));
        const auto clean = tap("clean", block);
        bench::fillColumns(shown.columns[2], clean);
        shown.clean_dbfs = float(dsp::levelDbfs(clean));
        takeEvents(block, shown);
        shown.item = item_;
        shown.voice = voice_;
        shown.ready = ready_;
        return shown;
    }

private:
    std::span<const float> tap(const char* name, BlockIndex block) const {
        const auto found = session_.taps.find(name);
        const auto at = std::size_t(block - session_.first_block) * frames_;
        if (found == session_.taps.end() || at + frames_ > found->second.size()) return {};
        return std::span(found->second).subspan(at, frames_);
    }

    std::span<const float> playback(BlockIndex block, bench::FeedBlock& shown) {
        const auto from = played_;
        while (exchange_ < session_.exchanges.size() &&
               session_.exchanges[exchange_].block <= block) {
            const auto& exchange = session_.exchanges[exchange_++];
            played_ += std::size_t(exchange.playback_frames);
            shown.lost |= exchange.lost;
        }
        played_ = std::min(played_, session_.playback.size());
        return std::span(session_.playback).subspan(from, played_ - from);
    }

    void takeEvents(BlockIndex block, bench::FeedBlock& shown) {
        while (event_ < session_.events.size() && session_.events[event_].block <= block) {
            const auto& event = session_.events[event_++];
            switch (event.kind) {
                case EventKind::voice_on:
                    voice_ = true;
                    break;
                case EventKind::voice_off:
                    voice_ = false;
                    break;
                case EventKind::item_started:
                    item_ = event.item;
                    break;
                case EventKind::item_ended:
                case EventKind::playback_silent:
                    if (event.item == item_ || event.item == 0) item_ = 0;
                    break;
                case EventKind::frame_concealed:
                    shown.concealed = true;
                    break;
                case EventKind::clipping:
                    shown.clipped = true;
                    break;
                case EventKind::canceller_ready:
                    ready_ = true;
                    break;
                default:
                    break;
            }
        }
    }

    const session::Session& session_;
    std::size_t frames_;
    std::size_t played_ = 0, exchange_ = 0, event_ = 0;
    ItemId item_ = 0;
    bool voice_ = false, ready_ = false;
};

void addRows(const session::Session& session, History& history) {
    const auto columns = duplex::ChainMeter::columns();
    std::vector<std::size_t> places(columns.size(), std::size_t(-1));
    const auto& names = session.metrics.columns;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto found = std::find(names.begin(), names.end(), columns[i]);
        if (found != names.end()) places[i] = std::size_t(found - names.begin());
    }
    const auto block_at = std::find(names.begin(), names.end(), "block");
    if (block_at == names.end()) return;
    for (const auto& values : session.metrics.rows) {
        bench::FeedRow row;
        row.block = BlockIndex(values[std::size_t(block_at - names.begin())]);
        row.time_s = double(row.block + 1) * kBlockMs / 1000.0;
        row.values.fill(kMissing);
        for (std::size_t i = 0; i < columns.size() && i < row.values.size(); ++i) {
            if (places[i] < values.size()) row.values[i] = values[places[i]];
        }
        history.addRow(row);
    }
}

void addPackets(const session::Session& session, History& history) {
    for (const auto& packet : session.packets) {
        const auto& record = packet.record;
        if (record.stream != 0) continue;
        const bool lost = record.arrival_ns < 0;
        history.addPacket(
            {record.block, record.header.sequence, lost,
             lost ? kMissing : double(record.arrival_ns - record.header.send_ns) * 1e-6});
    }
}

}  // namespace

void fillHistory(const session::Session& session, History& history) {
    history.clear();
    BlockReader reader(session);
    for (auto block = session.first_block; block < session.end_block; ++block) {
        history.addBlock(reader.next(block));
    }
    addRows(session, history);
    addPackets(session, history);
    for (const auto& event : session.events) history.addEvent(event);
}

std::vector<bench::VoiceSegment> voiceIn(const session::Session& session) {
    std::vector<bench::VoiceSegment> segments;
    const auto clean = session.taps.find("clean");
    if (clean == session.taps.end()) return segments;
    const auto block_frames = std::int64_t(session.rate_hz) / 100;
    const auto first = session.first_block * block_frames;
    const auto end = first + std::ssize(clean->second);
    std::int64_t from = -1;
    for (const auto& event : session.events) {
        if (event.kind == EventKind::segment_started) from = std::max(event.frame, first);
        if (event.kind != EventKind::segment_ended || from < 0) continue;
        const auto to = std::min((event.block + 1) * block_frames, end);
        if (to > from) {
            const auto samples = clean->second.begin();
            segments.push_back({double(from) / session.rate_hz,
                                double(to) / session.rate_hz,
                                {samples + (from - first), samples + (to - first)}});
        }
        from = -1;
    }
    return segments;
}

std::vector<bench::QueuedSpeech> spokenIn(const session::Session& session) {
    using State = bench::QueuedSpeech::State;
    std::vector<bench::QueuedSpeech> spoken;
    for (const auto& item : session.items) {
        const bool file = item.kind == "file";
        const auto text = QString::fromStdString(item.text);
        spoken.push_back({.ticket = item.item,
                          .item = item.item,
                          .run = kSessionRun,
                          .state = State::speaking,
                          .title = file ? QFileInfo(text).fileName() : text,
                          .file = file,
                          .length_ms = item.rate_hz > 0
                                           ? 1000.0 * double(item.samples.size()) / item.rate_hz
                                           : 0.0,
                          .problem = {}});
    }
    for (const auto& event : session.events) {
        const bool ended = event.kind == EventKind::item_ended;
        if (!ended && event.kind != EventKind::item_interrupted &&
            event.kind != EventKind::playback_silent) {
            continue;
        }
        for (auto& one : spoken) {
            if (one.item != event.item) continue;
            if (std::isfinite(event.value)) one.heard_ms = event.value;
            one.state = ended ? State::heard : State::interrupted;
        }
    }
    return spoken;
}

}  // namespace doubletalk::ui
