// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jitter/conceal_file.h"

#include <algorithm>

#include "engine/jitter/concealer_registry.h"

namespace doubletalk::jitter {

Result<std::vector<float>> concealFile(std::span<const float> samples, SampleRate rate,
                                       int frame_ms, std::span<const std::int64_t> lost,
                                       std::string_view concealer) {
    auto stage = createConcealer(concealer);
    if (!stage) return tl::unexpected(stage.error());
    const StreamFormat format{rate, frame_ms};
    if (auto ok = (*stage)->prepare(format, {}); !ok) return tl::unexpected(ok.error());
    std::vector<std::int64_t> holes(lost.begin(), lost.end());
    std::sort(holes.begin(), holes.end());

    const auto frame = static_cast<std::size_t>(format.frameFrames());
    std::vector<float> out(samples.size());
    std::vector<float> block(frame);
    std::int64_t number = 0;
    for (std::size_t at = 0; at < samples.size(); at += frame, ++number) {
        const auto part = samples.subspan(at, std::min(frame, samples.size() - at));
        std::fill(block.begin(), block.end(), 0.0F);
        std::copy(part.begin(), part.end(), block.begin());
        const bool missing = std::binary_search(holes.begin(), holes.end(), number);
        (*stage)->process(missing ? std::span<const float>() : block, block);
        std::copy_n(block.begin(), part.size(), out.begin() + static_cast<std::ptrdiff_t>(at));
    }
    return out;
}

}  // namespace doubletalk::jitter
