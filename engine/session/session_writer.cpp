// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/session/session_writer.h"

#include <array>
#include <cerrno>
#include <set>

#include "engine/core/thread_role.h"
#include "engine/session/disk_thread.h"
#include "engine/session/pcap_file.h"

namespace doubletalk::session {
namespace {

constexpr std::int64_t kReserveBytes = 64 << 10;

std::string badHeader(const SessionHeader& header) {
    if (!SampleRate{header.rate_hz}.isEngineRate()) {
        return "no session at " + std::to_string(header.rate_hz) + " Hz";
    }
    for (const auto* list : {&header.taps, &header.metrics, &header.machine}) {
        std::set<std::string> seen;
        for (const auto& id : *list) {
            if (id.empty() || id.find_first_of(",\"\r\n") != std::string::npos) {
                return "'" + id + "' cannot name a column";
            }
            if (!seen.insert(id).second) return "'" + id + "' is there twice";
        }
    }
    return {};
}

Result<void> makeFolder(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return ioError(error.value(), "cannot create the session folder", folder);
    if (!std::filesystem::is_directory(folder, error)) {
        return fail(ErrorKind::usage, "is not a folder", folder.string(), "choose another name");
    }
    const bool empty = std::filesystem::is_empty(folder, error);
    if (error) return ioError(error.value(), "cannot look into the folder", folder);
    if (!empty) {
        return fail(ErrorKind::usage, "the folder is not empty", folder.string(),
                    "give a new or empty folder; nothing is ever overwritten");
    }
    return {};
}

bool isPlainName(const std::string& name) {
    if (name.empty() || name.size() > 100 || name == "playback" || name.rfind("item-", 0) == 0) {
        return false;
    }
    return name[0] != '.' && name.find_first_not_of(
                                 "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "0123456789_-.") == std::string::npos;
}

template <class T>
std::span<const std::byte> bytesOf(const T& value) noexcept {
    return std::as_bytes(std::span(&value, 1));
}

}  // namespace

struct SessionWriter::Impl {
    Impl(const std::filesystem::path& where, const SessionHeader& header, SessionFiles files)
        : folder(where),
          taps(header.taps.size()),
          metrics(header.metrics.size()),
          machine(header.machine.size()),
          block_frames(static_cast<std::size_t>(header.rate_hz / 100)),
          parts(taps),
          bulk_reserve_bytes(header.ring_bytes / 16),
          disk(where, header, std::move(files)) {}

    void push(MessageKind kind, std::int64_t stamp,
              std::span<const std::span<const std::byte>> body, bool bulk) noexcept {
        if (!disk.ring().push(kind, stamp, body, bulk ? bulk_reserve_bytes : 0)) disk.drop();
    }
    template <class R>
    void pushRecord(MessageKind kind, const R& record) noexcept {
        DT_ASSERT_THREAD(worker);
        const std::array part{bytesOf(record)};
        push(kind, record.block, part, false);
    }
    void pushRow(MessageKind kind, BlockIndex block, double time_s, std::span<const double> values,
                 std::size_t wanted) noexcept {
        DT_ASSERT_THREAD(worker);
        if (values.size() != wanted) return disk.drop();
        const std::array body{bytesOf(time_s), std::as_bytes(values)};
        push(kind, block, body, true);
    }

