// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/session/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "engine/core/write_target.h"

namespace doubletalk::session {
namespace {

Result<void> writeAll(int fd, std::string_view bytes, const std::filesystem::path& path) {
    while (!bytes.empty()) {
        const auto n = ::write(fd, bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return ioError(n < 0 ? errno : ENOSPC, "cannot write", path);
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return {};
}

}  // namespace

tl::unexpected<Error> ioError(int code, const std::string& doing,
                              const std::filesystem::path& path) {
    const auto kind = code == ENOENT ? ErrorKind::not_found : ErrorKind::io;
    return fail(kind, doing + ": " + std::generic_category().message(code), path.string(),
                writeHint(code));
}

Result<OutputFile> OutputFile::create(const std::filesystem::path& path) {
    OutputFile file;
    file.fd_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (file.fd_ < 0) return ioError(errno, "cannot create the file", path);
    file.path_ = path;
    return file;
}

OutputFile::~OutputFile() {
    if (fd_ >= 0) ::close(fd_);
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), size_(other.size_), path_(std::move(other.path_)) {}

OutputFile& OutputFile::operator=(OutputFile&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(size_, other.size_);
    std::swap(path_, other.path_);
    return *this;
}

Result<void> OutputFile::append(std::string_view bytes) {
    auto done = writeAll(fd_, bytes, path_);
    if (done) size_ += static_cast<std::int64_t>(bytes.size());
    return done;
}

Result<void> OutputFile::overwriteStart(std::string_view bytes) {
    // A header is far smaller than a page: it is written in one go or not at all.
    const auto n = ::pwrite(fd_, bytes.data(), bytes.size(), 0);
    if (n != static_cast<ssize_t>(bytes.size())) {
        return ioError(n < 0 ? errno : ENOSPC, "cannot write", path_);
    }
    return {};
}

Result<void> OutputFile::close() {
    const int fd = std::exchange(fd_, -1);
    if (fd >= 0 && ::close(fd) != 0) return ioError(errno, "cannot close the file", path_);
    return {};
}

Result<void> replaceFile(const std::filesystem::path& path, std::string_view text) {
    const auto target = writeTarget(path);
    if (!target) return tl::unexpected(target.error());
    auto part = *target;
    part += ".part";
    const int fd = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) return ioError(errno, "cannot create the file", part);
    auto done = writeAll(fd, text, part);
    if (::close(fd) != 0 && done) done = ioError(errno, "cannot close the file", part);
    if (done && ::rename(part.c_str(), target->c_str()) != 0) {
        done = ioError(errno, "cannot replace the file", path);
    }
    if (!done) ::unlink(part.c_str());
    return done;
}

Result<std::string> readWhole(const std::filesystem::path& path, std::int64_t max_bytes) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return ioError(errno, "cannot open the file", path);
    struct stat info {};
    std::string text;
    Result<void> done;
    if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        done = fail(ErrorKind::format, "is not a file", path.string(), "check the path");
    } else if (info.st_size > max_bytes) {
        done = fail(ErrorKind::format, "is larger than " + std::to_string(max_bytes >> 20) + " MiB",
                    path.string(),
                    "this is no session written by this program, or one too long to read whole");
    } else {
        text.resize(static_cast<std::size_t>(info.st_size));
        std::size_t got = 0;
        while (got < text.size()) {
            const auto n = ::read(fd, text.data() + got, text.size() - got);
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) done = ioError(errno, "cannot read the file", path);
            if (n <= 0) break;
            got += static_cast<std::size_t>(n);
        }
        text.resize(got);
    }
    ::close(fd);
    if (!done) return tl::unexpected(done.error());
    return text;
}

}  // namespace doubletalk::session
