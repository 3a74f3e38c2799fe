// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/session/session_reader.h"

#include <algorithm>
#include <cmath>

#include "engine/session/csv_table.h"
#include "engine/session/description.h"
#include "engine/session/event_log.h"
#include "engine/session/output_file.h"
#include "engine/session/pcap_file.h"
#include "engine/session/wav_file.h"

namespace doubletalk::session {
namespace {

constexpr std::int64_t kMaxDescriptionBytes = std::int64_t{16} << 20;
constexpr std::int64_t kMaxFileBytes = std::int64_t{2} << 30;
constexpr std::int64_t kMaxSamples = std::int64_t{1} << 31;

/// Reads one session; each step fills a part of it and may end the whole with an error.
class Reader {
public:
    explicit Reader(const std::filesystem::path& folder) { session_.folder = folder; }

    Result<Session> read() {
        Result<void> done = readDescription();
        for (const auto step : {&Reader::readAudio, &Reader::readLog, &Reader::findEnd,
                                &Reader::takeRecords, &Reader::readPackets, &Reader::readItems,
                                &Reader::readTables, &Reader::readPlayback, &Reader::checkCounts}) {
            if (done) done = (this->*step)();
        }
        if (!done) return tl::unexpected(done.error());
        return std::move(session_);
    }

private:
    [[nodiscard]] std::filesystem::path file(std::string_view name) const {
        return session_.folder / name;
    }
    [[nodiscard]] bool killed() const { return !session_.complete; }
    [[nodiscard]] bool kept(BlockIndex block) const {
        return !killed() || block < session_.end_block;
    }
    void noteCut(std::string_view what, std::size_t count) {
        if (count > 0) {
            session_.notes.push_back(std::string(what) + ": " + std::to_string(count) +
                                     " after the last complete block left out");
        }
    }
    /// Drops what lies after the last complete block.
    template <class R>
    void cut(std::vector<R>& list, std::string_view what) {
        const auto before = list.size();
        std::erase_if(list, [&](const R& record) { return !kept(record.block); });
        noteCut(what, before - list.size());
    }

    Result<void> readDescription();
    Result<void> readAudio();
    Result<void> readLog();
    Result<void> findEnd();
    Result<void> takeRecords();
    Result<void> readPackets();
    Result<void> readItems();
    Result<void> readTables();
    Result<void> readPlayback();
    Result<void> checkCounts();
    Result<void> readTable(std::string_view name, Table& table, std::int64_t& rows);

