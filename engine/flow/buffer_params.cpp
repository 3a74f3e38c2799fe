// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/flow/buffer_params.h"

#include <array>

namespace doubletalk::flow {

std::span<const params::ParamRow> bufferParamTable() {
    using params::param;
    using params::ParamApply;
    static constexpr std::array rows{
        param<&BufferParams::duration_ms>(
            {"duration_ms", "Buffer length", "ms",
             "Audio the buffer can hold; longer rides out longer stalls, but may add delay."},
            {40, 10000, 1}, ParamApply::restart),
        param<&BufferParams::chunk_ms>(
            {"chunk_ms", "Chunk length", "ms", "Length of the chunks handed to the reader."},
            {5, 200, 1}, ParamApply::restart),
        param<&BufferParams::healthy_min_ratio>(
            {"healthy_min_ratio", "Lowest healthy fill", "",
             "Share of the buffer; with less in it, it is about to run dry."},
            {0.0, 1.0, 0.01}),
        param<&BufferParams::healthy_max_ratio>(
            {"healthy_max_ratio", "Highest healthy fill", "",
             "Share of the buffer; with more in it, it is about to overflow."},
            {0.0, 1.0, 0.01}),
    };
    return rows;
}

}  // namespace doubletalk::flow
