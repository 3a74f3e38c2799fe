// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/session/session_copy.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "engine/session/description.h"
#include "engine/session/event_log.h"
#include "engine/session/output_file.h"
#include "engine/session/pcap_file.h"
#include "engine/session/wav_file.h"

namespace doubletalk::session {
namespace {

constexpr std::int64_t kMaxFileBytes = std::int64_t{2} << 30;

class Copy {
public:
    Copy(std::filesystem::path source, std::filesystem::path target)
        : source_(std::move(source)), target_(std::move(target)) {}

    Result<void> run(const nlohmann::json& extra, BlockIndex end_block);

private:
    Result<void> openSource();
    Result<void> makeTarget();
    Result<void> copyEvents();
    Result<void> copyPackets();
    Result<void> copyTables();
    Result<void> copyTable(std::string_view name, std::int64_t& rows);
    Result<void> copyAudio();
    Result<void> copyTracks();
    Result<void> writeDescription(const nlohmann::json& extra);
    static Result<std::int64_t> copyWav(WavReader& from, const std::filesystem::path& to,
                                        std::int64_t frames);
    static Result<void> writeText(const std::filesystem::path& path, std::string_view text);

    const std::filesystem::path source_, target_;
    nlohmann::json description_;
    SessionHeader header_;
    SessionState state_;
    std::optional<WavReader> audio_;
    BlockIndex end_ = 0;
    bool whole_ = false;
    std::string events_;
    std::vector<bool> packets_kept_;
    std::vector<std::string> item_files_;
    std::int64_t playback_frames_ = 0;
    WrittenCounts written_;
};

Result<void> Copy::openSource() {
    auto text = readWhole(source_ / kDescriptionFile, std::int64_t{16} << 20);
    if (!text) return tl::unexpected(text.error());
    auto json = parseDescription(*text, (source_ / kDescriptionFile).string());
    if (!json) return tl::unexpected(json.error());
    header_ = headerOf(*json);
    state_ = stateOf(*json);
    description_ = std::move(*json);
    if (!header_.taps.empty()) {
        // First of all: while the source grows, every other file holds at least what the header of
        // the audio speaks of.
        auto audio = WavReader::open(source_ / kAudioFile, static_cast<int>(header_.taps.size()));
        if (!audio) return tl::unexpected(audio.error());
        audio_ = std::move(*audio);
    }
    auto events = readWhole(source_ / kEventsFile, kMaxFileBytes);
    if (!events) return tl::unexpected(events.error());
    events_ = std::move(*events);
    return {};
}

Result<void> Copy::makeTarget() {
    std::error_code error;
    std::filesystem::create_directories(target_ / kTracksFolder, error);
    if (error) return ioError(error.value(), "cannot create the session folder", target_);
    std::size_t entries = 0;
    for (const auto& entry : std::filesystem::directory_iterator(target_, error)) {
        entries += entry.path().filename() != kTracksFolder ? 1 : 0;
    }
    if (entries > 0) {
        return fail(ErrorKind::usage, "the folder is not empty", target_.string(),
                    "give a new or empty folder; nothing is ever overwritten");
    }
    return {};
}

Result<void> Copy::writeText(const std::filesystem::path& path, std::string_view text) {
    auto file = OutputFile::create(path);
    if (!file) return tl::unexpected(file.error());
    auto done = file->append(text);
    return done ? file->close() : done;
}

Result<void> Copy::copyEvents() {
    std::string kept;
    std::string_view rest = events_;
    EventLog log;
    for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
        EventLog one;
        one.lines = log.lines++;
        const auto line = rest.substr(0, end + 1);
        auto done = parseEventLine(line.substr(0, end), (source_ / kEventsFile).string(), one);
        if (!done) return done;
        rest.remove_prefix(end + 1);
        const bool keep = whole_ || one.last_block < end_;
        if (!one.packets.empty() && one.packets[0].arrival_ns >= 0) {
            packets_kept_.push_back(keep);
        }
        if (!keep) continue;
        kept += line;
        ++written_.event_lines;
        for (const auto& exchange : one.exchanges) {
            playback_frames_ += std::max(0, exchange.playback_frames);
        }
        for (const auto& item : one.items) item_files_.push_back(item.file);
    }
    return writeText(target_ / kEventsFile, kept);
}

Result<void> Copy::copyPackets() {
    const auto path = source_ / kPacketsFile;
    auto bytes = readWhole(path, kMaxFileBytes);
    if (!bytes) return tl::unexpected(bytes.error());
    auto pcap = parsePcap(std::as_bytes(std::span(*bytes)), path.string(), true);
    if (!pcap) return tl::unexpected(pcap.error());
    std::string kept = pcapFileHeader();
    for (std::size_t i = 0; i < packets_kept_.size(); ++i) {
        if (!packets_kept_[i]) continue;
        if (i >= pcap->packets.size()) {
            return fail(ErrorKind::format, "ends before packet " + std::to_string(i + 1),
                        path.string(), "the session is damaged");
        }
        // A record lies right before its payload: 16 bytes of pcap, 40 of IP, UDP and RTP.
        constexpr std::size_t kHeaders = 16 + 40;
        const auto& payload = pcap->packets[i].payload;
        kept.append(reinterpret_cast<const char*>(payload.data()) - kHeaders,
                    kHeaders + payload.size());
        ++written_.packets;
    }
    return writeText(target_ / kPacketsFile, kept);
}

Result<void> Copy::copyTable(std::string_view name, std::int64_t& rows) {
    auto text = readWhole(source_ / name, kMaxFileBytes);
    if (!text) return tl::unexpected(text.error());
    std::string kept;
    std::string_view rest = *text;
    bool first = true;
    for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
        const auto line = rest.substr(0, end + 1);
        rest.remove_prefix(end + 1);
        BlockIndex block = -1;
        if (!first) std::from_chars(line.data(), line.data() + line.size(), block);
        const bool keep = block >= 0 && (whole_ || block < end_);
        if (first || keep) kept += line;
        if (keep) ++rows;
        first = false;
    }
    return writeText(target_ / name, kept);
}

