// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/core/result.h"

namespace doubletalk::codec {

enum class G711Law : std::uint8_t { mu, a };
/// Ways to compute the same bits. automatic: the fastest this processor has.
enum class G711Tier : std::uint8_t { scalar, table, simd, automatic };

struct G711TierRow {
    G711Tier tier;
    std::string_view name;      ///< "simd"
    std::string_view detail;    ///< "vector code (avx2)"
    std::string_view old_name;  ///< what older services called the like of it
};

/// Every tier but automatic, slowest first; all of them run here.
[[nodiscard]] std::span<const G711TierRow> g711Tiers() noexcept;
/// By name or old name; everything else gives the fastest. Never automatic.
[[nodiscard]] G711Tier g711TierNamed(std::string_view name) noexcept;
[[nodiscard]] std::string_view nameOf(G711Law law) noexcept;  ///< "mu-law", "a-law"

struct G711Kernel;

/// 16-bit PCM to 8-bit codes and back; every tier gives the same bits. Negative samples are taken
/// in ones' complement and codes are those of the line: mu-law inverted, A-law with even bits
/// inverted. Cheap to copy, holds no state between calls. Thread: any. Real-time safe as long as
/// sizes agree (a refusal allocates its text). Ref: ITU-T G.711, G.191 (arithmetic).
class G711 {
public:
    explicit G711(G711Law law, G711Tier tier = G711Tier::automatic) noexcept;

    /// One code a sample; the two may not overlap. Errors: usage (sizes differ).
    [[nodiscard]] Result<void> encode(std::span<const std::int16_t> pcm,
                                      std::span<std::byte> codes) const noexcept;
    [[nodiscard]] Result<void> decode(std::span<const std::byte> codes,
                                      std::span<std::int16_t> pcm) const noexcept;

    [[nodiscard]] G711Law law() const noexcept { return law_; }
    [[nodiscard]] G711Tier tier() const noexcept { return tier_; }  ///< never automatic

private:
    G711Law law_;
    G711Tier tier_;
    const G711Kernel* kernel_;
};

}  // namespace doubletalk::codec
