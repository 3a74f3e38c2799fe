// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/av_io.h"

extern "C" {
#include <libavformat/avformat.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>
}

#include <algorithm>
#include <cstdio>
#include <memory>
#include <new>
#include <utility>

namespace doubletalk::codec {
namespace {

constexpr int kBufferBytes = 1 << 15;
constexpr std::uint64_t kMaxAheadBytes = 16 << 20;

#if LIBAVFORMAT_VERSION_MAJOR >= 61
using WriteBuffer = const std::uint8_t*;
#else
using WriteBuffer = std::uint8_t*;
#endif

}  // namespace

/// What the library calls. The functions behind it do not throw.
struct AvIoCalls {
    static int read(void* opaque, std::uint8_t* to, int size) noexcept {
        return static_cast<AvIo*>(opaque)->read(
            std::as_writable_bytes(std::span(to, std::size_t(size))));
    }
    static int write(void* opaque, WriteBuffer from, int size) noexcept {
        return static_cast<AvIo*>(opaque)->write(std::as_bytes(std::span(from, std::size_t(size))));
    }
    static std::int64_t seek(void* opaque, std::int64_t offset, int whence) noexcept {
        return static_cast<AvIo*>(opaque)->seek(offset, whence);
    }
};

AvIo::AvIo(MediaSource source) : source_(std::move(source)) { allocate(false, bool(source_.seek)); }

AvIo::AvIo(MediaSink sink) : sink_(std::move(sink)) { allocate(true, bool(sink_.seek)); }

AvIo::~AvIo() {
    if (context_ != nullptr) av_freep(&context_->buffer);
    avio_context_free(&context_);
}

void AvIo::allocate(bool writing, bool seekable) {
    auto* buffer = static_cast<std::uint8_t*>(av_malloc(kBufferBytes));
    if (buffer == nullptr) throw std::bad_alloc();
    context_ = avio_alloc_context(
        buffer, kBufferBytes, writing ? 1 : 0, this, writing ? nullptr : AvIoCalls::read,
        writing ? AvIoCalls::write : nullptr, seekable ? AvIoCalls::seek : nullptr);
    if (context_ == nullptr) {
        av_free(buffer);
        throw std::bad_alloc();
    }
    context_->seekable = seekable ? AVIO_SEEKABLE_NORMAL : 0;
}

void AvIo::fillAhead(std::size_t bytes) {
    while (ahead_.size() < bytes && !failed_) {
        const std::size_t before = ahead_.size();
        ahead_.resize(std::min(bytes, before + kBufferBytes));
        const std::int64_t got = source_.read(std::span(ahead_).subspan(before));
        ahead_.resize(before + std::size_t(std::max<std::int64_t>(got, 0)));
        failed_ = got < 0;
        if (got <= 0) break;
    }
}

std::vector<std::byte> AvIo::peek(std::size_t bytes) {
    fillAhead(bytes);
    return ahead_;
}

std::size_t AvIo::readAhead(std::uint64_t position, std::span<std::byte> to) {
    if (!source_.seek) {
        if (position + to.size() > kMaxAheadBytes) return 0;
        fillAhead(std::size_t(position) + to.size());
        const auto there =
            std::span(ahead_).subspan(std::min(std::size_t(position), ahead_.size()));
        const std::size_t n = std::min(there.size(), to.size());
        std::copy_n(there.begin(), n, to.begin());
        return n;
    }
    std::size_t n = 0;
    failed_ = failed_ || !source_.seek(std::int64_t(position));
    while (n < to.size() && !failed_) {
        const std::int64_t got = source_.read(to.subspan(n));
        failed_ = got < 0;
        if (got <= 0) break;
        n += std::size_t(got);
    }
    ahead_.clear();
    failed_ = failed_ || !source_.seek(0);
    return n;
}

bool AvIo::keepInMemory(std::size_t most_bytes) {
    constexpr std::size_t kStep = 1 << 16;
    while (ahead_.size() <= most_bytes) {
        const std::size_t before = ahead_.size();
        ahead_.resize(before + kStep);
        const std::int64_t got = source_.read(std::span(ahead_).subspan(before));
        ahead_.resize(before + std::size_t(std::max<std::int64_t>(got, 0)));
        failed_ = got < 0;
        if (got <= 0) break;
    }
    if (ahead_.size() > most_bytes) return false;
    const auto all = std::make_shared<std::vector<std::byte>>(std::exchange(ahead_, {}));
    const auto at = std::make_shared<std::size_t>(0);
    source_.size_bytes = std::int64_t(all->size());
    source_.read = [all, at](std::span<std::byte> to) -> std::int64_t {
        const std::size_t n = std::min(to.size(), all->size() - *at);
        std::copy_n(all->begin() + std::ptrdiff_t(*at), n, to.begin());
        *at += n;
        return std::int64_t(n);
    };
    source_.seek = [all, at](std::int64_t position) {
        *at = std::min(std::size_t(position), all->size());
        return true;
    };
    context_->seek = AvIoCalls::seek;
    context_->seekable = AVIO_SEEKABLE_NORMAL;
    return true;
}

int AvIo::read(std::span<std::byte> to) {
    if (failed_) return AVERROR(EIO);
    const auto ahead = std::span(ahead_).subspan(ahead_used_);
    std::int64_t got = std::int64_t(std::min(ahead.size(), to.size()));
    if (got > 0) {
        std::copy_n(ahead.begin(), got, to.begin());
        ahead_used_ += std::size_t(got);
    } else {
        got = source_.read(to);
    }
    if (got < 0) {
        failed_ = true;
        return AVERROR(EIO);
    }
    if (got == 0) return AVERROR_EOF;
    const auto n = std::size_t(std::min<std::int64_t>(got, std::int64_t(to.size())));
    const std::int64_t known = watched_ - position_;
    if (watcher_ && known >= 0 && known < std::int64_t(n)) {
        watcher_(std::span<const std::byte>(to).first(n).subspan(std::size_t(known)));
        watched_ = position_ + std::int64_t(n);
    }
    position_ += std::int64_t(n);
    return int(n);
}

int AvIo::write(std::span<const std::byte> from) {
    if (failed_ || !sink_.write(from)) {
        failed_ = true;
        return AVERROR(EIO);
    }
    position_ += std::int64_t(from.size());
    end_ = std::max(end_, position_);
    return int(from.size());
}

std::int64_t AvIo::seek(std::int64_t offset, int whence) {
    const std::int64_t size = sink_.write ? end_ : source_.size_bytes;
    if ((whence & AVSEEK_SIZE) != 0) return size >= 0 ? size : AVERROR(ENOSYS);
    whence &= ~AVSEEK_FORCE;
    if (whence == SEEK_CUR) offset += position_;
    if (whence == SEEK_END) {
        if (size < 0) return AVERROR(ENOSYS);
        offset += size;
    }
    const auto& go = sink_.write ? sink_.seek : source_.seek;
    if (offset < 0 || failed_ || !go(offset)) return AVERROR(EIO);
    ahead_.clear();
    ahead_used_ = 0;
    position_ = offset;
    return offset;
}

}  // namespace doubletalk::codec
