// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/session/description.h"
#include "engine/session/event_log.h"
#include "engine/session/message_ring.h"
#include "engine/session/output_file.h"
#include "engine/session/wav_file.h"

namespace doubletalk::session {

/// The open files of a session. Records are gathered in memory and written by flush() in an order
/// that makes a kill harmless: the header of audio.wav comes last, so that whatever block it speaks
/// of, every other file already holds all there is of the blocks before. Thread: disk.
class SessionFiles {
public:
    struct Start {
        BlockIndex block = 0;
        std::int64_t playback_frame = 0;
    };
    struct WaitingItem {
        BlockIndex block = 0;
        ItemId item = 0;
        std::string file, line;
        int rate_hz = 0;
        std::vector<float> samples;  ///< until they are in the file
    };
    /// Makes the files in folder (which exists). Errors: io.
    [[nodiscard]] static Result<SessionFiles> create(const std::filesystem::path& folder,
                                                     const SessionHeader& header, Start start);

    /// Takes one message of the ring. Items wait for the first record of their block.
    void take(const MessageHeader& header, std::span<const std::byte> body);
    /// Items whose audio is already under tracks/.
    void takeItem(WaitingItem item);
    /// Bytes waiting for flush().
    [[nodiscard]] std::size_t pendingBytes() const;
    [[nodiscard]] Result<void> flush();
    /// flush() with the items that still wait, then closes.
    [[nodiscard]] Result<void> close();

    /// Throws away what was written and starts anew where it stands; tracks of the owner and items
    /// that still wait stay.
    [[nodiscard]] Result<void> restart(const SessionHeader& header);

    [[nodiscard]] const WrittenCounts& written() const { return written_; }
    [[nodiscard]] std::int64_t bytesOnDisk() const;
    /// Blocks and playback frames seen so far, absolute.
    [[nodiscard]] Start next() const { return next_; }

private:
    void takeBlock(BlockIndex block, std::span<const std::byte> body);
    void takePlayback(std::int64_t frame, std::span<const std::byte> body);
    void takePacket(std::span<const std::byte> body);
    void takeRow(const MessageHeader& header, std::span<const std::byte> body);
    template <class R>
    void takeRecord(std::span<const std::byte> body);
    void releaseItems(BlockIndex block);
    [[nodiscard]] Result<void> flushWav(std::optional<WavWriter>& wav, std::vector<float>& pending);

    std::filesystem::path folder_;
    std::size_t taps_ = 0, block_frames_ = 160;
    std::optional<WavWriter> audio_, playback_;
    OutputFile events_, packets_, metrics_, machine_;
    std::vector<float> audio_pending_, playback_pending_;
    std::string events_pending_, packets_pending_, metrics_pending_, machine_pending_;
    std::vector<WaitingItem> items_;
    WrittenCounts written_;
    Start next_;
};

}  // namespace doubletalk::session
