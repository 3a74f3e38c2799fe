// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

struct AVIOContext;

namespace doubletalk::codec {

/// Where bytes come from. read fills the beginning of the span and says how many bytes it gave;
/// 0: the end, below 0: an error. seek goes to a position from the beginning; without it the source
/// is a stream. Both on the caller's thread; they do not throw.
struct MediaSource {
    std::function<std::int64_t(std::span<std::byte>)> read;
    std::function<bool(std::int64_t)> seek;
    std::int64_t size_bytes = -1;  ///< -1: not known
};

/// Where bytes go; false: an error. Without seek the sink is a stream.
struct MediaSink {
    std::function<bool(std::span<const std::byte>)> write;
    std::function<bool(std::int64_t)> seek;
};

/// A source or a sink as libavformat wants it. Never moved: the library holds its address.
class AvIo {
public:
    explicit AvIo(MediaSource source);
    explicit AvIo(MediaSink sink);
    AvIo(const AvIo&) = delete;
    AvIo& operator=(const AvIo&) = delete;
    ~AvIo();

    [[nodiscard]] AVIOContext* context() const { return context_; }
    /// The first bytes, before anything was read; fewer when there are no more.
    [[nodiscard]] std::vector<std::byte> peek(std::size_t bytes);
    /// Bytes from a position, before anything was read; says how many. A source that cannot seek
    /// keeps all before them: 0 behind the first 16 MiB of it.
    [[nodiscard]] std::size_t readAhead(std::uint64_t position, std::span<std::byte> to);
    /// Reads a source that cannot seek into memory, so that it can. False: there are more bytes.
    [[nodiscard]] bool keepInMemory(std::size_t most_bytes);
    [[nodiscard]] bool failed() const { return failed_; }
    [[nodiscard]] std::int64_t position() const { return position_; }
    [[nodiscard]] std::int64_t sizeBytes() const { return source_.size_bytes; }
    /// From now on told of every byte that is read, once and in their order; where reading jumps
    /// ahead, what it jumps over comes when it is read. Before anything was read.
    void watch(std::function<void(std::span<const std::byte>)> watcher) {
        watcher_ = std::move(watcher);
    }

private:
    void allocate(bool writing, bool seekable);
    void fillAhead(std::size_t bytes);
    int read(std::span<std::byte> to);
    int write(std::span<const std::byte> from);
    std::int64_t seek(std::int64_t offset, int whence);

    friend struct AvIoCalls;
    MediaSource source_;
    MediaSink sink_;
    AVIOContext* context_ = nullptr;
    std::int64_t position_ = 0;
    std::int64_t end_ = 0;          ///< of what was written
    std::vector<std::byte> ahead_;  ///< peeked at
    std::size_t ahead_used_ = 0;    ///< of these, read by now
    std::function<void(std::span<const std::byte>)> watcher_;
    std::int64_t watched_ = 0;  ///< [bytes] the watcher was told of
    bool failed_ = false;
};

}  // namespace doubletalk::codec
