// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <limits>
#include <string>
#include <vector>

#include "engine/core/result.h"

namespace doubletalk::network {

struct TracePacket {
    std::int64_t sequence = 0;
    double send_ms = 0.0;
    double arrival_ms = std::numeric_limits<double>::quiet_NaN();  ///< NaN: lost
    [[nodiscard]] bool lost() const { return !(arrival_ms == arrival_ms); }
};

/// A recorded packet-delay trace; packets in order of sequence and of sending.
struct Trace {
    std::string origin, licence, note;
    double frame_ms = 20.0;
    std::vector<TracePacket> packets;

    /// Smallest arrival - send [ms] (0 when every packet is lost).
    [[nodiscard]] double minDelayMs() const;
    [[nodiscard]] std::int64_t lostPackets() const;
};

/// Reads `# origin | licence | note | frame_ms=N`, a line `seq,send_ms,arrival_ms` and one line a
/// packet; an empty arrival is a lost packet. Errors name the line: not_found, io, format (no
/// header, wrong field count, no number, not finite, out of range, sequence or send time going
/// back, an arrival before it was sent, too many lines, nothing arrived).
[[nodiscard]] Result<Trace> readTrace(const std::filesystem::path& csv);
[[nodiscard]] Result<Trace> parseTrace(std::istream& in, const std::string& where);

}  // namespace doubletalk::network
