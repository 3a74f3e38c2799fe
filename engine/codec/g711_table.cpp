// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>

#include "engine/codec/g711_arithmetic.h"
#include "engine/codec/g711_kernels.h"

namespace doubletalk::codec {
namespace {

/// Low bits of a sample that no code depends on.
constexpr int idleBits(G711Law law) { return law == G711Law::mu ? 2 : 4; }

template <G711Law kLaw>
constexpr auto makeCodes() {
    std::array<std::uint8_t, (1 << 16 >> idleBits(kLaw))> table{};
    for (std::size_t i = 0; i < table.size(); ++i) {
        table[i] = g711Code<kLaw>(std::int16_t(std::uint16_t(i << idleBits(kLaw))));
    }
    return table;
}

template <G711Law kLaw>
constexpr auto makeSamples() {
    std::array<std::int16_t, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i) table[i] = g711Sample<kLaw>(std::uint8_t(i));
    return table;
}

template <G711Law kLaw>
constexpr auto kCodes = makeCodes<kLaw>();
template <G711Law kLaw>
constexpr auto kSamples = makeSamples<kLaw>();

template <G711Law kLaw>
void encode(const std::int16_t* pcm, std::byte* codes, std::size_t n) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        codes[i] = std::byte(kCodes<kLaw>[std::uint16_t(pcm[i]) >> idleBits(kLaw)]);
    }
}

template <G711Law kLaw>
void decode(const std::byte* codes, std::int16_t* pcm, std::size_t n) noexcept {
    for (std::size_t i = 0; i < n; ++i) pcm[i] = kSamples<kLaw>[std::size_t(codes[i])];
}

}  // namespace

const G711Kernel kG711Table{"table",
                            "tables of 16 KiB (mu-law), 4 KiB (A-law)",
                            {encode<G711Law::mu>, encode<G711Law::a>},
                            {decode<G711Law::mu>, decode<G711Law::a>}};

}  // namespace doubletalk::codec
