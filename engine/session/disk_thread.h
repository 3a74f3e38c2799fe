// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "engine/core/result.h"
#include "engine/session/message_ring.h"
#include "engine/session/session_files.h"

namespace doubletalk::session {

/// The disk side of a SessionWriter: the thread that drains the ring into the files. Everything but
/// ring() and drop() may lock and wait. Thread: owner; ring().push() and drop() the worker.
class DiskThread {
public:
    DiskThread(std::filesystem::path folder, SessionHeader header, SessionFiles files);
    ~DiskThread();

    [[nodiscard]] MessageRing& ring() noexcept { return ring_; }
    void drop() noexcept { dropped_.fetch_add(1, std::memory_order_relaxed); }
    [[nodiscard]] std::int64_t dropped() const noexcept { return dropped_.load(); }

    /// A name under tracks/ that is free for this item.
    [[nodiscard]] std::string itemFile(ItemId item);
    void item(SessionFiles::WaitingItem item);
    void waitForSpace();
    [[nodiscard]] Result<void> flush();
    void withFilesInPlace(const std::function<void()>& copy);
    [[nodiscard]] BlockIndex firstBlock() const noexcept { return first_block_.load(); }
    [[nodiscard]] std::string diskError() const;
    [[nodiscard]] Result<void> finish(const nlohmann::json& summary);

private:
    void run();
    void stop();
    void drain();
    void takeItems();
    void flushFiles();
    void restartIfFull();
    void describe();
    void failed(const Error& error);

    const std::filesystem::path folder_;
    const SessionHeader header_;
    MessageRing ring_;
    std::atomic<std::int64_t> dropped_{0};
    std::atomic<bool> items_waiting_{false};
    std::atomic<BlockIndex> first_block_{0};

    SessionFiles files_;  ///< the disk thread's, after it ended the owner's
    SessionState state_;  ///< the same
    std::int64_t known_dropped_ = 0;
    std::vector<std::byte> body_;
    std::mutex in_place_;  ///< held by whoever copies files or replaces them

    mutable std::mutex mutex_;
    std::condition_variable wake_, done_;
    std::vector<SessionFiles::WaitingItem> items_;
    std::map<ItemId, int> item_files_;
    std::string disk_error_;
    std::int64_t flush_wanted_ = 0, flush_done_ = 0;
    bool stop_ = false, space_wanted_ = false, ended_ = false;
    std::thread thread_;
};

/// Disk space that is given back when the disk is full, so that session.json can still say so.
inline constexpr std::string_view kReserveFile = ".reserve";

}  // namespace doubletalk::session
