// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bench/item_waves.h"

#include <algorithm>
#include <utility>

#include "engine/duplex/far_end.h"

namespace doubletalk::bench {

std::vector<WaveColumn> WaveMaker::add(std::span<const float> samples) {
    std::vector<WaveColumn> made;
    made.reserve(std::size_t(double(samples.size() + rest_.size()) / column_frames_) + 1);
    while (true) {
        const auto from = std::size_t(double(columns_) * column_frames_);
        const auto to = std::size_t(double(columns_ + 1) * column_frames_);
        const auto missing = to - from - rest_.size();
        const auto piece = samples.first(std::min(missing, samples.size()));
        if (piece.size() < missing || !rest_.empty()) {
            rest_.insert(rest_.end(), piece.begin(), piece.end());
        }
        if (piece.size() < missing) return made;
        made.push_back(columnOf(rest_.empty() ? piece : std::span<const float>(rest_)));
        rest_.clear();
        samples = samples.subspan(piece.size());
        ++columns_;
    }
}

void ItemWaves::addScene(std::span<const duplex::FarEndItem> items, int stream_hz, int engine_hz) {
    for (const auto& item : items) {
        WaveMaker maker(item.direct ? engine_hz : stream_hz);
        scene_[item.samples.data()] = maker.add(item.samples);
    }
}

void ItemWaves::add(std::int64_t ticket, std::vector<WaveColumn> columns) {
    waiting_[ticket] = std::move(columns);
}

void ItemWaves::append(std::int64_t ticket, std::vector<WaveColumn> columns) {
    if (const auto begun = open_.find(ticket); begun != open_.end()) {
        feed_.pushItem({.item = begun->second, .columns = std::move(columns), .more = true});
    } else if (const auto found = waiting_.find(ticket); found != waiting_.end()) {
        found->second.insert(found->second.end(), columns.begin(), columns.end());
    }
}

void ItemWaves::follow(const duplex::FarEnd& far_end) {
    const auto taken = [](auto& waves, auto key) {
        auto node = waves.extract(key);
        return node ? std::move(node.mapped()) : std::vector<WaveColumn>();
    };
    for (const auto* item : far_end.begun()) {
        auto columns =
            item->ticket != 0 ? taken(waiting_, item->ticket) : taken(scene_, item->samples.data());
        feed_.pushItem({.item = item->id, .columns = std::move(columns)});
        if (item->open) open_[item->ticket] = item->id;
    }
    for (const auto* item : far_end.completed()) open_.erase(item->ticket);
}

}  // namespace doubletalk::bench
