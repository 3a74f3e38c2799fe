// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/session/disk_thread.h"

#include <chrono>

#include "engine/core/thread_role.h"
#include "engine/session/wav_file.h"

namespace doubletalk::session {
namespace {

using namespace std::chrono_literals;

constexpr auto kPoll = 20ms;
constexpr auto kFlushEvery = 250ms;
constexpr std::size_t kFlushBytes = std::size_t{1} << 20;

}  // namespace

DiskThread::DiskThread(std::filesystem::path folder, SessionHeader header, SessionFiles files)
    : folder_(std::move(folder)),
      header_(std::move(header)),
      ring_(header_.ring_bytes),
      files_(std::move(files)),
      thread_([this] { run(); }) {}

DiskThread::~DiskThread() { stop(); }

void DiskThread::stop() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void DiskThread::run() {
    const ScopedRole role(ThreadRole::disk);
    auto flushed = std::chrono::steady_clock::now();
    for (bool last = false; !last;) {
        std::int64_t wanted = 0;
        {
            std::unique_lock lock(mutex_);
            wake_.wait_for(lock, kPoll,
                           [&] { return stop_ || space_wanted_ || flush_wanted_ > flush_done_; });
            last = stop_;
            space_wanted_ = false;
            wanted = flush_wanted_;
        }
        drain();
        const auto now = std::chrono::steady_clock::now();
        if (last || wanted > flush_done_ || now - flushed >= kFlushEvery) {
            flushFiles();
            if (!last) restartIfFull();
            flushed = now;
        }
        {
            const std::lock_guard lock(mutex_);
            flush_done_ = wanted;
            ended_ = last;
        }
        done_.notify_all();
    }
}

void DiskThread::drain() {
    MessageHeader header;
    takeItems();
    while (ring_.pop(header, body_)) {
        // Whoever queued an item did so before the worker could speak of it.
        if (items_waiting_.load(std::memory_order_acquire)) takeItems();
        if (!state_.disk_error.empty()) continue;
        files_.take(header, body_);
        if (files_.pendingBytes() > kFlushBytes) flushFiles();
    }
}

void DiskThread::takeItems() {
    std::vector<SessionFiles::WaitingItem> items;
    {
        const std::lock_guard lock(mutex_);
        items.swap(items_);
        items_waiting_.store(false, std::memory_order_release);
    }
    for (auto& item : items) {
        if (state_.disk_error.empty()) {
            const auto path = folder_ / kTracksFolder / item.file;
            if (auto done = writeMonoWav(path, item.rate_hz, item.samples); !done) {
                failed(done.error());
            }
        }
        item.samples = {};
        files_.takeItem(std::move(item));
    }
}

void DiskThread::flushFiles() {
    if (!state_.disk_error.empty()) return;
    if (auto done = files_.flush(); !done) return failed(done.error());
    const auto dropped = dropped_.load(std::memory_order_relaxed);
    if (dropped == known_dropped_) return;
    known_dropped_ = dropped;
    state_.bit_exact = false;
    state_.dropped_records = dropped;
    if (state_.reason.empty()) {
        state_.reason = "the disk was too slow: records were dropped";
    }
    describe();
}

void DiskThread::restartIfFull() {
    if (header_.limit_bytes <= 0 || !state_.disk_error.empty()) return;
    if (files_.bytesOnDisk() <= header_.limit_bytes) return;
    const std::unique_lock in_place(in_place_, std::try_to_lock);
    if (!in_place) return;  // somebody copies: next time
    const auto start = files_.next();
    if (auto done = files_.restart(header_); !done) return failed(done.error());
    state_.first_block = start.block;
    state_.first_playback_frame = start.playback_frame;
    state_.bit_exact = false;
    state_.reason = "the spool was full and dropped the blocks before " +
                    std::to_string(start.block) + "; raise session.spool_mib";
    first_block_.store(start.block);
    describe();
}

void DiskThread::describe() {
    const auto text = descriptionText(describeSession(header_, state_));
    if (auto done = replaceFile(folder_ / kDescriptionFile, text); !done) {
        if (state_.disk_error.empty()) failed(done.error());
    }
}

void DiskThread::failed(const Error& error) {
    std::error_code ignored;
    std::filesystem::remove(folder_ / kReserveFile, ignored);
    state_.disk_error = error.message();
    state_.bit_exact = false;
    state_.reason = "recording stopped: " + error.message();
    {
        const std::lock_guard lock(mutex_);
        disk_error_ = state_.disk_error;
    }
    describe();
}

std::string DiskThread::itemFile(ItemId item) {
    const std::lock_guard lock(mutex_);
    const int count = ++item_files_[item];
    return "item-" + std::to_string(item) + (count > 1 ? "." + std::to_string(count) : "") + ".wav";
}

void DiskThread::item(SessionFiles::WaitingItem item) {
    const std::lock_guard lock(mutex_);
    items_.push_back(std::move(item));
    items_waiting_.store(true, std::memory_order_release);
}

void DiskThread::waitForSpace() {
    const auto enough = [&] { return ring_.space() * 2 >= ring_.capacity(); };
    if (enough()) return;
    std::unique_lock lock(mutex_);
    while (!enough() && !ended_) {
        space_wanted_ = true;
        wake_.notify_one();
        done_.wait(lock);
    }
}

Result<void> DiskThread::flush() {
    std::unique_lock lock(mutex_);
    const auto wanted = ++flush_wanted_;
    wake_.notify_one();
    done_.wait(lock, [&] { return flush_done_ >= wanted || ended_; });
    if (!disk_error_.empty()) return fail(ErrorKind::io, disk_error_);
    return {};
}

void DiskThread::withFilesInPlace(const std::function<void()>& copy) {
    const std::lock_guard lock(in_place_);
    copy();
}

std::string DiskThread::diskError() const {
    const std::lock_guard lock(mutex_);
    return disk_error_;
}

Result<void> DiskThread::finish(const nlohmann::json& summary) {
    stop();
    if (state_.disk_error.empty()) {
        if (auto done = files_.close(); !done) failed(done.error());
    }
    std::error_code ignored;
    std::filesystem::remove(folder_ / kReserveFile, ignored);
    state_.complete = state_.disk_error.empty();
    state_.written = files_.written();
    state_.summary = summary;
    describe();
    if (!state_.disk_error.empty()) return fail(ErrorKind::io, state_.disk_error);
    return {};
}

}  // namespace doubletalk::session
