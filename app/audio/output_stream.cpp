// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/audio/output_stream.h"

#include <QAudioSink>
#include <algorithm>
#include <cmath>

#include "app/audio/device_lookup.h"
#include "app/audio/device_words.h"
#include "app/audio/sample_format.h"
#include "engine/core/clock.h"

namespace doubletalk::audio {
namespace {

constexpr std::int64_t kStallNs = 200'000'000;
/// A sink that was idle may take nothing for up to 1.9 s.
constexpr std::int64_t kStartStallNs = 3'000'000'000;
/// Between what the system counts as processed and what can be heard; within 2.6 ms of it.
constexpr double kProcessedToHeardMs = 1.4;
/// What is heard lies at most so far beyond the frames that have left the queue.
constexpr double kBeyondQueueMs = 6.0;

}  // namespace

OutputStream::OutputStream() = default;
OutputStream::~OutputStream() { close(); }

Result<void> OutputStream::open(const StreamWish& wish) {
    close();
    wish_ = wish;
    auto found = findDevice(Direction::output, wish.device);
    if (!found) return tl::unexpected(found.error());
    device_ = *found;
    format_ = streamFormat(device_.preferredFormat(), wish.rate_hz, wish.channels);
    sink_ = std::make_unique<QAudioSink>(device_, format_);
    written_ = base_ = 0;
    moving_ = false;
    xruns_ = 0;
    if (auto ok = startSink(); !ok) {
        close();
        return ok;
    }
    // The whole granted buffer, and a second for a server that grants more than was asked.
    bytes_.resize(std::size_t(format_.bytesForDuration(1'000'000)) +
                  std::size_t(format_.bytesForFrames(buffer_frames_)));
    return {};
}

Result<void> OutputStream::startSink() {
    fault_ = StreamFault::none;
    // Each start() overwrites the wish by what was granted: without this the buffer shrinks.
    sink_->setBufferSize(format_.bytesForDuration(qint64(wish_.buffer_ms * 1000.0)));
    io_ = sink_->start();
    if (io_.isNull() || sink_->error() != QAudio::NoError) return notStarted(Direction::output, device_);
    buffer_frames_ = format_.framesForBytes(qint32(sink_->bufferSize()));
    base_ = written_;
    last_taken_ns_ = SteadyClock().nowNs();
    return {};
}

void OutputStream::close() {
    if (sink_ == nullptr) return;
    // stop() first: it runs no events, the destructor does.
    sink_->stop();
    io_ = nullptr;
    sink_.reset();
}

int OutputStream::freeFrames(std::int64_t now_ns) {
    if (sink_ == nullptr) return 0;
    const auto bytes = sink_->bytesFree();
    if (io_.isNull() || sink_->state() == QAudio::StoppedState) {
        fault_ = StreamFault::stopped;
    } else if (bytes < 0) {
        fault_ = StreamFault::vanished;  // never write now: the library would keep its lock
    } else if (now_ns - last_taken_ns_ > (moving_ ? kStallNs : kStartStallNs)) {
        fault_ = StreamFault::stalled;
    }
    if (fault_ != StreamFault::none || bytes <= 0) return 0;
    const int frames = format_.framesForBytes(qint32(bytes));
    if (moving_ && frames >= buffer_frames_ && written_ > base_ + buffer_frames_) ++xruns_;
    return std::min(frames, format_.framesForBytes(qint32(bytes_.size())));
}

int OutputStream::write(std::span<const float> mono, std::int64_t now_ns) {
    if (io_.isNull() || mono.empty()) return 0;
    const auto bytes = std::span(bytes_).first(std::size_t(format_.bytesForFrames(int(mono.size()))));
    fromMono(mono, format_, bytes);
    const auto taken = io_->write(bytes.data(), qint64(bytes.size()));
    if (taken <= 0) return 0;
    const int frames = format_.framesForBytes(qint32(taken));
    moving_ = moving_ || written_ > base_;  // the first write only fills the queue
    written_ += frames;
    last_taken_ns_ = now_ns;
    return frames;
}

double OutputStream::heardFrames() const {
    if (sink_ == nullptr || io_.isNull()) return double(written_);
    const double ms = format_.sampleRate() / 1000.0;
    const auto free_bytes = sink_->bytesFree();
    const double processed = double(base_) + double(sink_->processedUSecs()) / 1000.0 * ms;
    if (free_bytes < 0) return std::min(processed, double(written_));
    const double queued = buffer_frames_ - format_.framesForBytes(qint32(free_bytes));
    const double least = std::max(double(written_) - std::max(queued, 0.0), double(base_));
    return std::clamp(processed + kProcessedToHeardMs * ms, least,
                      std::min(least + kBeyondQueueMs * ms, double(written_)));
}

std::int64_t OutputStream::cut() {
    if (sink_ == nullptr || io_.isNull() || sink_->bytesFree() < 0) return -1;
    const auto heard = std::int64_t(std::llround(heardFrames()));
    const auto dropped = written_ - heard;
    sink_->reset();
    io_ = nullptr;
    written_ = heard;
    if (auto ok = startSink(); !ok) {
        fault_ = StreamFault::stopped;
        return -1;
    }
    return dropped;
}

}  // namespace doubletalk::audio
