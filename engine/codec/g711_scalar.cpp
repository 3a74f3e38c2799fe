// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/g711_arithmetic.h"
#include "engine/codec/g711_kernels.h"

namespace doubletalk::codec {
namespace {

template <G711Law kLaw>
void encode(const std::int16_t* pcm, std::byte* codes, std::size_t n) noexcept {
    for (std::size_t i = 0; i < n; ++i) codes[i] = std::byte(g711Code<kLaw>(pcm[i]));
}

template <G711Law kLaw>
void decode(const std::byte* codes, std::int16_t* pcm, std::size_t n) noexcept {
    for (std::size_t i = 0; i < n; ++i) pcm[i] = g711Sample<kLaw>(std::uint8_t(codes[i]));
}

}  // namespace

const G711Kernel kG711Scalar{"scalar",
                             "arithmetic of the Recommendation",
                             {encode<G711Law::mu>, encode<G711Law::a>},
                             {decode<G711Law::mu>, decode<G711Law::a>}};

}  // namespace doubletalk::codec
