// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

namespace doubletalk::echo {

/// How well out keeps the near end: 10 log10 of the part of out that is a scaled reference to the
/// rest. Both of one length and aligned. At most 120 dB; NaN when reference is silent, and for a
/// silent out -120 dB: losing the talker is the worst there is, not a missing value.
/// Ref: Le Roux et al. 2019. Thread: any.
[[nodiscard]] double siSdrDb(std::span<const float> reference, std::span<const float> out) noexcept;

/// -20 log10(<out, reference> / <reference, reference>): level of the talker lost. Same conditions;
/// 120 dB when nothing (or the inverse) of it is left.
[[nodiscard]] double nearLossDb(std::span<const float> reference,
                                std::span<const float> out) noexcept;

}  // namespace doubletalk::echo
