// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/codec/framer.h"

namespace doubletalk::codec {

/// FLAC frames out of a native stream: a frame ends where its checksum fits and the next head
/// begins. Ref: RFC 9639.
class FlacFramer final : public Framer {
public:
    void put(std::span<const std::byte> piece) override { queue_.put(piece); }
    [[nodiscard]] Result<bool> next(FoundFrame& frame) override;
    void finish() override { finished_ = true; }
    [[nodiscard]] Result<void> checkEnd() const override;
    [[nodiscard]] AvDecoderOptions decoder() const override;

private:
    [[nodiscard]] Result<bool> passMetadata();
    [[nodiscard]] Result<bool> reachFrame();
    [[nodiscard]] bool dropPending();
    [[nodiscard]] std::size_t frameEnd(int samples);
    [[nodiscard]] bool tagStands(std::span<const std::byte> bytes, std::int64_t position) const;

    ByteQueue queue_;
    std::vector<std::byte> setup_;  ///< STREAMINFO
    std::uint64_t pending_drop_ = 0;
    std::size_t scanned_ = 0;    ///< [bytes] of the frame at the front that were looked at
    std::uint16_t crc_ = 0;      ///< of these
    std::int64_t total_ = 0;     ///< [samples] as the head says; 0: it does not
    std::int64_t position_ = 0;  ///< [samples]
    bool marker_ = false;
    bool in_frames_ = false;
    bool finished_ = false;
    bool failed_ = false;
};

}  // namespace doubletalk::codec
