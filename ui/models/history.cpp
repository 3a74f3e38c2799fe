// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/history.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>

namespace doubletalk::ui {
namespace {

constexpr std::size_t kMostItems = 8;
constexpr int kLevelFactor = 8;
constexpr std::size_t kPollBlocks = 256;
constexpr double kBlockS = kBlockMs / 1000.0;
constexpr double kRowS = 0.1;
constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

bench::WaveColumn merged(std::span<const bench::WaveColumn> columns) {
    bench::WaveColumn all = columns.front();
    double energy = 0.0;
    for (const auto& column : columns) {
        all.min = std::min(all.min, column.min);
        all.max = std::max(all.max, column.max);
        energy += double(column.rms) * column.rms;
    }
    all.rms = std::int16_t(std::lround(std::sqrt(energy / double(columns.size()))));
    return all;
}

}  // namespace

History::History() { clear(); }

void History::clear() {
    now_s_ = 0.0;
    next_block_ = 0;
    ++version_;
    // An opened session takes the place of the history shown: no two are of one epoch.
    static std::atomic<std::uint64_t> epochs{0};
    epoch_ = ++epochs;
    for (auto& levels : waves_) {
        double step_s = bench::kColumnS;
        for (auto& level : levels) {
            level = {.step_s = step_s, .columns = {}};
            step_s *= kLevelFactor;
        }
    }
    series_.assign(duplex::ChainMeter::columns().size(),
                   {.step_s = kRowS, .first_s = kRowS, .values = {}});
    clean_dbfs_ = {.step_s = kBlockS, .first_s = kBlockS, .values = {}};
    voice_ = clean_dbfs_;
    events_.clear();
    packets_.clear();
    for (auto* lane : {&assistant_, &user_, &concealed_, &lost_, &clipped_}) lane->clear();
    path_.reset();
    items_.clear();
    sounding_ = 0;
}

bool History::poll(bench::LiveFeed& feed) {
    const auto before = version_;
    block_scratch_.resize(kPollBlocks);
    while (const int n = feed.readBlocks(block_scratch_)) {
        for (int i = 0; i < n; ++i) addBlock(block_scratch_[std::size_t(i)]);
    }
    for (auto& wave : feed.takeItems()) addItem(std::move(wave));
    bench::FeedRow row;
    while (feed.readRows(std::span(&row, 1)) == 1) addRow(row);
    Event event;
    while (feed.readEvents(std::span(&event, 1)) == 1) addEvent(event);
    bench::FeedPacket packet;
    while (feed.readPackets(std::span(&packet, 1)) == 1) addPacket(packet);
    if (!scratch_path_) scratch_path_ = std::make_unique<bench::EchoPath>();
    if (feed.echoPath(*scratch_path_)) setEchoPath(*scratch_path_);
    return version_ != before;
}

void History::addColumns(int tap, std::span<const bench::WaveColumn> columns) {
    auto& levels = waves_[tap];
    levels[0].columns.insert(levels[0].columns.end(), columns.begin(), columns.end());
    for (int i = 1; i < kLevels; ++i) {
        const auto& fine = levels[i - 1].columns;
        auto& coarse = levels[i].columns;
        while ((coarse.size() + 1) * kLevelFactor <= fine.size()) {
            coarse.push_back(
                merged(std::span(fine).subspan(coarse.size() * kLevelFactor, kLevelFactor)));
        }
    }
}

void History::addStretch(std::vector<Stretch>& lane, bool on, double from_s, std::int64_t item) {
    const bool open = !lane.empty() && lane.back().to_s < lane.back().from_s;
    if (open && (!on || lane.back().item != item)) lane.back().to_s = from_s;
    if (on && (!open || lane.back().item != item)) {
        lane.push_back({.from_s = from_s, .to_s = -1.0, .item = item});
    }
}

void History::addBlock(const bench::FeedBlock& block) {
    // What nobody read in time is a gap: silence in the waveforms, nothing in the curves.
    for (; next_block_ < block.block; ++next_block_) {
        const std::array<bench::WaveColumn, bench::kColumnsPerBlock> nothing{};
        for (int tap = 0; tap < bench::kFeedTaps; ++tap) addColumns(tap, nothing);
        clean_dbfs_.values.push_back(kMissing);
        voice_.values.push_back(kMissing);
    }
    for (int tap = 0; tap < bench::kFeedTaps; ++tap) {
        addColumns(tap, block.columns[std::size_t(tap)]);
    }
    clean_dbfs_.values.push_back(block.clean_dbfs);
    voice_.values.push_back(block.voice ? 1.0 : 0.0);
    const double from_s = double(block.block) * kBlockS;
    addStretch(assistant_, block.item != 0, from_s, block.item);
    addStretch(user_, block.voice, from_s, 0);
    addStretch(concealed_, block.concealed, from_s, 0);
    addStretch(lost_, block.lost, from_s, 0);
    addStretch(clipped_, block.clipped, from_s, 0);
    followItem(block);
    next_block_ = block.block + 1;
    now_s_ = double(next_block_) * kBlockS;
    ++version_;
}

void History::addRow(const bench::FeedRow& row) {
    const auto at = std::size_t(std::max<std::int64_t>(row.block + 1, 10) / 10 - 1);
    for (std::size_t i = 0; i < series_.size(); ++i) {
        auto& values = series_[i].values;
        if (values.size() > at) continue;
        values.resize(at, kMissing);
        values.push_back(i < row.values.size() ? row.values[i] : kMissing);
    }
    ++version_;
}

void History::addEvent(const Event& event) {
    events_.push_back(event);
    ++version_;
}

void History::addPacket(const bench::FeedPacket& packet) {
    packets_.push_back(packet);
    ++version_;
}

std::optional<double> History::filterMs() const {
    constexpr double kNewestS = 3.0;  // a path comes each second
    if (!path_ || path_->frames == 0 || path_->rate_hz <= 0) return std::nullopt;
    if (now_s_ - double(path_->block) * kBlockMs / 1000.0 > kNewestS) return std::nullopt;
    return 1000.0 * path_->frames / path_->rate_hz;
}

void History::setEchoPath(const bench::EchoPath& path) {
    if (!path_) path_ = std::make_unique<bench::EchoPath>();
    *path_ = path;
    ++version_;
}

void History::addItem(bench::ItemWave wave) {
    ++version_;
    if (wave.more) {
        for (auto& item : items_) {
            if (item.item != wave.item) continue;
            item.columns.insert(item.columns.end(), wave.columns.begin(), wave.columns.end());
        }
        return;
    }
    std::erase_if(items_, [&](const auto& item) { return item.item == wave.item; });
    items_.push_back(std::move(wave));
    if (items_.size() > kMostItems) items_.erase(items_.begin());
}

void History::followItem(const bench::FeedBlock& block) {
    if (block.item == 0) return;  // what was not heard of the last one stays where it was cut
    sounding_ = block.item;
    sounding_heard_s_ = block.heard_ms / 1000.0;
    sounding_now_s_ = double(block.block + 1) * kBlockS;
}

History::Queued History::queued() const {
    const auto item = std::find_if(items_.begin(), items_.end(),
                                   [this](const auto& one) { return one.item == sounding_; });
    if (sounding_ == 0 || item == items_.end()) return {};
    const auto heard = std::size_t(std::max(sounding_heard_s_, 0.0) / bench::kColumnS);
    const std::span columns(item->columns);
    return {sounding_now_s_, columns.subspan(std::min(heard, columns.size()))};
}

const WaveLevel& History::wave(bench::FeedTap tap, double step_s) const {
    const auto& levels = waves_[static_cast<int>(tap)];
    int level = 0;
    while (level + 1 < kLevels && levels[level + 1].step_s <= step_s) ++level;
    return levels[level];
}

const Series& History::series(std::string_view metric) const {
    const auto columns = duplex::ChainMeter::columns();
    const auto found = std::find(columns.begin(), columns.end(), metric);
    if (found == columns.end()) return no_series_;
    return series_[std::size_t(found - columns.begin())];
}

double History::value(std::string_view metric) const {
    const auto& values = series(metric).values;
    return values.empty() ? kMissing : values.back();
}

double eventTimeS(const Event& event, int rate_hz) {
    if (event.frame >= 0 && rate_hz > 0) return double(event.frame) / rate_hz;
    return double(event.block) * kBlockS;
}

bool isProblem(EventKind kind) {
    switch (kind) {
        case EventKind::packet_late:
        case EventKind::frame_concealed:
        case EventKind::clipping:
        case EventKind::underrun:
        case EventKind::overrun:
        case EventKind::gap:
        case EventKind::silence_inserted:
        case EventKind::engine_failed:
        case EventKind::engine_fallback:
        case EventKind::reference_late:
        case EventKind::barge_in_held:
            return true;
        default:
            return false;
    }
}

}  // namespace doubletalk::ui
