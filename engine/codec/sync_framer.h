// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

#include "engine/codec/framer.h"
#include "engine/codec/mpeg_header.h"

namespace doubletalk::codec {

/// Streams of frames that each begin with a sync word and say their length (MP3, ADTS). Bytes
/// before the first frame, and tags, are passed over; what interrupts the frames later is an error.
class SyncFramer : public Framer {
public:
    void put(std::span<const std::byte> piece) override { queue_.put(piece); }
    [[nodiscard]] Result<bool> next(FoundFrame& frame) override;
    void finish() override { finished_ = true; }
    [[nodiscard]] Result<void> checkEnd() const override;

protected:
    struct Head {
        int frame_bytes = 0;
        int frames = 0;
        int rate_hz = 0;
    };
    explicit SyncFramer(std::string_view label) : label_(label) {}
    [[nodiscard]] virtual std::optional<Head> parse(std::span<const std::byte> bytes) const = 0;
    [[nodiscard]] virtual std::size_t headBytes() const = 0;
    /// False: the frame holds no audio.
    [[nodiscard]] virtual bool take(FoundFrame& frame) = 0;

private:
    enum class Sync { yes, no, unknown };
    [[nodiscard]] Sync looksLikeFrame() const;
    [[nodiscard]] bool search();
    [[nodiscard]] bool passTag();
    [[nodiscard]] bool tagIsPartial() const;
    void pass(std::size_t bytes);
    [[nodiscard]] tl::unexpected<Error> damaged(std::string_view what) const;

    std::string_view label_;
    ByteQueue queue_;
    std::size_t pending_drop_ = 0;  ///< bytes of a tag that have not come yet
    std::uint64_t position_ = 0;    ///< [bytes] passed so far
    std::uint64_t searched_ = 0;    ///< [bytes] since the last frame
    std::int64_t found_ = 0;        ///< frames
    bool synced_ = false;
    bool finished_ = false;
};

/// MPEG audio layer III, with the delays of its length tag; files may stand one behind the other.
class Mp3Framer final : public SyncFramer {
public:
    Mp3Framer() : SyncFramer("MP3") {}
    [[nodiscard]] AvDecoderOptions decoder() const override;
    [[nodiscard]] Result<void> checkEnd() const override;

private:
    [[nodiscard]] std::optional<Head> parse(std::span<const std::byte> bytes) const override;
    [[nodiscard]] std::size_t headBytes() const override;
    [[nodiscard]] bool take(FoundFrame& frame) override;

    void begin(const MpegTag& tag, int frame_samples);
    [[nodiscard]] std::int64_t missingFrames() const;

    // All of the file the tag stands in; another one may follow.
    std::int64_t position_ = 0;                ///< [samples] of the frames so far
    std::int64_t begin_ = 0;                   ///< first sample of the audio
    std::optional<std::int64_t> end_;          ///< behind its last sample
    std::optional<std::int64_t> frame_count_;  ///< as the tag says
    std::int64_t frames_taken_ = 0;
    std::int64_t missing_before_ = 0;  ///< [frames] of the files before this one
};

/// AAC with its ADTS headers.
class AdtsFramer final : public SyncFramer {
public:
    AdtsFramer() : SyncFramer("AAC") {}
    [[nodiscard]] AvDecoderOptions decoder() const override;

private:
    [[nodiscard]] std::optional<Head> parse(std::span<const std::byte> bytes) const override;
    [[nodiscard]] std::size_t headBytes() const override;
    [[nodiscard]] bool take(FoundFrame& frame) override;
};

}  // namespace doubletalk::codec