    Session session_;
    SessionState state_;
    WrittenCounts found_;
    EventLog log_;
};

Result<void> Reader::readDescription() {
    std::error_code error;
    if (!std::filesystem::is_directory(session_.folder, error)) {
        return fail(ErrorKind::not_found, "there is no such folder", session_.folder.string(),
                    "give the folder of a recorded session");
    }
    const auto path = file(kDescriptionFile);
    auto text = readWhole(path, kMaxDescriptionBytes);
    if (!text && text.error().kind == ErrorKind::not_found) {
        return fail(ErrorKind::not_found, "there is no session.json: this is no session",
                    session_.folder.string(), "give the folder of a recorded session");
    }
    if (!text) return tl::unexpected(text.error());
    auto json = parseDescription(*text, path.string());
    if (!json) return tl::unexpected(json.error());
    state_ = stateOf(*json);
    session_.description = std::move(*json);
    session_.rate_hz = session_.description["rate_hz"].get<int>();
    session_.complete = state_.complete;
    session_.first_block = state_.first_block;
    if (killed()) session_.notes.emplace_back("the session was not finished");
    if (!state_.disk_error.empty()) session_.notes.push_back(state_.disk_error);
    if (!state_.bit_exact) session_.notes.push_back("not bit-exact: " + state_.reason);
    return {};
}

Result<void> Reader::readAudio() {
    const auto taps = headerOf(session_.description).taps;
    if (taps.empty()) return {};
    int rate_hz = 0;
    const auto path = file(kAudioFile);
    auto audio = readWav(path, static_cast<int>(taps.size()), kMaxSamples, rate_hz);
    if (!audio) return tl::unexpected(audio.error());
    if (rate_hz != session_.rate_hz) {
        return fail(ErrorKind::format,
                    "has " + std::to_string(rate_hz) + " Hz where session.json says " +
                        std::to_string(session_.rate_hz),
                    path.string(), "the session is damaged, restore a copy");
    }
    found_.audio_frames = static_cast<std::int64_t>(audio->front().size());
    for (std::size_t i = 0; i < taps.size(); ++i) session_.taps[taps[i]] = std::move((*audio)[i]);
    return {};
}

Result<void> Reader::readLog() {
    const auto path = file(kEventsFile);
    auto text = readWhole(path, kMaxFileBytes);
    if (!text) return tl::unexpected(text.error());
    auto log = parseEvents(*text, path.string(), killed());
    if (!log) return tl::unexpected(log.error());
    log_ = std::move(*log);
    found_.event_lines = log_.lines;
    if (log_.cut) session_.notes.emplace_back("events.jsonl: half a line at its end left out");
    return {};
}

Result<void> Reader::findEnd() {
    const auto block_frames = session_.rate_hz / 100;
    const auto whole = found_.audio_frames / block_frames;
    if (session_.taps.empty()) {
        session_.end_block = std::max(log_.last_block + (killed() ? 0 : 1), session_.first_block);
    } else {
        // The writer makes everything before a block's audio durable before that audio, and other
        // records of the last block may still have been on their way.
        const auto sure = killed() ? std::max<std::int64_t>(0, whole - 1) : whole;
        session_.end_block = session_.first_block + sure;
    }
    if (!killed()) return {};
    const auto frames = static_cast<std::size_t>(session_.blocks() * block_frames);
    for (auto& [name, samples] : session_.taps) {
        if (samples.size() > frames) samples.resize(frames);
    }
    session_.notes.push_back("cut to " + std::to_string(session_.blocks()) + " complete blocks");
    return {};
}

Result<void> Reader::takeRecords() {
    if (killed()) {
        cut(log_.exchanges, "exchanges");
        cut(log_.commands, "commands");
        cut(log_.answers, "answers");
        cut(log_.events, "events");
    }
    session_.exchanges = std::move(log_.exchanges);
    session_.commands = std::move(log_.commands);
    session_.answers = std::move(log_.answers);
    session_.events = std::move(log_.events);
    return {};
}

bool fits(const PcapPacket& packet, const PacketRecord& record) {
    const auto& header = record.header;
    return packet.time_ns == record.arrival_ns && packet.stream == record.stream &&
           packet.sequence == header.sequence && packet.timestamp == header.timestamp &&
           packet.marker == header.marker &&
           packet.rtp_payload_type == rtpPayloadType(header.payload_type);
}

Result<void> Reader::readPackets() {
    const auto path = file(kPacketsFile);
    auto bytes = readWhole(path, kMaxFileBytes);
    if (!bytes) return tl::unexpected(bytes.error());
    auto pcap = parsePcap(std::as_bytes(std::span(*bytes)), path.string(), killed());
    if (!pcap) return tl::unexpected(pcap.error());
    found_.packets = static_cast<std::int64_t>(pcap->packets.size());
    std::size_t next = 0, left_out = 0;
    for (const auto& record : log_.packets) {
        ReadPacket packet{record, {}};
        const bool arrived = record.arrival_ns >= 0;
        if (arrived && next < pcap->packets.size()) {
            const auto& found = pcap->packets[next];
            if (!fits(found, record)) {
                return fail(
                    ErrorKind::format,
                    "packet " + std::to_string(next + 1) + " is not the one events.jsonl speaks of",
                    path.string(), "the files are of different sessions, restore a copy");
            }
            packet.payload.assign(found.payload.begin(), found.payload.end());
        } else if (arrived && kept(record.block)) {
            return fail(ErrorKind::format,
                        "ends before packet " + std::to_string(next + 1) + " of events.jsonl",
                        path.string(), "the file was cut, restore a copy");
        }
        next += arrived ? 1 : 0;
        if (kept(record.block)) {
            session_.packets.push_back(std::move(packet));
        } else {
            ++left_out;
        }
    }
    noteCut("packets", left_out);
    return {};
}

Result<void> Reader::readItems() {
    std::int64_t left = kMaxSamples;
    for (auto& item : log_.items) {
        if (!kept(item.record.block)) continue;
        const auto path = file(kTracksFolder) / item.file;
        int rate_hz = 0;
        auto audio = readWav(path, 1, left, rate_hz);
        if (!audio) return tl::unexpected(audio.error());
        auto& samples = audio->front();
        if (rate_hz != item.record.rate_hz ||
            static_cast<std::int64_t>(samples.size()) != item.samples) {
            return fail(ErrorKind::format,
                        "holds " + std::to_string(samples.size()) + " samples at " +
                            std::to_string(rate_hz) + " Hz where events.jsonl says " +
                            std::to_string(item.samples) + " at " +
                            std::to_string(item.record.rate_hz),
                        path.string(), "the session is damaged, restore a copy");
        }
        left -= item.samples;
        item.record.samples = std::move(samples);
        session_.items.push_back(std::move(item.record));
    }
    return {};
}

Result<void> Reader::readTable(std::string_view name, Table& table, std::int64_t& rows) {
    const auto path = file(name);
    auto text = readWhole(path, kMaxFileBytes);
    if (!text) return tl::unexpected(text.error());
    bool half = false;
    auto parsed = parseTable(*text, path.string(), killed(), half);
    if (!parsed) return tl::unexpected(parsed.error());
    table = std::move(*parsed);
    rows = static_cast<std::int64_t>(table.rows.size());
    if (!killed()) return {};
    std::erase_if(table.rows, [&](const std::vector<double>& row) {
        return !kept(static_cast<BlockIndex>(row[0]));
    });
    noteCut(name, static_cast<std::size_t>(rows) - table.rows.size() + (half ? 1 : 0));
    return {};
}

Result<void> Reader::readTables() {
    auto done = readTable(kMetricsFile, session_.metrics, found_.metrics_rows);
    return done ? readTable(kMachineFile, session_.machine, found_.machine_rows) : done;
}

Result<void> Reader::readPlayback() {
    int rate_hz = 0;
    auto audio = readWav(file(kTracksFolder) / kPlaybackFile, 1, kMaxSamples, rate_hz);
    if (!audio) return tl::unexpected(audio.error());
    session_.playback = std::move(audio->front());
    found_.playback_frames = static_cast<std::int64_t>(session_.playback.size());
    if (!killed()) return {};
    std::int64_t handed = 0;
    for (const auto& exchange : session_.exchanges) {
        handed += std::max(0, exchange.playback_frames);
    }
    if (handed < found_.playback_frames) {
        session_.playback.resize(static_cast<std::size_t>(handed));
        noteCut("playback.wav frames", static_cast<std::size_t>(found_.playback_frames - handed));
    }
    return {};
}

Result<void> Reader::checkCounts() {
    if (killed()) return {};
    struct Count {
        std::string_view name;
        std::int64_t found, said;
    };
    const auto& said = state_.written;
    for (const auto& [name, found, wanted] :
         {Count{kAudioFile, found_.audio_frames, said.audio_frames},
          Count{kPlaybackFile, found_.playback_frames, said.playback_frames},
          Count{kPacketsFile, found_.packets, said.packets},
          Count{kEventsFile, found_.event_lines, said.event_lines},
          Count{kMetricsFile, found_.metrics_rows, said.metrics_rows},
          Count{kMachineFile, found_.machine_rows, said.machine_rows}}) {
        if (found == wanted) continue;
        return fail(ErrorKind::format,
                    std::string(name) + " holds " + std::to_string(found) +
                        " entries where session.json says " + std::to_string(wanted),
                    session_.folder.string(), "the session is damaged, restore a copy");
    }
    return {};
}

}  // namespace

Result<Session> readSession(const std::filesystem::path& folder) { return Reader(folder).read(); }

}  // namespace doubletalk::session
