// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/frames.h"
#include "engine/core/name.h"
#include "engine/core/packet.h"

namespace doubletalk::session {

// Everything that is not computed enters the worker as one of these, stamped with its block; with
// the audio they are all a replay needs. Trivially copyable except the item.

/// One exchange with the device: what was captured and what was handed to the loudspeaker.
struct ExchangeRecord {
    BlockIndex block = 0;
    std::int64_t time_ns = 0;          ///< engine clock
    std::int32_t captured_frames = 0;  ///< capture clock
    std::int32_t playback_frames = 0;  ///< playback clock, handed over in all
    std::int32_t queued_frames = 0;    ///< of these, out of the loudspeaker ring, the first ones
    std::int64_t ring_frame = 0;       ///< loudspeaker-ring position of the first queued frame
    std::int32_t audible_frames = 0;   ///< queued frames before silence of an interruption set in
    std::int32_t dropped_frames = 0;   ///< ring frames thrown away by an interruption
    /// Of what was handed over before this exchange, the newest frames that a hard cut of the
    /// device threw away unheard.
    std::int32_t unheard_frames = 0;
    bool lost = false;         ///< capture was made up from the monotonic clock
    bool interrupted = false;  ///< an interruption reached the loudspeaker here
    /// The fade of the interruption is over: none of what it stopped follows the queued frames.
    bool faded = false;
};

/// A command that took effect at this block: a setting, "interrupt", "reset", "spike", ...
struct CommandRecord {
    BlockIndex block = 0;
    Name name;  ///< "set", "interrupt", "reset", "spike", "path_change"
    Name key;   ///< "echo.tail_ms"
    Name value;
    Name source;  ///< "scene", "user", "barge_in", "api"
};

/// A packet as it reached (or never reached) the engine. Its payload goes to packets.pcap.
struct PacketRecord {
    BlockIndex block = 0;
    PacketHeader header;
    std::int64_t arrival_ns = -1;  ///< -1: lost in the network
    std::uint8_t stream = 0;       ///< 0 downlink, 1 uplink
};

/// An answer of another thread: "headroom" (value in dB), "canceller" (engine built), ...
struct AnswerRecord {
    BlockIndex block = 0;
    Name name;
    double value = 0.0;
    Name text;
};

/// The audio of one item as it entered the engine; becomes tracks/item-<id>.wav.
struct ItemRecord {
    BlockIndex block = 0;
    ItemId item = 0;
    int rate_hz = 0;
    std::string text;
    std::string kind;  ///< "speech", "file", "chunks"
    bool direct = false;
    double due_s = 0.0;  ///< when it was to begin; it waits while another one is sent
    std::vector<float> samples;
};

}  // namespace doubletalk::session
