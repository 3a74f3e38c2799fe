// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>

#include "engine/core/event.h"
#include "engine/core/frames.h"
#include "engine/core/packet.h"
#include "engine/core/provenance.h"
#include "engine/duplex/settings.h"
#include "engine/echo/canceller.h"
#include "engine/jitter/concealer.h"
#include "engine/jitter/jitter_buffer.h"
#include "engine/noise/reducer.h"
#include "engine/session/records.h"
#include "engine/speech/vad.h"

namespace doubletalk::duplex {

enum class CommandKind : std::uint8_t {
    set,        ///< setting, value
    interrupt,  ///< cause
    reset,      ///< stages back to their start, counters stay
    discard,    ///< packets of items up to `item` are not played any more
    note        ///< something a driver did (spike, path change): recorded and shown, nothing else
};

/// A command to the worker; copied without allocating.
struct Command {
    CommandKind kind = CommandKind::note;
    SettingRef setting;  ///< kind set
    Name key;            ///< full name of the setting, or what a note is about
    params::ParamValue value = false;
    Name source;      ///< who asked: "scene", "user", "api"
    ItemId item = 0;  ///< discard, interrupt: direct items up to it (0: all); gap: frames
};

/// Stages built off the worker, taken over at a block edge. Null: no change.
struct Swaps {
    std::unique_ptr<echo::Canceller> canceller;
    std::unique_ptr<noise::NoiseReducer> reducer;
    std::unique_ptr<jitter::JitterBuffer> jitter_buffer;
    std::unique_ptr<jitter::Concealer> concealer;
    std::unique_ptr<speech::VoiceActivityDetector> detector;
    Name canceller_reason;  ///< why it is not the one that was asked for; empty: it is
    Settings built_for;     ///< settings when it was asked for
};

/// Exact parts of the microphone's block (virtual room only, else empty).
struct TruthBlock {
    std::span<const float> echo, speech, noise;
};

/// Audio for the loudspeaker that does not come as packets (DuplexStream::write, files).
struct DirectBlock {
    std::span<const float> samples;         ///< at most one block
    std::span<const ProvenanceSpan> spans;  ///< frames sum to samples.size()
};

/// Everything that enters the worker for one block. Nothing else does: what is computed from it is
/// the same whenever and wherever it runs.
struct BlockInput {
    BlockIndex block = 0;
    std::int64_t time_ns = 0;     ///< engine clock at the end of the block
    std::span<const float> near;  ///< one block of the capture clock
    bool lost = false;            ///< near was made up
    TruthBlock truth;
    std::span<const float> playback;  ///< frames handed to the loudspeaker since the last block
    std::span<const session::ExchangeRecord> exchanges;
    DirectBlock direct;
    std::span<const ArrivedPacket> packets;               ///< downlink
    std::span<const ArrivedPacket> uplink_packets;        ///< topology packets: replaces near
    std::span<const session::PacketRecord> lost_packets;  ///< told by a simulated network
    std::span<const Command> commands;
    std::span<const session::AnswerRecord> answers;
    Swaps* swaps = nullptr;  ///< taken over; the old stages are left in it for deletion elsewhere
};

/// Engine time of a block of a real device: that of its newest exchange; without one 10 ms after
/// the block before. Never goes back.
[[nodiscard]] inline std::int64_t blockTimeNs(std::span<const session::ExchangeRecord> exchanges,
                                              std::int64_t before_ns) noexcept {
    const auto next = exchanges.empty() ? before_ns + kBlockNs : exchanges.back().time_ns;
    return std::max(next, before_ns);
}

/// What the worker asks of slower threads after a block.
struct Requests {
    bool headroom = false;          ///< TurnControl::readResidual() gives what to search on
    bool canceller = false;         ///< build settings().echo (or the fallback after a failure)
    bool canceller_failed = false;  ///< the running one failed: next in the fallback order
    bool reducer = false;
    bool jitter_buffer = false;
    bool concealer = false;
    bool detector = false;
    bool interrupted = false;  ///< playback was interrupted: stop the sender, tell the service
    [[nodiscard]] bool anyStage() const {
        return canceller || canceller_failed || reducer || jitter_buffer || concealer || detector;
    }
};

}  // namespace doubletalk::duplex
