// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/session/session_files.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

#include "engine/session/csv_table.h"
#include "engine/session/pcap_file.h"

namespace doubletalk::session {
namespace {

/// A whole record off the front of the bytes.
template <class R>
R recordOf(std::span<const std::byte>& body) {
    static_assert(std::is_trivially_copyable_v<R>);
    R record;
    std::memcpy(static_cast<void*>(&record), body.data(), sizeof record);
    body = body.subspan(sizeof record);
    return record;
}

std::vector<double> doublesOf(std::span<const std::byte> body) {
    std::vector<double> values(body.size() / sizeof(double));
    if (!values.empty()) std::memcpy(values.data(), body.data(), values.size() * sizeof(double));
    return values;
}

Result<void> openText(OutputFile& file, const std::filesystem::path& path, std::string_view start) {
    auto created = OutputFile::create(path);
    if (!created) return tl::unexpected(created.error());
    file = std::move(*created);
    return file.append(start);
}

Result<void> openWav(std::optional<WavWriter>& wav, const std::filesystem::path& path, int rate_hz,
                     std::size_t channels) {
    auto created = WavWriter::create(path, rate_hz, static_cast<int>(channels));
    if (!created) return tl::unexpected(created.error());
    wav = std::move(*created);
    return {};
}

Result<void> flushText(OutputFile& file, std::string& pending) {
    if (pending.empty()) return {};
    auto done = file.append(pending);
    pending.clear();
    return done;
}

}  // namespace

Result<SessionFiles> SessionFiles::create(const std::filesystem::path& folder,
                                          const SessionHeader& header, Start start) {
    SessionFiles files;
    files.folder_ = folder;
    files.taps_ = header.taps.size();
    files.block_frames_ = static_cast<std::size_t>(header.rate_hz / 100);
    files.next_ = start;
    std::error_code error;
    std::filesystem::create_directories(folder / kTracksFolder, error);
    if (error) return ioError(error.value(), "cannot create the folder", folder / kTracksFolder);
    Result<void> done;
    const auto step = [&](auto&& open) {
        if (done) done = open();
    };
    const auto playback = folder / kTracksFolder / kPlaybackFile;
    step([&] { return openText(files.events_, folder / kEventsFile, ""); });
    step([&] { return openText(files.packets_, folder / kPacketsFile, pcapFileHeader()); });
    step(
        [&] { return openText(files.metrics_, folder / kMetricsFile, csvHeader(header.metrics)); });
    step(
        [&] { return openText(files.machine_, folder / kMachineFile, csvHeader(header.machine)); });
    step([&] { return openWav(files.playback_, playback, header.rate_hz, 1); });
    if (files.taps_ > 0) {
        step([&] {
            return openWav(files.audio_, folder / kAudioFile, header.rate_hz, files.taps_);
        });
    }
    if (!done) return tl::unexpected(done.error());
    return files;
}

void SessionFiles::take(const MessageHeader& header, std::span<const std::byte> body) {
    switch (header.kind) {
        case MessageKind::block:
            return takeBlock(header.stamp, body);
        case MessageKind::playback:
            return takePlayback(header.stamp, body);
        case MessageKind::exchange:
            return takeRecord<ExchangeRecord>(body);
        case MessageKind::command:
            return takeRecord<CommandRecord>(body);
        case MessageKind::answer:
            return takeRecord<AnswerRecord>(body);
        case MessageKind::event:
            return takeRecord<Event>(body);
        case MessageKind::packet:
            return takePacket(body);
        case MessageKind::metrics:
        case MessageKind::machine:
            return takeRow(header, body);
    }
}

void SessionFiles::takeBlock(BlockIndex block, std::span<const std::byte> body) {
    const auto size = block_frames_ * taps_;
    // A block the ring had no room for becomes silence: what follows keeps its place.
    for (; next_.block < block; ++next_.block) {
        audio_pending_.resize(audio_pending_.size() + size, 0.0F);
    }
    ++next_.block;
    releaseItems(block);
    const auto start = audio_pending_.size();
    audio_pending_.resize(start + size);
    for (std::size_t tap = 0; tap < taps_; ++tap) {
        for (std::size_t i = 0; i < block_frames_; ++i) {
            // As bits: not even the kind of a NaN may change.
            std::memcpy(&audio_pending_[start + i * taps_ + tap],
                        body.data() + (tap * block_frames_ + i) * sizeof(float), sizeof(float));
        }
    }
}

void SessionFiles::takePlayback(std::int64_t frame, std::span<const std::byte> body) {
    const auto gap =
        static_cast<std::size_t>(std::max<std::int64_t>(0, frame - next_.playback_frame));
    playback_pending_.resize(playback_pending_.size() + gap, 0.0F);
    const auto start = playback_pending_.size();
    const auto frames = body.size() / sizeof(float);
    playback_pending_.resize(start + frames);
    if (frames > 0) std::memcpy(&playback_pending_[start], body.data(), frames * sizeof(float));
    next_.playback_frame = frame + static_cast<std::int64_t>(frames);
}

template <class R>
void SessionFiles::takeRecord(std::span<const std::byte> body) {
    const auto record = recordOf<R>(body);
    releaseItems(record.block);
    appendLine(events_pending_, record);
    ++written_.event_lines;
}

void SessionFiles::takePacket(std::span<const std::byte> body) {
    const auto record = recordOf<PacketRecord>(body);
    releaseItems(record.block);
    if (record.arrival_ns >= 0) {
        appendPcapPacket(packets_pending_, record, body);
        ++written_.packets;
    }
    appendLine(events_pending_, record);
    ++written_.event_lines;
}

void SessionFiles::takeRow(const MessageHeader& header, std::span<const std::byte> body) {
    const auto time_s = recordOf<double>(body);
    const bool metrics = header.kind == MessageKind::metrics;
    auto& out = metrics ? metrics_pending_ : machine_pending_;
    ++(metrics ? written_.metrics_rows : written_.machine_rows);
    appendCsvRow(out, header.stamp, time_s, doublesOf(body));
}

void SessionFiles::takeItem(WaitingItem waiting) {
    const auto after = std::upper_bound(
        items_.begin(), items_.end(), waiting, [](const WaitingItem& a, const WaitingItem& b) {
            return a.block != b.block ? a.block < b.block : a.item < b.item;
        });
    items_.insert(after, std::move(waiting));
}

void SessionFiles::releaseItems(BlockIndex block) {
    while (!items_.empty() && items_.front().block <= block) {
        events_pending_ += items_.front().line;
        ++written_.event_lines;
        items_.erase(items_.begin());
    }
}

std::size_t SessionFiles::pendingBytes() const {
    return (audio_pending_.size() + playback_pending_.size()) * sizeof(float) +
           events_pending_.size() + packets_pending_.size() + metrics_pending_.size() +
           machine_pending_.size();
}

Result<void> SessionFiles::flushWav(std::optional<WavWriter>& wav, std::vector<float>& pending) {
    if (!wav || pending.empty()) {
        pending.clear();
        return {};
    }
    auto done = wav->write(pending);
    pending.clear();
    return done ? wav->updateHeader() : done;
}

Result<void> SessionFiles::flush() {
    std::error_code error;
    // Files that were deleted can be written for ever: look whether the folder is still there.
    if (!std::filesystem::exists(folder_ / kEventsFile, error)) {
        return ioError(ENOENT, "the session folder is gone", folder_);
    }
    auto done = flushWav(playback_, playback_pending_);
    if (done) done = flushText(packets_, packets_pending_);
    if (done) done = flushText(metrics_, metrics_pending_);
    if (done) done = flushText(machine_, machine_pending_);
    if (done) done = flushText(events_, events_pending_);
    if (done) done = flushWav(audio_, audio_pending_);
    if (audio_) written_.audio_frames = audio_->frames();
    if (playback_) written_.playback_frames = playback_->frames();
    return done;
}

Result<void> SessionFiles::close() {
    releaseItems(std::numeric_limits<BlockIndex>::max());
    auto done = flush();
    const auto step = [&](auto&& result) {
        if (done) done = std::move(result);
    };
    if (audio_) step(audio_->close());
    if (playback_) step(playback_->close());
    for (auto* file : {&events_, &packets_, &metrics_, &machine_}) step(file->close());
    return done;
}

Result<void> SessionFiles::restart(const SessionHeader& header) {
    auto items = std::move(items_);
    items_.clear();
    if (auto done = close(); !done) return done;
    std::error_code error;
    for (const auto name : {kEventsFile, kPacketsFile, kMetricsFile, kMachineFile, kAudioFile}) {
        std::filesystem::remove(folder_ / name, error);
    }
    const auto tracks = folder_ / kTracksFolder;
    std::filesystem::remove(tracks / kPlaybackFile, error);
    for (const auto& entry : std::filesystem::directory_iterator(tracks, error)) {
        const auto name = entry.path().filename().string();
        const bool waits = std::any_of(items.begin(), items.end(),
                                       [&](const WaitingItem& item) { return item.file == name; });
        if (name.rfind("item-", 0) == 0 && !waits) std::filesystem::remove(entry.path(), error);
    }
    auto fresh = create(folder_, header, next_);
    if (!fresh) return tl::unexpected(fresh.error());
    *this = std::move(*fresh);
    items_ = std::move(items);
    return {};
}

std::int64_t SessionFiles::bytesOnDisk() const {
    std::int64_t bytes = events_.size() + packets_.size() + metrics_.size() + machine_.size();
    for (const auto* wav : {&audio_, &playback_}) {
        if (*wav) bytes += (*wav)->frames() * (*wav)->channels() * std::int64_t{sizeof(float)};
    }
    return bytes;
}

}  // namespace doubletalk::session
