// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bench/live_feed.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/dsp/level.h"

namespace doubletalk::bench {
namespace {

// A window that stands still for a minute finds everything when it comes back.
constexpr std::int64_t kBlocks = 6000;
constexpr std::int64_t kRows = 600;
constexpr std::int64_t kEvents = 4096;
constexpr std::int64_t kPackets = 8192;
constexpr BlockIndex kRowBlocks = 10;
constexpr BlockIndex kPathBlocks = 100;
constexpr BlockIndex kPathAt = 50;  // not where the meter reads it, too
constexpr double kFullScale = 32767.0;

std::int16_t scaled(float sample) noexcept {
    return std::int16_t(std::lround(std::clamp(double(sample), -1.0, 1.0) * kFullScale));
}

}  // namespace

WaveColumn columnOf(std::span<const float> samples) noexcept {
    if (samples.empty()) return {};
    const auto [low, high] = std::minmax_element(samples.begin(), samples.end());
    double energy = 0.0;
    for (const float sample : samples) energy += double(sample) * sample;
    return {scaled(*low), scaled(*high), scaled(float(std::sqrt(energy / double(samples.size()))))};
}

void fillColumns(std::array<WaveColumn, kColumnsPerBlock>& columns,
                 std::span<const float> samples) noexcept {
    for (std::size_t i = 0; i < kColumnsPerBlock; ++i) {
        const auto from = samples.size() * i / kColumnsPerBlock;
        const auto to = samples.size() * (i + 1) / kColumnsPerBlock;
        columns[i] = columnOf(samples.subspan(from, to - from));
    }
}

LiveFeed::LiveFeed() { prepare(); }

void LiveFeed::prepare() {
    blocks_ = std::make_unique<Ring<FeedBlock>>(kBlocks);
    rows_ = std::make_unique<Ring<FeedRow>>(kRows);
    events_ = std::make_unique<Ring<Event>>(kEvents);
    packets_ = std::make_unique<Ring<FeedPacket>>(kPackets);
    path_ = std::make_unique<Mailbox<EchoPath>>();
    newest_path_ = std::make_unique<EchoPath>();
    (void)takeItems();
}

std::int64_t LiveFeed::dropped() const noexcept {
    return blocks_->overflowFrames() + rows_->overflowFrames() + events_->overflowFrames() +
           packets_->overflowFrames();
}

void LiveFeed::pushItem(ItemWave wave) {
    const std::lock_guard lock(items_mutex_);
    items_.push_back(std::move(wave));
}

std::vector<ItemWave> LiveFeed::takeItems() {
    const std::lock_guard lock(items_mutex_);
    return std::exchange(items_, {});
}

void LiveFeed::push(const duplex::BlockLoop& loop, const duplex::BlockInput& input) noexcept {
    pushBlock(loop, input);
    pushPackets(input);
    events_->write(loop.events());
    if ((input.block + 1) % kRowBlocks == 0) {
        FeedRow row;
        row.block = input.block;
        row.time_s = double(input.block + 1) * kBlockMs / 1000.0;
        const auto values = loop.meter().row();
        std::copy_n(values.begin(), std::min(values.size(), FeedRow::kMostColumns),
                    row.values.begin());
        rows_->write(std::span(&row, 1));
    }
    if (input.block % kPathBlocks == kPathAt) pushPath(loop, input.block);
}

void LiveFeed::pushBlock(const duplex::BlockLoop& loop, const duplex::BlockInput& input) noexcept {
    const auto& uplink = loop.uplink();
    FeedBlock block;
    block.block = input.block;
    fillColumns(block.columns[0], input.playback);
    fillColumns(block.columns[1], uplink.near());
    fillColumns(block.columns[2], uplink.clean());
    block.item = loop.account().playingItem();
    if (block.item != 0) block.heard_ms = float(loop.heardMs(block.item));
    block.clean_dbfs = float(dsp::levelDbfs(uplink.clean()));
    block.voice = loop.turn().voice();
    block.lost = input.lost;
    block.concealed = loop.downlink().concealed();
    block.clipped = uplink.clipped();
    block.ready = loop.turn().ready();
    blocks_->write(std::span(&block, 1));
}

void LiveFeed::pushPackets(const duplex::BlockInput& input) noexcept {
    const auto tell = [&](const PacketHeader& header, bool lost, double delay_ms) {
        const FeedPacket packet{input.block, header.sequence, lost, delay_ms};
        packets_->write(std::span(&packet, 1));
    };
    for (const auto& arrived : input.packets) {
        const auto& header = arrived.packet.header;
        tell(header, false, double(arrived.arrival_ns - header.send_ns) * 1e-6);
    }
    for (const auto& record : input.lost_packets) {
        if (record.stream == 0) {
            tell(record.header, true, std::numeric_limits<double>::quiet_NaN());
        }
    }
}

void LiveFeed::pushPath(const duplex::BlockLoop& loop, BlockIndex block) noexcept {
    const auto response = loop.uplink().cancellerState().impulse_response;
    if (response.empty()) return;
    auto& path = *newest_path_;
    path.block = block;
    path.rate_hz = loop.settings().engine.rate_hz;
    path.frames = int(std::min(response.size(), path.response.size()));
    path.delay_ms = 1000.0 * loop.uplink().reference().shiftFrames() / path.rate_hz;
    std::copy_n(response.begin(), path.frames, path.response.begin());
    path_->put(path);
}

}  // namespace doubletalk::bench
