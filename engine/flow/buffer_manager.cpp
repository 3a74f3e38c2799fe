// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/flow/buffer_manager.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <thread>

#include "engine/dsp/pcm16.h"

namespace doubletalk::flow {
namespace {

constexpr std::chrono::milliseconds kPoll{1};

void convert(std::span<const float> in, std::span<float> out) noexcept {
    std::copy(in.begin(), in.end(), out.begin());
}
void convert(std::span<const std::int16_t> in, std::span<float> out) noexcept {
    dsp::fromPcm16(in, out);
}
void convert(std::span<const float> in, std::span<std::int16_t> out) noexcept {
    dsp::toPcm16(in, out);
}

/// Takes up to n from the front of in into out and fills the rest with silence.
template <class In, class Out>
void moveInto(std::span<const In>& in, std::span<Out> out) noexcept {
    const auto n = std::min(in.size(), out.size());
    convert(in.first(n), out.first(n));
    std::fill(out.begin() + std::ptrdiff_t(n), out.end(), Out{});
    in = in.subspan(n);
}

}  // namespace

Result<void> BufferManager::prepare(SampleRate rate, const BufferParams& params) {
    if (rate.hz <= 0 || params.chunk_ms <= 0 || params.chunk_ms > params.duration_ms) {
        return fail(ErrorKind::usage,
                    "a chunk of " + std::to_string(params.chunk_ms) +
                        " ms does not fit into a buffer of " + std::to_string(params.duration_ms) +
                        " ms",
                    "buffer.chunk_ms", "make the chunk shorter or buffer.duration_ms longer");
    }
    if (!(params.healthy_min_ratio < params.healthy_max_ratio)) {
        return fail(ErrorKind::usage, "the lowest healthy fill must be below the highest",
                    "buffer.healthy_min_ratio", "choose a smaller value");
    }
    rate_ = rate;
    params_ = params;
    chunk_frames_ = rate.framesOf(params.chunk_ms);
    // Only whole chunks go in, so the buffer holds a whole number of them.
    const auto chunks = std::int64_t(rate.framesOf(params.duration_ms)) / chunk_frames_;
    capacity_frames_ = chunks * chunk_frames_;
    samples_ = std::make_unique<Ring<float>>(capacity_frames_);
    times_ = std::make_unique<Ring<std::int64_t>>(chunks);
    for (auto* counter :
         {&underruns_, &overruns_, &padded_, &chunks_, &chunks_read_, &latency_sum_frames_}) {
        counter->store(0);
    }
    return {};
}

template <class T>
int BufferManager::writeChunks(std::span<const T> samples, std::int64_t time_ns,
                               LongChunk longer) noexcept {
    if (samples_ == nullptr) return 0;
    const auto chunk = std::size_t(chunk_frames_);
    if (longer == LongChunk::cut) samples = samples.first(std::min(samples.size(), chunk));
    int taken = 0;
    for (std::int64_t offset = 0; !samples.empty(); offset += chunk_frames_) {
        if (samples_->available() + chunk_frames_ > capacity_frames_) {
            const auto left = (samples.size() + chunk - 1) / chunk;
            overruns_.fetch_add(std::int64_t(left), std::memory_order_relaxed);
            break;
        }
        if (samples.size() < chunk) padded_.fetch_add(1, std::memory_order_relaxed);
        auto room = samples_->prepareWrite(chunk_frames_);
        moveInto(samples, room.first);
        moveInto(samples, room.second);
        const std::int64_t at_ns = time_ns + offset * 1'000'000'000 / rate_.hz;
        // The stamp first: whoever sees the samples finds it there.
        times_->write(std::span(&at_ns, 1));
        samples_->commitWrite(chunk_frames_, at_ns);
        ++taken;
    }
    chunks_.fetch_add(taken, std::memory_order_relaxed);
    return taken;
}

int BufferManager::write(std::span<const float> samples, std::int64_t time_ns,
                         LongChunk longer) noexcept {
    return writeChunks(samples, time_ns, longer);
}

int BufferManager::write(std::span<const std::int16_t> samples, std::int64_t time_ns,
                         LongChunk longer) noexcept {
    return writeChunks(samples, time_ns, longer);
}

bool BufferManager::waitForChunk(int timeout_ms) const noexcept {
    const auto there = [this] { return samples_->available() >= chunk_frames_; };
    if (there()) return true;
    if (timeout_ms <= 0) return false;
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
    while (std::chrono::steady_clock::now() < until) {
        // Sleeping in short steps: waking a sleeper would cost the real-time writer a system call.
        std::this_thread::sleep_for(kPoll);
        if (there()) return true;
    }
    return false;
}

template <class T>
ReadChunk BufferManager::readChunk(std::span<T> chunk, int timeout_ms) noexcept {
    ReadChunk result;
    if (samples_ == nullptr || !waitForChunk(timeout_ms)) {
        std::fill(chunk.begin(), chunk.end(), T{});
        underruns_.fetch_add(1, std::memory_order_relaxed);
        return result;
    }
    latency_sum_frames_.fetch_add(samples_->available(), std::memory_order_relaxed);
    const auto got = samples_->prepareRead(chunk_frames_);
    auto first = got.first;
    auto second = got.second;
    const auto head = std::min(chunk.size(), first.size());
    moveInto(first, chunk.first(head));
    moveInto(second, chunk.subspan(head));
    // The stamp first: once the samples are given back the writer may bring the next stamp.
    times_->read(std::span(&result.time_ns, 1));
    samples_->commitRead(chunk_frames_);
    chunks_read_.fetch_add(1, std::memory_order_relaxed);
    result.ok = true;
    return result;
}

ReadChunk BufferManager::read(std::span<float> chunk, int timeout_ms) noexcept {
    return readChunk(chunk, timeout_ms);
}

ReadChunk BufferManager::read(std::span<std::int16_t> chunk, int timeout_ms) noexcept {
    return readChunk(chunk, timeout_ms);
}

BufferStats BufferManager::stats() const noexcept {
    BufferStats stats;
    if (samples_ == nullptr) return stats;
    const std::int64_t inside = samples_->available();
    stats.fill_ratio = double(inside) / double(capacity_frames_);
    stats.latency_ms = rate_.toMs({inside});
    stats.underruns = underruns_.load(std::memory_order_relaxed);
    stats.overruns = overruns_.load(std::memory_order_relaxed);
    stats.chunks = chunks_.load(std::memory_order_relaxed);
    stats.chunks_read = chunks_read_.load(std::memory_order_relaxed);
    stats.padded_chunks = padded_.load(std::memory_order_relaxed);
    stats.mean_latency_ms =
        stats.chunks_read == 0 ? std::numeric_limits<double>::quiet_NaN()
                               : rate_.toMs({latency_sum_frames_.load(std::memory_order_relaxed)}) /
                                     double(stats.chunks_read);
    stats.healthy = stats.fill_ratio >= params_.healthy_min_ratio &&
                    stats.fill_ratio <= params_.healthy_max_ratio;
    return stats;
}

}  // namespace doubletalk::flow
