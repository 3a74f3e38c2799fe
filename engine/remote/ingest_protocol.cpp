// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/remote/ingest_protocol.h"

#include <algorithm>
#include <cstring>

#include "engine/remote/little_endian.h"

namespace doubletalk::remote {
namespace {

constexpr std::string_view kMagic = "DTIN";
constexpr std::size_t kHeadBytes = 5;
constexpr std::size_t kFormatBytes = 12;

template <class Number>
void appendNumber(Number value, std::string& bytes) {
    char raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    bytes.append(raw, sizeof value);
}

template <class Number>
Number numberAt(std::string_view bytes, std::size_t at) {
    Number value;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

void appendHead(char kind, std::size_t body_bytes, std::string& bytes) {
    bytes += kind;
    appendNumber(std::uint32_t(body_bytes), bytes);
}

std::int64_t senderLimit(char kind) {
    switch (kind) {
        case 'F':
            return std::int64_t(kFormatBytes);
        case 'A':
            return std::int64_t(kIngestMaxAudioBytes);
        case 'E':
            return 0;
        default:
            return -1;
    }
}

std::int64_t serverLimit(char kind) {
    switch (kind) {
        case 'K':
            return 0;
        case 'R':
            return std::int64_t(kIngestMaxReasonBytes);
        default:
            return -1;
    }
}

std::string range(int low, int high) { return std::to_string(low) + " to " + std::to_string(high); }

}  // namespace

void appendIngestFormat(const IngestFormat& format, std::string& bytes) {
    appendHead('F', kFormatBytes, bytes);
    bytes += kMagic;
    appendNumber(std::uint16_t(kIngestVersion), bytes);
    appendNumber(std::uint16_t(format.channels), bytes);
    appendNumber(std::uint32_t(format.rate_hz), bytes);
}

void appendIngestAudio(std::span<const std::int16_t> samples, int channels, std::string& bytes) {
    const auto frame = std::size_t(std::max(channels, 1));
    const auto most = kIngestMaxAudioBytes / sizeof(std::int16_t) / frame * frame;
    while (!samples.empty()) {
        const auto piece = samples.first(std::min(samples.size(), most));
        appendHead('A', piece.size_bytes(), bytes);
        bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size_bytes());
        samples = samples.subspan(piece.size());
    }
}

void appendIngestEnd(std::string& bytes) { appendHead('E', 0, bytes); }

void appendIngestTaken(std::string& bytes) { appendHead('K', 0, bytes); }

void appendIngestRefused(std::string_view reason, std::string& bytes) {
    reason = reason.substr(0, kIngestMaxReasonBytes);
    appendHead('R', reason.size(), bytes);
    bytes += reason;
}

bool IngestFramer::next(std::string_view& bytes, Packet& packet) {
    if (!broken_.empty()) return false;
    if (whole_) {
        held_.clear();
        head_read_ = whole_ = false;
    }
    const auto hold = [&](std::size_t wanted) {
        const auto n = std::min(wanted - held_.size(), bytes.size());
        held_ += bytes.substr(0, n);
        bytes.remove_prefix(n);
        return held_.size() == wanted;
    };
    if (!head_read_) {
        const bool enough = hold(kHeadBytes);
        // The first byte tells a stranger already.
        if (!held_.empty() && limit_(held_.front()) < 0) {
            broken_ = "a packet of no known kind";
            return false;
        }
        if (!enough || !readHead()) return false;
    }
    if (!hold(kHeadBytes + body_bytes_)) return false;
    whole_ = true;
    packet = {held_.front(), std::string_view(held_).substr(kHeadBytes)};
    return true;
}

bool IngestFramer::readHead() {
    body_bytes_ = numberAt<std::uint32_t>(held_, 1);
    const auto most = std::size_t(limit_(held_.front()));
    if (body_bytes_ > most) {
        broken_ = std::string("a packet '") + held_.front() + "' of " +
                  std::to_string(body_bytes_) + " bytes, at most " + std::to_string(most);
        return false;
    }
    head_read_ = true;
    return true;
}

IngestReader::IngestReader() : framer_(senderLimit) {}

void IngestReader::receive(std::string_view bytes, std::vector<IngestEvent>& out) {
    IngestFramer::Packet packet;
    while (!over_ && framer_.next(bytes, packet)) {
        out.push_back(take(packet));
        over_ = std::holds_alternative<IngestEnd>(out.back()) ||
                std::holds_alternative<Fault>(out.back());
    }
    if (over_ || framer_.broken().empty()) return;
    over_ = true;
    out.emplace_back(Fault{format_.channels == 0
                               ? "no audio stream begins like this: " + framer_.broken()
                               : framer_.broken()});
}

IngestEvent IngestReader::take(const IngestFramer::Packet& packet) {
    if (packet.kind == 'F') return takeFormat(packet.body);
    if (format_.channels == 0) return Fault{"the format has to come first"};
    if (packet.kind == 'A') return takeAudio(packet.body);
    return IngestEnd{};
}

IngestEvent IngestReader::takeFormat(std::string_view body) {
    if (format_.channels != 0) return Fault{"a second format"};
    if (body.size() != kFormatBytes || !body.starts_with(kMagic)) {
        return Fault{"the format packet is not one of ours"};
    }
    const int version = numberAt<std::uint16_t>(body, 4);
    const int channels = numberAt<std::uint16_t>(body, 6);
    const auto rate_hz = numberAt<std::uint32_t>(body, 8);
    if (version != kIngestVersion) {
        return Fault{"version " + std::to_string(version) + " is not known, this is version " +
                     std::to_string(kIngestVersion)};
    }
    if (channels < 1 || channels > kIngestMaxChannels) {
        return Fault{std::to_string(channels) + " channels; " + range(1, kIngestMaxChannels) +
                     " can be sent"};
    }
    if (rate_hz < kIngestMinRateHz || rate_hz > kIngestMaxRateHz) {
        return Fault{std::to_string(rate_hz) + " Hz; " + range(kIngestMinRateHz, kIngestMaxRateHz) +
                     " Hz can be sent"};
    }
    format_ = {int(rate_hz), channels};
    return format_;
}

IngestEvent IngestReader::takeAudio(std::string_view body) const {
    const auto frame_bytes = std::size_t(format_.channels) * sizeof(std::int16_t);
    if (body.empty() || body.size() % frame_bytes != 0) {
        return Fault{"an audio packet of " + std::to_string(body.size()) +
                     " bytes is not made of frames of " + std::to_string(frame_bytes)};
    }
    IngestAudio audio;
    audio.samples.resize(body.size() / sizeof(std::int16_t));
    std::memcpy(audio.samples.data(), body.data(), body.size());
    return audio;
}

IngestReplyReader::IngestReplyReader() : framer_(serverLimit) {}

void IngestReplyReader::receive(std::string_view bytes, std::vector<IngestReply>& out) {
    IngestFramer::Packet packet;
    while (!over_ && framer_.next(bytes, packet)) {
        over_ = packet.kind == 'R';
        if (over_) {
            out.emplace_back(IngestRefused{std::string(packet.body)});
        } else {
            out.emplace_back(IngestTaken{});
        }
    }
    if (over_ || framer_.broken().empty()) return;
    over_ = true;
    out.emplace_back(Fault{"this is no ingest port: " + framer_.broken()});
}

}  // namespace doubletalk::remote
