// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/remote/message.h"

namespace doubletalk::remote {

// Audio over a byte stream (TCP): packets of one byte kind, four bytes length of the body (little
// endian), body.
//   sender:  'F' format: "DTIN", u16 version, u16 channels, u32 sample rate; first and only once
//            'A' audio: s16le, interleaved, whole frames, at least one
//            'E' end: empty
//   server:  'K' taken, after the format: empty
//            'R' refused: why, UTF-8; the connection ends

inline constexpr int kIngestVersion = 1;
inline constexpr int kIngestMinRateHz = 8000;
inline constexpr int kIngestMaxRateHz = 48000;
inline constexpr int kIngestMaxChannels = 2;
inline constexpr std::size_t kIngestMaxAudioBytes = 65536;  ///< body of one packet
inline constexpr std::size_t kIngestMaxReasonBytes = 1024;

/// First packet of a sender.
struct IngestFormat {
    int rate_hz = 0;
    int channels = 0;
    bool operator==(const IngestFormat&) const = default;
};
struct IngestAudio {
    std::vector<std::int16_t> samples;  ///< interleaved, whole frames
};
struct IngestEnd {};
/// Fault: the stream made no sense and is over.
using IngestEvent = std::variant<IngestFormat, IngestAudio, IngestEnd, Fault>;

struct IngestTaken {};
struct IngestRefused {
    std::string reason;  ///< as it came: show it only with control characters removed
};
using IngestReply = std::variant<IngestTaken, IngestRefused, Fault>;

void appendIngestFormat(const IngestFormat& format, std::string& bytes);
/// In as many packets as it takes; samples: whole frames of so many channels.
void appendIngestAudio(std::span<const std::int16_t> samples, int channels, std::string& bytes);
void appendIngestEnd(std::string& bytes);
void appendIngestTaken(std::string& bytes);
/// Longer reasons are cut.
void appendIngestRefused(std::string_view reason, std::string& bytes);

/// Finds packets in pieces of any size; holds at most one packet.
class IngestFramer {
public:
    struct Packet {
        char kind = 0;
        std::string_view body;  ///< valid until the next call
    };
    /// Largest body of a kind; below 0: there is no such kind.
    using Limit = std::int64_t (*)(char kind);

    explicit IngestFramer(Limit limit) : limit_(limit) {}
    /// Takes bytes off the front up to the end of a packet. False: more are needed, or broken().
    [[nodiscard]] bool next(std::string_view& bytes, Packet& packet);
    /// Not empty: what is wrong with the packet that came; nothing is read any more.
    [[nodiscard]] const std::string& broken() const { return broken_; }

private:
    [[nodiscard]] bool readHead();

    Limit limit_;
    std::string held_;  ///< head and body of a packet that is not whole yet
    std::size_t body_bytes_ = 0;
    bool head_read_ = false;
    bool whole_ = false;  ///< held_ was given out
    std::string broken_;
};

/// The server's side. After IngestEnd or a Fault nothing comes any more. Thread: any one.
class IngestReader {
public:
    IngestReader();
    void receive(std::string_view bytes, std::vector<IngestEvent>& out);
    [[nodiscard]] bool over() const { return over_; }

private:
    [[nodiscard]] IngestEvent take(const IngestFramer::Packet& packet);
    [[nodiscard]] IngestEvent takeFormat(std::string_view body);
    [[nodiscard]] IngestEvent takeAudio(std::string_view body) const;

    IngestFramer framer_;
    IngestFormat format_;  ///< channels 0: not yet
    bool over_ = false;
};

/// The sender's side. Thread: any one.
class IngestReplyReader {
public:
    IngestReplyReader();
    void receive(std::string_view bytes, std::vector<IngestReply>& out);

private:
    IngestFramer framer_;
    bool over_ = false;
};

}  // namespace doubletalk::remote
