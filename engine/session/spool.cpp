// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/session/spool.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>

#include "engine/session/output_file.h"
#include "engine/session/session_copy.h"

namespace doubletalk::session {
namespace {

constexpr std::string_view kPrefix = "spool-";
constexpr const char* kLockFile = "lock";
constexpr const char* kSessionFolder = "session";

/// Process id in a spool's name, spool-<pid>-<n>.
std::optional<std::int64_t> pidOf(const std::string& name) {
    if (name.rfind(kPrefix, 0) != 0) return std::nullopt;
    std::int64_t pid = 0;
    const auto* end = name.data() + name.size();
    const auto [ptr, code] = std::from_chars(name.data() + kPrefix.size(), end, pid);
    if (code != std::errc() || ptr == end || *ptr != '-' || pid <= 0) return std::nullopt;
    return pid;
}

bool isAlive(std::int64_t pid) { return ::kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM; }

/// The lock of a spool says more than its process id, which may have been given to somebody else.
bool isOrphan(const std::filesystem::path& folder, std::int64_t pid) {
    const int lock = ::open((folder / kLockFile).c_str(), O_RDWR | O_CLOEXEC);
    if (lock < 0) return !isAlive(pid);
    const bool free = ::flock(lock, LOCK_EX | LOCK_NB) == 0;
    ::close(lock);
    return free;
}

std::int64_t bytesUnder(const std::filesystem::path& folder) {
    std::int64_t bytes = 0;
    std::error_code error;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, error)) {
        const auto size = entry.is_regular_file(error) ? entry.file_size(error) : 0;
        if (!error) bytes += static_cast<std::int64_t>(size);
    }
    return bytes;
}

}  // namespace

Result<std::unique_ptr<Spool>> Spool::create(const std::filesystem::path& root,
                                             const SessionHeader& header,
                                             const SessionParams& params) {
    std::error_code error;
    std::filesystem::create_directories(root, error);
    if (error) return ioError(error.value(), "cannot create the spool folder", root);
    std::unique_ptr<Spool> spool(new Spool);
    for (int i = 0;; ++i) {
        const auto folder =
            root / (std::string(kPrefix) + std::to_string(::getpid()) + "-" + std::to_string(i));
        if (std::filesystem::create_directory(folder, error)) {
            spool->folder_ = folder;
            break;
        }
        if (error) return ioError(error.value(), "cannot create the spool", folder);
    }
    const auto lock = spool->folder_ / kLockFile;
    spool->lock_ = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (spool->lock_ < 0 || ::flock(spool->lock_, LOCK_EX | LOCK_NB) != 0) {
        return ioError(errno, "cannot lock the spool", lock);
    }
    auto limited = header;
    limited.limit_bytes = std::int64_t{params.spool_mib} << 20;
    auto writer = SessionWriter::create(spool->folder_ / kSessionFolder, limited);
    if (!writer) return tl::unexpected(writer.error());
    spool->writer_ = std::move(*writer);
    return spool;
}

Spool::~Spool() {
    writer_.reset();
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
    if (lock_ >= 0) ::close(lock_);
}

Result<void> Spool::keep(const std::filesystem::path& folder, BlockIndex from_block,
                         BlockIndex to_block) {
    if (from_block < 0 || (to_block >= 0 && to_block <= from_block)) {
        return fail(ErrorKind::usage,
                    "blocks " + std::to_string(from_block) + " to " + std::to_string(to_block) +
                        " are no range",
                    {}, "mark a stretch that ends after it begins");
    }
    nlohmann::json extra;
    extra["marked"] = {{"from_block", from_block}};
    if (to_block >= 0) extra["marked"]["to_block"] = to_block;
    const auto end = to_block >= 0 ? to_block : std::numeric_limits<BlockIndex>::max();
    Result<void> done;
    writer_->withFilesInPlace([&] {
        // Inside, or the spool could drop its start just before it is copied.
        done = writer_->flush();
        if (done) done = copySession(folder_ / kSessionFolder, folder, extra, end);
    });
    return done;
}

Result<void> Spool::finish(const nlohmann::json& summary) { return writer_->finish(summary); }

std::vector<OrphanSpool> listOrphanSpools(const std::filesystem::path& root) {
    std::vector<OrphanSpool> orphans;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(root, error)) {
        const auto pid = pidOf(entry.path().filename().string());
        if (!pid || !entry.is_directory(error) || !isOrphan(entry.path(), *pid)) continue;
        orphans.push_back({entry.path(), *pid, bytesUnder(entry.path())});
    }
    std::sort(orphans.begin(), orphans.end(),
              [](const OrphanSpool& a, const OrphanSpool& b) { return a.folder < b.folder; });
    return orphans;
}

Result<void> recoverSpool(const OrphanSpool& orphan, const std::filesystem::path& folder) {
    return copySession(orphan.folder / kSessionFolder, folder,
                       {{"recovered", {{"pid", orphan.pid}}}});
}

Result<void> removeSpool(const OrphanSpool& orphan) {
    if (!pidOf(orphan.folder.filename().string()) || !isOrphan(orphan.folder, orphan.pid)) {
        return fail(ErrorKind::state, "the spool is in use", orphan.folder.string(),
                    "end the program that writes it first");
    }
    std::error_code error;
    std::filesystem::remove_all(orphan.folder, error);
    if (error) return ioError(error.value(), "cannot delete the spool", orphan.folder);
    return {};
}

}  // namespace doubletalk::session
