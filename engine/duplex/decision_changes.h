// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "engine/core/event.h"

namespace doubletalk::duplex {

/// A decision (barge-in, hold, segment, engine change, ...) that is not where it was.
struct DecisionChange {
    BlockIndex block = 0;
    std::string what;    ///< event id
    std::string before;  ///< "none" or the block and text it had
    std::string after;
    bool after_divergence = false;  ///< follows the first changed decision
};

/// Decisions that are not the same before and after, in block order. Equal ones are taken out
/// first; what is left of a kind is paired with the nearest in time, the rest stands alone.
[[nodiscard]] std::vector<DecisionChange> decisionChanges(const std::vector<Event>& before,
                                                          const std::vector<Event>& after);

}  // namespace doubletalk::duplex
