// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <type_traits>

namespace doubletalk {

/// Two spans because a ring wraps; second is empty when it does not.
template <class T>
struct RingSpans {
    std::span<T> first;
    std::span<T> second;
    [[nodiscard]] std::int64_t size() const {
        return static_cast<std::int64_t>(first.size() + second.size());
    }
};

/// Lock-free single-producer single-consumer ring with 64-bit frame counters and a time stamp for
/// its newest frame. Overflow drops the newest frames and counts them; underflow gives fewer frames
/// and counts them. Memory is taken in the constructor, never later.
/// Thread: write side one thread, read side one thread, counters any.
template <class T>
class Ring {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    /// Holds at least capacity frames (rounded up to a power of two).
    explicit Ring(std::int64_t capacity)
        : size_(std::bit_ceil(static_cast<std::uint64_t>(std::max<std::int64_t>(capacity, 2)))),
          data_(std::make_unique<T[]>(size_)) {}

    [[nodiscard]] std::int64_t capacity() const noexcept { return static_cast<std::int64_t>(size_); }
    /// Frames written / read since the start; never go back.
    [[nodiscard]] std::int64_t written() const noexcept { return written_.load(std::memory_order_acquire); }
    [[nodiscard]] std::int64_t read() const noexcept { return read_.load(std::memory_order_acquire); }
    [[nodiscard]] std::int64_t available() const noexcept { return written() - read(); }
    [[nodiscard]] std::int64_t space() const noexcept { return capacity() - available(); }
    [[nodiscard]] std::int64_t overflowFrames() const noexcept { return overflow_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::int64_t underflowFrames() const noexcept { return underflow_.load(std::memory_order_relaxed); }
    /// Time given with the newest commit, 0 before the first.
    [[nodiscard]] std::int64_t newestTimeNs() const noexcept { return time_ns_.load(std::memory_order_acquire); }

    /// Zero-copy: room for up to n frames to be filled, then commit().
    [[nodiscard]] RingSpans<T> prepareWrite(std::int64_t n) noexcept {
        n = std::min(n, capacity() - (written_.load(std::memory_order_relaxed) - read()));
        return spansAt(written_.load(std::memory_order_relaxed), n);
    }
    void commitWrite(std::int64_t n, std::int64_t time_ns = 0) noexcept {
        time_ns_.store(time_ns, std::memory_order_relaxed);
        written_.store(written_.load(std::memory_order_relaxed) + n, std::memory_order_release);
    }
    /// Copies what fits; returns the frames taken.
    std::int64_t write(std::span<const T> frames, std::int64_t time_ns = 0) noexcept {
        const auto wanted = static_cast<std::int64_t>(frames.size());
        auto room = prepareWrite(wanted);
        std::copy_n(frames.begin(), room.first.size(), room.first.begin());
        std::copy_n(frames.begin() + static_cast<std::ptrdiff_t>(room.first.size()),
                    room.second.size(), room.second.begin());
        commitWrite(room.size(), time_ns);
        if (room.size() < wanted) {
            overflow_.fetch_add(wanted - room.size(), std::memory_order_relaxed);
        }
        return room.size();
    }

    /// Zero-copy: up to n frames to be looked at, then commitRead().
    [[nodiscard]] RingSpans<const T> prepareRead(std::int64_t n) noexcept {
        n = std::min(n, written() - read_.load(std::memory_order_relaxed));
        const auto spans = spansAt(read_.load(std::memory_order_relaxed), n);
        return {spans.first, spans.second};
    }
    void commitRead(std::int64_t n) noexcept {
        read_.store(read_.load(std::memory_order_relaxed) + n, std::memory_order_release);
    }
    /// Copies up to frames.size(); returns the frames got. The missing ones count as underflow
    /// unless a short read is expected.
    std::int64_t read(std::span<T> frames, bool count_underflow = true) noexcept {
        const auto wanted = static_cast<std::int64_t>(frames.size());
        auto got = prepareRead(wanted);
        std::copy_n(got.first.begin(), got.first.size(), frames.begin());
        std::copy_n(got.second.begin(), got.second.size(),
                    frames.begin() + static_cast<std::ptrdiff_t>(got.first.size()));
        commitRead(got.size());
        if (count_underflow && got.size() < wanted) {
            underflow_.fetch_add(wanted - got.size(), std::memory_order_relaxed);
        }
        return got.size();
    }

private:
    [[nodiscard]] RingSpans<T> spansAt(std::int64_t position, std::int64_t n) noexcept {
        if (n <= 0) return {};
        const auto at = static_cast<std::uint64_t>(position) & (size_ - 1);
        const auto first = std::min(static_cast<std::uint64_t>(n), size_ - at);
        return {{data_.get() + at, first}, {data_.get(), static_cast<std::uint64_t>(n) - first}};
    }

    std::uint64_t size_;
    std::unique_ptr<T[]> data_;
    alignas(64) std::atomic<std::int64_t> written_{0};
    std::atomic<std::int64_t> time_ns_{0};
    std::atomic<std::int64_t> overflow_{0};
    alignas(64) std::atomic<std::int64_t> read_{0};
    std::atomic<std::int64_t> underflow_{0};
};

}  // namespace doubletalk