    const std::filesystem::path folder;
    const std::size_t taps, metrics, machine, block_frames;
    std::vector<std::span<const std::byte>> parts;  ///< worker
    BlockIndex next_block = 0;                      ///< worker
    std::int64_t next_playback_frame = 0;           ///< worker
    const std::int64_t bulk_reserve_bytes;
    DiskThread disk;
};

SessionWriter::SessionWriter() = default;
SessionWriter::~SessionWriter() = default;

Result<std::unique_ptr<SessionWriter>> SessionWriter::create(const std::filesystem::path& folder,
                                                             const SessionHeader& header) {
    if (const auto bad = badHeader(header); !bad.empty()) return fail(ErrorKind::usage, bad);
    if (auto made = makeFolder(folder); !made) return tl::unexpected(made.error());
    auto files = SessionFiles::create(folder, header, {});
    if (!files) return tl::unexpected(files.error());
    auto reserve = OutputFile::create(folder / kReserveFile);
    if (!reserve) return tl::unexpected(reserve.error());
    auto done = reserve->append(std::string(static_cast<std::size_t>(kReserveBytes), '\0'));
    if (done) {
        done = replaceFile(folder / kDescriptionFile,
                           descriptionText(describeSession(header, SessionState{})));
    }
    if (!done) return tl::unexpected(done.error());
    std::unique_ptr<SessionWriter> writer(new SessionWriter);
    writer->impl_ = std::make_unique<Impl>(folder, header, std::move(*files));
    return writer;
}

void SessionWriter::block(std::span<const std::span<const float>> taps) noexcept {
    DT_ASSERT_THREAD(worker);
    const auto block = impl_->next_block++;
    if (taps.size() != impl_->taps) return impl_->disk.drop();
    for (std::size_t i = 0; i < taps.size(); ++i) {
        if (taps[i].size() != impl_->block_frames) return impl_->disk.drop();
        impl_->parts[i] = std::as_bytes(taps[i]);
    }
    impl_->push(MessageKind::block, block, impl_->parts, true);
}

void SessionWriter::playback(std::span<const float> frames) noexcept {
    DT_ASSERT_THREAD(worker);
    if (frames.empty()) return;
    const std::array part{std::as_bytes(frames)};
    impl_->push(MessageKind::playback, impl_->next_playback_frame, part, true);
    impl_->next_playback_frame += static_cast<std::int64_t>(frames.size());
}

void SessionWriter::exchange(const ExchangeRecord& record) noexcept {
    impl_->pushRecord(MessageKind::exchange, record);
}
void SessionWriter::command(const CommandRecord& record) noexcept {
    impl_->pushRecord(MessageKind::command, record);
}
void SessionWriter::answer(const AnswerRecord& record) noexcept {
    impl_->pushRecord(MessageKind::answer, record);
}
void SessionWriter::event(const Event& event) noexcept {
    impl_->pushRecord(MessageKind::event, event);
}

void SessionWriter::packet(const PacketRecord& record,
                           std::span<const std::byte> payload) noexcept {
    DT_ASSERT_THREAD(worker);
    if (payload.size() > kMaxPacketPayloadBytes) return impl_->disk.drop();
    const std::array body{bytesOf(record), payload};
    impl_->push(MessageKind::packet, record.block, body, true);
}

void SessionWriter::metrics(BlockIndex block, double time_s,
                            std::span<const double> values) noexcept {
    impl_->pushRow(MessageKind::metrics, block, time_s, values, impl_->metrics);
}
void SessionWriter::machine(BlockIndex block, double time_s,
                            std::span<const double> values) noexcept {
    impl_->pushRow(MessageKind::machine, block, time_s, values, impl_->machine);
}

void SessionWriter::item(ItemRecord record) {
    const auto file = impl_->disk.itemFile(record.item);
    std::string line;
    appendLine(line, record, file);
    impl_->disk.item({.block = record.block,
                      .item = record.item,
                      .file = file,
                      .line = std::move(line),
                      .rate_hz = record.rate_hz,
                      .samples = std::move(record.samples)});
}

Result<void> SessionWriter::track(const std::string& name, int rate_hz,
                                  std::span<const float> samples) {
    if (!isPlainName(name)) {
        return fail(ErrorKind::usage, "'" + name + "' cannot name a track", {},
                    "use letters, digits, _ - and .");
    }
    return writeMonoWav(impl_->folder / kTracksFolder / (name + ".wav"), rate_hz, samples);
}

void SessionWriter::waitForSpace() { impl_->disk.waitForSpace(); }
std::int64_t SessionWriter::droppedRecords() const noexcept { return impl_->disk.dropped(); }
std::string SessionWriter::diskError() const { return impl_->disk.diskError(); }
Result<void> SessionWriter::flush() { return impl_->disk.flush(); }
BlockIndex SessionWriter::firstBlock() const noexcept { return impl_->disk.firstBlock(); }
void SessionWriter::withFilesInPlace(const std::function<void()>& copy) {
    impl_->disk.withFilesInPlace(copy);
}
Result<void> SessionWriter::finish(const nlohmann::json& summary) {
    return impl_->disk.finish(summary);
}

}  // namespace doubletalk::session
