// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/g711.h"

#include <array>
#include <string>

#include "engine/codec/g711_kernels.h"

namespace doubletalk::codec {
namespace {

const std::array<G711TierRow, 3>& rows() noexcept {
    static const std::array<G711TierRow, 3> all{
        G711TierRow{G711Tier::scalar, "scalar", kG711Scalar.detail, "pure_python"},
        G711TierRow{G711Tier::table, "table", kG711Table.detail, "numpy"},
        G711TierRow{G711Tier::simd, "simd", g711SimdKernels().back()->detail, "audioop"},
    };
    return all;
}

const G711Kernel& kernelOf(G711Tier tier) noexcept {
    switch (tier) {
        case G711Tier::scalar:
            return kG711Scalar;
        case G711Tier::table:
            return kG711Table;
        default:
            return *g711SimdKernels().back();
    }
}

tl::unexpected<Error> sizesDiffer(std::size_t samples, std::size_t codes) {
    return fail(ErrorKind::usage,
                std::to_string(samples) + " samples and " + std::to_string(codes) + " codes",
                "G.711", "there is one code for each sample; make both equally long");
}

}  // namespace

std::span<const G711TierRow> g711Tiers() noexcept { return rows(); }

G711Tier g711TierNamed(std::string_view name) noexcept {
    for (const auto& row : rows()) {
        if (row.name == name || row.old_name == name) return row.tier;
    }
    return rows().back().tier;
}

std::string_view nameOf(G711Law law) noexcept { return law == G711Law::mu ? "mu-law" : "a-law"; }

G711::G711(G711Law law, G711Tier tier) noexcept
    : law_(law),
      tier_(tier == G711Tier::automatic ? rows().back().tier : tier),
      kernel_(&kernelOf(tier_)) {}

Result<void> G711::encode(std::span<const std::int16_t> pcm,
                          std::span<std::byte> codes) const noexcept {
    if (pcm.size() != codes.size()) return sizesDiffer(pcm.size(), codes.size());
    kernel_->encode[int(law_)](pcm.data(), codes.data(), pcm.size());
    return {};
}

Result<void> G711::decode(std::span<const std::byte> codes,
                          std::span<std::int16_t> pcm) const noexcept {
    if (pcm.size() != codes.size()) return sizesDiffer(pcm.size(), codes.size());
    kernel_->decode[int(law_)](codes.data(), pcm.data(), codes.size());
    return {};
}

}  // namespace doubletalk::codec
