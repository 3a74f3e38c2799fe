// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/device/device_ends.h"

#include <algorithm>
#include <utility>

namespace doubletalk::device {

using flow::Item;
using flow::PcmBlock;
using flow::Status;

DeviceStream::DeviceStream(SampleRate rate, const DeviceEndsOptions& options)
    : rate_(rate),
      block_frames_(std::max(rate.framesOf(options.block_ms), 1)),
      playback_frames_(std::max(rate.framesOf(options.playback_ms), 1)),
      capture_(std::max(rate.framesOf(options.capture_ms), block_frames_)),
      playback_(playback_frames_) {}

void DeviceStream::exchange(std::span<const float> in, std::span<float> out,
                            std::int64_t time_ns) noexcept {
    capture_.write(in, time_ns);
    // Looked at before the ring: a flush between the two must not count its own end as missing.
    const bool playing = playing_.load(std::memory_order_acquire);
    const auto got = playback_.read(out, false);
    std::fill(out.begin() + std::ptrdiff_t(got), out.end(), 0.0F);
    if (playing && playing_.load(std::memory_order_acquire)) {
        missing_frames_.fetch_add(std::int64_t(out.size()) - got, std::memory_order_relaxed);
    }
}

void DeviceStream::end(std::string why) {
    if (ended_.load()) return;
    why_ = std::move(why);
    ended_.store(true, std::memory_order_release);
}

DeviceEndsStats DeviceStream::stats() const noexcept {
    DeviceEndsStats stats;
    stats.dropped_frames = capture_.overflowFrames();
    stats.captured_frames = capture_.written() + stats.dropped_frames;
    stats.played_frames = playback_.read();
    stats.missing_frames = missing_frames_.load(std::memory_order_relaxed);
    return stats;
}

int DeviceStream::usOf(std::int64_t frames) const noexcept {
    return int(std::max<std::int64_t>(frames, 1) * 1'000'000 / rate_.hz);
}

DeviceReader::DeviceReader(std::shared_ptr<DeviceStream> stream, std::string name)
    : stream_(std::move(stream)),
      name_(std::move(name)),
      block_(std::size_t(stream_->block_frames_)) {}

Status DeviceReader::pull(Item& item) noexcept {
    const bool ended = stream_->ended_.load(std::memory_order_acquire);
    auto& ring = stream_->capture_;
    const auto there = std::min(ring.available(), std::int64_t(block_.size()));
    if (there < std::int64_t(block_.size()) && !ended) return Status::again;
    if (there == 0) return stream_->why_.empty() ? Status::eof : Status::error;
    PcmBlock block;
    block.first_frame = ring.read();
    block.samples = std::span(block_).first(std::size_t(there));
    block.rate = stream_->rate_;
    ring.read(block.samples);
    item = block;
    return Status::ok;
}

void DeviceReader::reset() { stream_->capture_.commitRead(stream_->capture_.available()); }

std::string_view DeviceReader::error() const noexcept {
    return stream_->ended_.load(std::memory_order_acquire) ? std::string_view(stream_->why_)
                                                           : std::string_view{};
}

int DeviceReader::waitHintUs() const noexcept {
    return stream_->usOf(std::int64_t(block_.size()) - stream_->capture_.available());
}

DeviceWriter::DeviceWriter(std::shared_ptr<DeviceStream> stream, std::string name)
    : stream_(std::move(stream)), name_(std::move(name)) {}

Status DeviceWriter::push(const Item& item) noexcept {
    if (item.index() == 0) return finish();
    if (flushed_) return Status::eof;
    const auto* block = std::get_if<PcmBlock>(&item);
    if (block == nullptr) {
        error_ = "takes PCM blocks, not packets";
    } else if (block->rate != stream_->rate_) {
        error_ = "the block has another rate than the device";
    } else if (std::int64_t(block->samples.size()) > stream_->playback_frames_) {
        error_ = "the block is longer than the ring before the loudspeaker";
    } else if (stream_->ended_.load(std::memory_order_acquire)) {
        error_ = stream_->why_.empty() ? std::string_view("the device was stopped")
                                       : std::string_view(stream_->why_);
    } else {
        const auto n = std::int64_t(block->samples.size());
        wanted_frames_ = stream_->playback_.available() + n - stream_->playback_frames_;
        if (wanted_frames_ > 0) return Status::again;
        stream_->playback_.write(block->samples);
        stream_->playing_.store(true, std::memory_order_release);
        return Status::ok;
    }
    return Status::error;
}

Status DeviceWriter::finish() noexcept {
    flushed_ = true;
    stream_->playing_.store(false, std::memory_order_release);
    wanted_frames_ = stream_->playback_.available();
    const bool ended = stream_->ended_.load(std::memory_order_acquire);
    return wanted_frames_ > 0 && !ended ? Status::again : Status::ok;
}

void DeviceWriter::reset() {
    flushed_ = false;
    wanted_frames_ = 0;
    error_ = {};
}

int DeviceWriter::waitHintUs() const noexcept { return stream_->usOf(wanted_frames_); }

Result<std::unique_ptr<DeviceEnds>> DeviceEnds::open(AudioDevice& device, SampleRate rate,
                                                     const DeviceEndsOptions& options) {
    if (options.block_ms <= 0 || options.capture_ms < options.block_ms ||
        options.playback_ms <= 0) {
        return fail(ErrorKind::usage, "blocks and rings must have a length, and fit into another",
                    "device ends", "make capture_ms and playback_ms longer than block_ms");
    }
    if (auto ok = device.open(rate); !ok) return tl::unexpected(ok.error());
    auto stream = std::make_shared<DeviceStream>(rate, options);
    if (auto ok = device.start(*stream); !ok) return tl::unexpected(ok.error());
    return std::unique_ptr<DeviceEnds>(new DeviceEnds(device, std::move(stream)));
}

DeviceEnds::DeviceEnds(AudioDevice& device, std::shared_ptr<DeviceStream> stream)
    : device_(device), stream_(std::move(stream)) {}

DeviceEnds::~DeviceEnds() { stop(); }

std::unique_ptr<DeviceReader> DeviceEnds::reader() const {
    return std::make_unique<DeviceReader>(stream_);
}

std::unique_ptr<DeviceWriter> DeviceEnds::writer() const {
    return std::make_unique<DeviceWriter>(stream_);
}

void DeviceEnds::stop() {
    device_.stop();
    stream_->end(device_.lastError());
}

}  // namespace doubletalk::device
