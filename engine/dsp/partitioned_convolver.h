// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <complex>
#include <memory>
#include <span>
#include <vector>

#include "engine/core/result.h"

namespace doubletalk::dsp {

/// Spectra of an impulse response cut into partitions of one block; built off-line.
struct PartitionedResponse {
    int block_frames = 0;
    int partitions = 0;
    std::vector<std::complex<float>> spectra;  ///< partitions * (block_frames + 1), bin fastest
};

/// Convolves a stream with a long impulse response, block by block, exactly: output block k is made
/// of input up to and with block k, no delay beyond the block. Uniformly partitioned overlap-save.
/// Ref: Stockham 1966; Wefers 2015, chapter 5. Thread: one at a time; process() is real-time safe.
class PartitionedConvolver {
public:
    PartitionedConvolver();
    ~PartitionedConvolver();
    PartitionedConvolver(PartitionedConvolver&&) noexcept;
    PartitionedConvolver& operator=(PartitionedConvolver&&) noexcept;

    /// Room for responses up to max_response_frames (0: as long as response). Errors: usage, when
    /// block_frames is not 1..4096 or the response is longer than the room for it.
    [[nodiscard]] Result<void> prepare(int block_frames, std::span<const float> response,
                                       int max_response_frames = 0);
    /// Analyses another response for this convolver. Not real-time safe, any thread after
    /// prepare().
    [[nodiscard]] PartitionedResponse analyse(std::span<const float> response) const;
    /// Swaps a response of analyse() in at a block edge; the input history stays, so the new
    /// response acts at once on all past input. The old one comes back in response. False (and
    /// nothing done) when its block differs or it is longer than there is room for. Real-time safe.
    bool setResponse(PartitionedResponse& response) noexcept;
    /// analyse() and swap; cut to the room there is. Not real-time safe.
    void setResponse(std::span<const float> response);
    /// One block each, both of block_frames; may be the same memory.
    void process(std::span<const float> in, std::span<float> out) noexcept;
    /// Forgets the input, keeps the response.
    void reset() noexcept;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace doubletalk::dsp