Result<void> Copy::copyTables() {
    auto done = copyTable(kMetricsFile, written_.metrics_rows);
    return done ? copyTable(kMachineFile, written_.machine_rows) : done;
}

Result<std::int64_t> Copy::copyWav(WavReader& from, const std::filesystem::path& to,
                                   std::int64_t frames) {
    auto writer = WavWriter::create(to, from.rateHz(), from.channels());
    if (!writer) return tl::unexpected(writer.error());
    const auto channels = static_cast<std::size_t>(from.channels());
    std::vector<float> piece(16384 * channels);
    while (writer->frames() < frames) {
        const auto left = frames - writer->frames();
        const auto ask = static_cast<std::size_t>(std::min<std::int64_t>(left, 16384));
        const auto got = from.read(std::span(piece).first(ask * channels));
        if (got == 0) break;
        auto done = writer->write(
            std::span<const float>(piece).first(static_cast<std::size_t>(got) * channels));
        if (!done) return tl::unexpected(done.error());
    }
    if (auto done = writer->close(); !done) return tl::unexpected(done.error());
    return writer->frames();
}

Result<void> Copy::copyAudio() {
    if (!audio_) return {};
    const auto frames = (end_ - state_.first_block) * (header_.rate_hz / 100);
    auto copied = copyWav(*audio_, target_ / kAudioFile, frames);
    if (!copied) return tl::unexpected(copied.error());
    written_.audio_frames = *copied;
    return {};
}

Result<void> Copy::copyTracks() {
    auto playback = WavReader::open(source_ / kTracksFolder / kPlaybackFile, 1);
    if (!playback) return tl::unexpected(playback.error());
    const auto target = target_ / kTracksFolder;
    const auto frames = whole_ ? playback->frames() : playback_frames_;
    auto copied = copyWav(*playback, target / kPlaybackFile, frames);
    if (!copied) return tl::unexpected(copied.error());
    written_.playback_frames = *copied;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(source_ / kTracksFolder, error)) {
        const auto name = entry.path().filename().string();
        const bool item = name.rfind("item-", 0) == 0;
        const bool wanted =
            std::find(item_files_.begin(), item_files_.end(), name) != item_files_.end();
        if (name == kPlaybackFile || (item && !wanted)) continue;
        std::filesystem::copy_file(entry.path(), target / name, error);
        if (error) return ioError(error.value(), "cannot copy the track", entry.path());
    }
    return {};
}

Result<void> Copy::writeDescription(const nlohmann::json& extra) {
    state_.complete = true;
    state_.written = written_;
    auto json = describeSession(header_, state_);
    json.update(extra);
    return replaceFile(target_ / kDescriptionFile, descriptionText(json));
}

Result<void> Copy::run(const nlohmann::json& extra, BlockIndex end_block) {
    if (auto done = openSource(); !done) return done;
    if (auto done = makeTarget(); !done) return done;
    end_ = end_block;
    if (audio_) {
        const auto whole = audio_->frames() / (header_.rate_hz / 100);
        const auto sure = state_.complete ? whole : std::max<std::int64_t>(0, whole - 1);
        const auto end = state_.first_block + sure;
        // All of a finished session: what is stamped after its last block belongs to it, too.
        whole_ = state_.complete && end_block >= end;
        end_ = std::clamp(end_, state_.first_block, end);
    }
    auto done = copyEvents();
    for (const auto step :
         {&Copy::copyPackets, &Copy::copyTables, &Copy::copyAudio, &Copy::copyTracks}) {
        if (done) done = (this->*step)();
    }
    return done ? writeDescription(extra) : done;
}

}  // namespace

Result<void> copySession(const std::filesystem::path& source, const std::filesystem::path& target,
                         const nlohmann::json& extra, BlockIndex end_block) {
    return Copy(source, target).run(extra, end_block);
}

}  // namespace doubletalk::session
