// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/downlink.h"

#include <algorithm>
#include <cmath>

#include "engine/flow/adapters.h"
#include "engine/flow/block_size_adapter.h"
#include "engine/flow/resample_processor.h"

namespace doubletalk::duplex {
namespace {

constexpr double kFillSmoothing = 0.005;    // a time constant of 2 s at 10 ms blocks
constexpr double kFillDeadFrames = 24.0;    // below it the fill is left alone
constexpr double kFillGainPerFrame = 2e-6;  // ratio for one frame of error: closes in about 30 s
constexpr std::int64_t kItemsHeld = 256;
constexpr int kLongestExchangeMs = 100;  // the ring holds the lead and 200 ms
/// Not heard: 1.7 cents. The canceller hears what was handed over, so it need not follow.
constexpr double kMaxFillCorrection = 1e-3;

/// Spans of `in` frames become spans of `out` frames.
void scaleSpans(ProvenanceQueue& from, std::int64_t in, std::int64_t out,
                ProvenanceQueue& to) noexcept {
    std::int64_t done_in = 0;
    std::int64_t done_out = 0;
    while (done_in < in) {
        auto span = from.take(in - done_in);
        if (span.frames == 0) break;
        done_in += span.frames;
        const auto end_out = std::int64_t(std::llround(double(done_in) * double(out) / double(in)));
        const auto frames = end_out - done_out;
        done_out = end_out;
        if (frames == 0) continue;
        span.item_samples_per_frame *= double(span.frames) / double(frames);
        span.frames = frames;
        to.append(span);
    }
    if (done_out < out)
        to.append({.item = 0, .frames = out - done_out, .item_samples_per_frame = 0.0});
}

}  // namespace

Result<void> Downlink::prepare(const Settings& settings) {
    rate_ = SampleRate{settings.engine.rate_hz};
    format_ = StreamFormat{SampleRate{settings.stream.rate_hz}, settings.stream.frame_ms};
    lead_frames_ = rate_.framesOf(settings.engine.playout_lead_ms);
    if (auto ok = playout_.prepare(format_, settings.jitter, settings.loss); !ok) return ok;
    const auto block = std::size_t(rate_.blockFrames());
    stream_block_.assign(std::size_t(format_.rate.blockFrames()), 0.0F);
    block_.assign(block, 0.0F);
    playback_block_.assign(block * 2 + 64, 0.0F);

    std::vector<std::unique_ptr<flow::Node>> nodes;
    nodes.push_back(
        flow::makeSourceNode("playout", flow::EndKind::pcm,
                             [this](flow::Item& item) noexcept { return pullPlayout(item); }));
    resampler_lag_frames_ = 0;
    if (format_.rate != rate_) {
        auto resample = flow::ResampleProcessor::create(format_.rate.hz, rate_.hz);
        if (!resample) return tl::unexpected(resample.error());
        resampler_lag_frames_ =
            int(std::lround(double((*resample)->lagFrames()) * format_.rate.hz / rate_.hz));
        nodes.push_back(std::move(*resample));
    }
    nodes.push_back(std::make_unique<flow::BlockSizeAdapter>(rate_.blockFrames()));
    auto pipeline = flow::Pipeline::compose(std::move(nodes), "downlink");
    if (!pipeline) return tl::unexpected(pipeline.error());
    pipeline_ = std::move(*pipeline);
    reset();
    return {};
}

void Downlink::restart() noexcept {
    to_playback_.reset();
    pipeline_->reset();
    stream_spans_.clear();
    stream_spans_.append(
        {.item = 0, .frames = resampler_lag_frames_, .item_samples_per_frame = 0.0});
    block_spans_.clear();
    block_spans_.append(
        {.item = 0, .frames = dsp::AsyncResampler::kLagFrames, .item_samples_per_frame = 0.0});
}

void Downlink::reset() {
    playout_.reset();
    restart();
    fill_error_ = 0.0;
}

void Downlink::setParams(const Settings& settings) noexcept {
    playout_.setParams(settings.jitter, settings.loss);
}

void Downlink::takePackets(const BlockInput& input) noexcept {
    for (const auto& arrived : input.packets) {
        const auto item = arrived.packet.header.item;
        if (item != 0 && item <= discard_up_to_) {
            playout_.passBy(arrived.packet, arrived.arrival_ns);
            continue;
        }
        newest_item_ = std::max(newest_item_, item);
        playout_.put(arrived.packet, arrived.arrival_ns);
    }
}

flow::Status Downlink::pullPlayout(flow::Item& item) noexcept {
    const auto wanted = int(stream_block_.size());
    while (playout_.available() < wanted) {
        const auto tick = playout_.tick(now_ns_);
        if (tick_count_ < int(ticks_.size())) ticks_[std::size_t(tick_count_++)] = tick;
    }
    playout_.read(stream_block_, stream_spans_);
    item = flow::PcmBlock{.samples = stream_block_, .rate = format_.rate};
    return flow::Status::ok;
}

void Downlink::fillBlock(const BlockInput& input) noexcept {
    const auto block = rate_.blockFrames();
    now_ns_ = input.time_ns;
    tick_count_ = 0;
    flow::Item item;
    if (pipeline_->pull(item) == flow::Status::ok) {
        const auto& samples = std::get<flow::PcmBlock>(item).samples;
        std::copy(samples.begin(), samples.end(), block_.begin());
    } else {
        std::fill(block_.begin(), block_.end(), 0.0F);
    }
    scratch_spans_.clear();
    scaleSpans(stream_spans_, std::int64_t(stream_block_.size()), block, scratch_spans_);

    concealed_ = false;
    std::int64_t packet_item_frames = 0;
    for (std::int64_t left = block; left > 0;) {
        const auto span = scratch_spans_.take(left);
        if (span.frames == 0) break;
        concealed_ |= span.concealed;
        packet_item_frames += span.item != 0 ? span.frames : 0;
        left -= span.frames;
        block_spans_.append(span);
    }
    block_item_frames_ = packet_item_frames;
    // Direct audio sounds where no packet audio does; an item uses one way or the other.
    if (packet_item_frames == 0) takeDirect(input.direct);
}

void Downlink::takeDirect(const DirectBlock& direct) noexcept {
    const std::int64_t block = rate_.blockFrames();
    std::int64_t done = 0;
    std::size_t from = 0;
    for (const auto& span : direct.spans) {
        const auto at = from;
        from = std::min(from + std::size_t(span.frames), direct.samples.size());
        const auto n = std::min(std::int64_t(from - at), block - done);
        if (n <= 0 || span.item <= discard_direct_up_to_) continue;
        if (done == 0) {
            block_spans_.dropNewest(block);
            std::fill(block_.begin(), block_.end(), 0.0F);
        }
        std::copy_n(direct.samples.begin() + std::ptrdiff_t(at), n, block_.begin() + done);
        newest_item_ = std::max(newest_item_, span.item);
        auto kept = span;
        kept.frames = n;
        block_spans_.append(kept);
        done += n;
        block_item_frames_ += n;
    }
    if (done > 0 && done < block) {
        block_spans_.append({.item = 0, .frames = block - done, .item_samples_per_frame = 0.0});
    }
}

bool Downlink::full(std::int64_t fill_frames) const noexcept {
    const std::int64_t block = rate_.blockFrames();
    return fill_frames > lead_frames_ + std::max(exchange_frames_, block) + 2 * block;
}

void Downlink::writeBlock(double playback_ratio, LoudspeakerFeed& feed,
                          PlaybackAccount& account) noexcept {
    fill_error_ += kFillSmoothing * (double(lead_frames_ - account.fillFrames()) - fill_error_);
    double ratio = playback_ratio;
    if (std::abs(fill_error_) > kFillDeadFrames) {
        ratio *= 1.0 + std::clamp(fill_error_ * kFillGainPerFrame, -kMaxFillCorrection,
                                  kMaxFillCorrection);
    }
    to_playback_.setRatio(ratio);
    const int n = to_playback_.process(block_, playback_block_);
    feed.write(std::span<const float>(playback_block_).first(std::size_t(n)));
    scratch_spans_.clear();
    scaleSpans(block_spans_, rate_.blockFrames(), n, scratch_spans_);
    while (!scratch_spans_.empty()) account.written(scratch_spans_.take(n));
}

void Downlink::holdFill(LoudspeakerFeed& feed, PlaybackAccount& account) noexcept {
    const auto block = rate_.blockFrames();
    const auto missing = lead_frames_ - account.fillFrames();
    // The resampler takes care of less, and a device that asks for much at once of as much itself.
    if (missing < std::max<std::int64_t>(block, std::min<std::int64_t>(exchange_frames_, lead_frames_))) {
        return;
    }
    std::fill(playback_block_.begin(), playback_block_.end(), 0.0F);
    account.written({.item = 0, .frames = missing, .item_samples_per_frame = 0.0});
    for (auto left = missing; left > 0;) {
        const auto n = std::min<std::int64_t>(left, block);
        feed.write(std::span<const float>(playback_block_).first(std::size_t(n)));
        left -= n;
    }
}

/// After a stall the ring holds more than it needs, and the resampler would take minutes to play it:
/// a pause becomes shorter instead.
bool Downlink::skipSilence() noexcept {
    const auto block = rate_.blockFrames();
    if (block_item_frames_ > 0 || fill_error_ >= -double(block)) return false;
    block_spans_.dropNewest(block);
    fill_error_ += double(block);
    return true;
}

void Downlink::process(const BlockInput& input, double playback_ratio, LoudspeakerFeed& feed,
                       PlaybackAccount& account) noexcept {
    takePackets(input);
    const bool hold = full(account.fillFrames()) && input.direct.samples.empty();
    const std::int64_t longest = rate_.framesOf(kLongestExchangeMs);
    for (const auto& exchange : input.exchanges) {
        exchange_frames_ = std::min<std::int64_t>(
            std::max<std::int64_t>(exchange_frames_, exchange.playback_frames), longest);
    }
    if (hold) {
        tick_count_ = 0;
        concealed_ = false;
        return;
    }
    fillBlock(input);
    if (skipSilence()) return;
    holdFill(feed, account);
    writeBlock(playback_ratio, feed, account);
}

void Downlink::discardUpTo(ItemId item) noexcept {
    discard_up_to_ = std::max(discard_up_to_, item);
}

void Downlink::interrupt() noexcept {
    // Ids of packets come from outside: the buffer holds few items, however far apart they are.
    // What was discarded at its arrival from some time on may still play.
    const auto first = std::max<std::int64_t>(std::int64_t(dropped_up_to_) + 1,
                                              std::int64_t(newest_item_) - kItemsHeld);
    dropped_up_to_ = std::max(dropped_up_to_, newest_item_);
    discardUpTo(newest_item_);
    for (auto item = first; item <= std::int64_t(newest_item_); ++item) {
        playout_.discardItem(ItemId(item));
    }
    // The stages between buffer and ring hold a few milliseconds of the item: dropped with it.
    restart();
}

double Downlink::resamplerLagMs() const noexcept {
    return 1000.0 * dsp::AsyncResampler::kLagFrames / rate_.hz +
           1000.0 * resampler_lag_frames_ / format_.rate.hz;
}

double Downlink::queuedMs() const noexcept { return playout_.state().queue_ms + resamplerLagMs(); }

}  // namespace doubletalk::duplex
