// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/audio/input_stream.h"

#include <QAudioSource>
#include <algorithm>

#include "app/audio/device_lookup.h"
#include "app/audio/device_words.h"
#include "app/audio/sample_format.h"
#include "engine/core/clock.h"

namespace doubletalk::audio {
namespace {

constexpr std::int64_t kStallNs = 300'000'000;
constexpr std::int64_t kStartStallNs = 3'000'000'000;
/// A device that vanished makes the library complain at every read: then more rarely.
constexpr std::int64_t kQuietNs = 60'000'000;
constexpr std::int64_t kRarePollNs = 40'000'000;
/// What had piled up before the start is not of now.
constexpr std::int64_t kSettleNs = 200'000'000;
constexpr int kMostAtStartMs = 20;
constexpr int kMostReadMs = 2000;

}  // namespace

InputStream::InputStream() = default;
InputStream::~InputStream() { close(); }

Result<void> InputStream::open(const StreamWish& wish) {
    close();
    auto found = findDevice(Direction::input, wish.device);
    if (!found) return tl::unexpected(found.error());
    device_ = *found;
    format_ = streamFormat(device_.preferredFormat(), wish.rate_hz, wish.channels);
    bytes_.resize(std::size_t(format_.bytesForDuration(kMostReadMs * 1000)));
    mono_.resize(std::size_t(format_.framesForBytes(qint32(bytes_.size()))));
    frames_ = 0;
    moving_ = false;
    fault_ = StreamFault::none;
    source_ = std::make_unique<QAudioSource>(device_, format_);
    source_->setBufferSize(format_.bytesForDuration(qint64(wish.buffer_ms * 1000.0)));
    io_ = source_->start();
    if (io_.isNull() || source_->error() != QAudio::NoError) {
        close();
        return notStarted(Direction::input, device_);
    }
    buffer_frames_ = format_.framesForBytes(qint32(source_->bufferSize()));
    opened_ns_ = last_frames_ns_ = SteadyClock().nowNs();
    next_poll_ns_ = 0;
    return {};
}

void InputStream::close() {
    if (source_ == nullptr) return;
    source_->stop();
    io_ = nullptr;
    source_.reset();
}

std::span<const float> InputStream::read(std::int64_t now_ns) {
    if (source_ == nullptr || now_ns < next_poll_ns_) return {};
    if (io_.isNull() || source_->state() == QAudio::StoppedState) {
        fault_ = StreamFault::stopped;
        return {};
    }
    const auto bytes = io_->read(bytes_.data(), qint64(bytes_.size()));
    if (bytes <= 0) {
        const auto quiet_ns = now_ns - last_frames_ns_;
        if (quiet_ns > (moving_ ? kStallNs : kStartStallNs)) fault_ = StreamFault::stalled;
        if (quiet_ns > kQuietNs) next_poll_ns_ = now_ns + kRarePollNs;
        return {};
    }
    next_poll_ns_ = 0;
    last_frames_ns_ = now_ns;
    moving_ = true;
    auto frames = std::size_t(format_.framesForBytes(qint32(bytes)));
    const auto mono = std::span(mono_).first(frames);
    toMono(std::span<const char>(bytes_).first(std::size_t(bytes)), format_, mono);
    if (now_ns - opened_ns_ < kSettleNs) {
        frames = std::min(frames, std::size_t(format_.sampleRate() / 1000 * kMostAtStartMs));
    }
    frames_ += std::int64_t(frames);
    return mono.last(frames);
}

}  // namespace doubletalk::audio
