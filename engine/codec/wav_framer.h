// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/codec/framer.h"

namespace doubletalk::codec {

/// Samples out of a WAV or RF64 stream, in whole frames as they come. A header that states no
/// length (0 or the largest number, as streams do) means: to the end.
class WavFramer final : public Framer {
public:
    void put(std::span<const std::byte> piece) override { queue_.put(piece); }
    [[nodiscard]] Result<bool> next(FoundFrame& frame) override;
    void finish() override { finished_ = true; }
    [[nodiscard]] Result<void> checkEnd() const override;
    [[nodiscard]] AvDecoderOptions decoder() const override;

private:
    enum class State { riff, chunks, data, end, failed };
    [[nodiscard]] Result<bool> takeRiff();
    [[nodiscard]] Result<bool> takeChunk();
    [[nodiscard]] Result<void> takeFormat(std::span<const std::byte> chunk);
    [[nodiscard]] tl::unexpected<Error> broken(const std::string& what);

    ByteQueue queue_;
    State state_ = State::riff;
    std::string decoder_;
    int rate_hz_ = 0;
    int channels_ = 0;
    std::size_t frame_bytes_ = 0;
    std::uint64_t pending_drop_ = 0;
    std::uint64_t long_data_bytes_ = 0;  ///< of RF64
    std::uint64_t data_left_ = 0;
    bool open_end_ = false;
    bool finished_ = false;
};

}  // namespace doubletalk::codec
