// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>

#include "engine/core/frames.h"
#include "engine/core/result.h"
#include "engine/core/ring.h"
#include "engine/flow/buffer_params.h"

namespace doubletalk::flow {

/// What happens to more audio than one chunk: cut drops what is too long, split makes several
/// chunks. The last or only chunk is padded with silence when it is short.
enum class LongChunk : std::uint8_t { cut, split };

/// A snapshot; counters never go back.
struct BufferStats {
    double fill_ratio = 0.0;       ///< audio inside / buffer.duration_ms
    double latency_ms = 0.0;       ///< audio inside now
    double mean_latency_ms = 0.0;  ///< audio inside at every read so far; NaN before the first
    std::int64_t underruns = 0;    ///< reads that found no chunk in time
    std::int64_t overruns = 0;     ///< chunks dropped because the buffer was full
    std::int64_t chunks = 0;       ///< taken in so far
    std::int64_t chunks_read = 0;
    std::int64_t padded_chunks = 0;
    bool healthy = false;  ///< fill within buffer.healthy_min_ratio .. healthy_max_ratio
};

/// What a read brought.
struct ReadChunk {
    bool ok = false;  ///< false: nothing came in time, the samples are silence
    std::int64_t time_ns =
        0;  ///< given with the audio; a later chunk of one write is later by its place
};

/// A buffer of fixed-size chunks with time stamps between one writer and one reader, on the
/// lock-free ring. Thread: write*() one thread, real-time safe; read*() one thread (user: waits by
/// sleeping in short steps, or not at all with time-out 0); stats() any.
class BufferManager {
public:
    /// Takes the memory; not while others read or write. Errors: usage (a chunk longer than the
    /// buffer, health bounds the wrong way round).
    [[nodiscard]] Result<void> prepare(SampleRate rate, const BufferParams& params);
    [[nodiscard]] int chunkFrames() const noexcept { return chunk_frames_; }

    /// Returns the chunks taken in; what does not fit is dropped and counted as overruns.
    int write(std::span<const float> samples, std::int64_t time_ns,
              LongChunk longer = LongChunk::split) noexcept;
    int write(std::span<const std::int16_t> samples, std::int64_t time_ns,
              LongChunk longer = LongChunk::split) noexcept;

    /// One chunk; chunk holds chunkFrames() (a longer span is filled with silence at the end, a
    /// shorter one gets the start of the chunk). timeout_ms 0: does not wait.
    ReadChunk read(std::span<float> chunk, int timeout_ms) noexcept;
    ReadChunk read(std::span<std::int16_t> chunk, int timeout_ms) noexcept;

    [[nodiscard]] BufferStats stats() const noexcept;

private:
    template <class T>
    int writeChunks(std::span<const T> samples, std::int64_t time_ns, LongChunk longer) noexcept;
    template <class T>
    ReadChunk readChunk(std::span<T> chunk, int timeout_ms) noexcept;
    [[nodiscard]] bool waitForChunk(int timeout_ms) const noexcept;

    SampleRate rate_;
    BufferParams params_;
    int chunk_frames_ = 0;
    std::int64_t capacity_frames_ = 0;
    std::unique_ptr<Ring<float>> samples_;
    std::unique_ptr<Ring<std::int64_t>> times_;  ///< one a chunk
    std::atomic<std::int64_t> underruns_{0};
    std::atomic<std::int64_t> overruns_{0};
    std::atomic<std::int64_t> padded_{0};
    std::atomic<std::int64_t> chunks_{0};
    std::atomic<std::int64_t> chunks_read_{0};
    std::atomic<std::int64_t> latency_sum_frames_{0};
};

}  // namespace doubletalk::flow
