// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <set>

#include "engine/session/event_log.h"
#include "engine/session/json_line.h"
#include "engine/session/session_reader.h"

namespace doubletalk::session {
namespace {

/// Same bits, or both NaN.
bool same(double a, double b) {
    return (std::isnan(a) && std::isnan(b)) || std::memcmp(&a, &b, sizeof a) == 0;
}

std::string numberText(double value) {
    if (std::isnan(value)) return "missing";
    std::string text;
    appendNumber(text, value);
    return text;
}

template <class R>
std::string lineOf(const R& record) {
    std::string line;
    appendLine(line, record);
    if (!line.empty()) line.pop_back();
    return line;
}

/// Collects at most so many differences of one kind, which come in block order.
class Found {
public:
    Found(std::vector<Difference>& all, std::size_t most) : all_(all), left_(most) {}
    [[nodiscard]] bool full() const { return left_ == 0; }
    void add(BlockIndex block, std::string what, std::string left, std::string right) {
        if (left_ == 0) return;
        --left_;
        all_.push_back({block, std::move(what), std::move(left), std::move(right)});
    }

private:
    std::vector<Difference>& all_;
    std::size_t left_;
};

/// One difference for each piece of frames that is not the same bits. block(piece) names its block.
template <class BlockOf>
void compareAudio(const std::string& what, const std::vector<float>& left,
                  const std::vector<float>& right, std::size_t piece_frames, BlockOf&& block,
                  Found found) {
    const auto common = std::min(left.size(), right.size());
    for (std::size_t start = 0; start < common && !found.full(); start += piece_frames) {
        const auto frames = std::min(piece_frames, common - start);
        if (std::memcmp(&left[start], &right[start], frames * sizeof(float)) == 0) continue;
        std::size_t i = start;
        while (std::memcmp(&left[i], &right[i], sizeof(float)) == 0) ++i;
        const auto at = " at frame " + std::to_string(i);
        found.add(block(i), what, numberText(left[i]) + at, numberText(right[i]) + at);
    }
    if (left.size() != right.size()) {
        found.add(block(common), what, std::to_string(left.size()) + " frames",
                  std::to_string(right.size()) + " frames");
    }
}

void compareTaps(const Session& left, const Session& right, std::vector<Difference>& all,
                 std::size_t most) {
    std::set<std::string> names;
    for (const auto& [name, samples] : left.taps) names.insert(name);
    for (const auto& [name, samples] : right.taps) names.insert(name);
    const auto frames = static_cast<std::size_t>(std::max(1, left.rate_hz / 100));
    for (const auto& name : names) {
        const auto l = left.taps.find(name), r = right.taps.find(name);
        Found found(all, most);
        if (l == left.taps.end() || r == right.taps.end()) {
            found.add(left.first_block, "audio." + name,
                      l == left.taps.end() ? "missing" : "present",
                      r == right.taps.end() ? "missing" : "present");
            continue;
        }
        compareAudio(
            "audio." + name, l->second, r->second, frames,
            [&](std::size_t i) { return left.first_block + BlockIndex(i / frames); }, found);
    }
}

void comparePlayback(const Session& left, const Session& right, std::vector<Difference>& all,
                     std::size_t most) {
    // The playback clock is its own: the exchange that handed a frame over tells its block.
    std::vector<std::int64_t> ends;
    std::int64_t end = 0;
    for (const auto& exchange : left.exchanges) {
        ends.push_back(end += std::max(0, exchange.playback_frames));
    }
    const auto block = [&](std::size_t frame) {
        const auto after = std::upper_bound(ends.begin(), ends.end(), std::int64_t(frame));
        if (after == ends.end()) return std::max(left.end_block - 1, left.first_block);
        return left.exchanges[static_cast<std::size_t>(after - ends.begin())].block;
    };
    const auto frames = static_cast<std::size_t>(std::max(1, left.rate_hz / 100));
    compareAudio("audio.playback", left.playback, right.playback, frames, block, Found(all, most));
}

/// Compares two lists block by block, so that one more record here does not shift all the others.
template <class R, class BlockOf, class Same, class Text>
void compareLists(const char* what, const std::vector<R>& left, const std::vector<R>& right,
                  BlockOf&& block, Same&& equal, Text&& text, Found found) {
    std::size_t l = 0, r = 0;
    while ((l < left.size() || r < right.size()) && !found.full()) {
        const bool has_l = l < left.size(), has_r = r < right.size();
        const auto bl = has_l ? block(left[l]) : BlockIndex{0};
        const auto br = has_r ? block(right[r]) : BlockIndex{0};
        if (has_l && (!has_r || bl < br)) {
            found.add(bl, what, text(left[l++]), "missing");
        } else if (has_r && (!has_l || br < bl)) {
            found.add(br, what, "missing", text(right[r++]));
        } else {
            if (!equal(left[l], right[r])) found.add(bl, what, text(left[l]), text(right[r]));
            ++l;
            ++r;
        }
    }
}

std::optional<std::size_t> columnOf(const Table& table, const std::string& name) {
    const auto found = std::find(table.columns.begin(), table.columns.end(), name);
    if (found == table.columns.end()) return std::nullopt;
    return static_cast<std::size_t>(found - table.columns.begin());
}

void compareRow(const Table& left, const Table& right, std::size_t l, std::size_t r,
                const std::vector<std::string>& names, Found& found) {
    for (const auto& name : names) {
        const auto cl = columnOf(left, name), cr = columnOf(right, name);
        if (!cl || !cr) continue;
        const auto a = left.rows[l][*cl], b = right.rows[r][*cr];
        if (same(a, b)) continue;
        found.add(static_cast<BlockIndex>(left.rows[l][0]), "metrics." + name, numberText(a),
                  numberText(b));
    }
}

void compareMetrics(const Table& left, const Table& right, std::vector<Difference>& all,
                    std::size_t most) {
    Found columns(all, most), found(all, most);
    auto names = left.columns;
    for (const auto& name : right.columns) {
        if (!columnOf(left, name)) names.push_back(name);
    }
    for (const auto& name : names) {
        const bool l = columnOf(left, name).has_value(), r = columnOf(right, name).has_value();
        if (l && r) continue;
        columns.add(0, "metrics." + name, l ? "present" : "missing", r ? "present" : "missing");
    }
    std::size_t l = 0, r = 0;
    while ((l < left.rows.size() || r < right.rows.size()) && !found.full()) {
        const auto bl = l < left.rows.size() ? left.rows[l][0] : HUGE_VAL;
        const auto br = r < right.rows.size() ? right.rows[r][0] : HUGE_VAL;
        if (bl == br) {
            compareRow(left, right, l++, r++, names, found);
        } else if (bl < br) {
            found.add(static_cast<BlockIndex>(bl), "metrics", "row", "missing");
            ++l;
        } else {
            found.add(static_cast<BlockIndex>(br), "metrics", "missing", "row");
            ++r;
        }
    }
}

}  // namespace

std::vector<Difference> compareSessions(const Session& left, const Session& right,
                                        std::size_t most) {
    std::vector<Difference> all;
    if (left.rate_hz != right.rate_hz) {
        Found(all, most).add(0, "rate_hz", std::to_string(left.rate_hz),
                             std::to_string(right.rate_hz));
    }
    compareTaps(left, right, all, most);
    comparePlayback(left, right, all, most);
    compareLists(
        "packet", left.packets, right.packets, [](const ReadPacket& p) { return p.record.block; },
        [](const ReadPacket& a, const ReadPacket& b) {
            return lineOf(a.record) == lineOf(b.record) && a.payload == b.payload;
        },
        [](const ReadPacket& p) {
            return lineOf(p.record) + " and " + std::to_string(p.payload.size()) + " bytes";
        },
        Found(all, most));
    // A line holds every bit of an event.
    compareLists(
        "event", left.events, right.events, [](const Event& e) { return e.block; },
        [](const Event& a, const Event& b) { return lineOf(a) == lineOf(b); },
        [](const Event& e) { return lineOf(e); }, Found(all, most));
    compareMetrics(left.metrics, right.metrics, all, most);
    std::stable_sort(all.begin(), all.end(),
                     [](const Difference& a, const Difference& b) { return a.block < b.block; });
    if (all.size() > most) all.resize(most);
    return all;
}

}  // namespace doubletalk::session
