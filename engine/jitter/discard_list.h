// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <span>

#include "engine/core/frames.h"

namespace doubletalk::jitter {

/// The items discarded last, so that their packets are known when they still arrive.
class DiscardList {
public:
    void add(ItemId item) noexcept {
        if (has(item)) return;
        items_[next_] = item;
        next_ = (next_ + 1) % items_.size();
    }
    [[nodiscard]] bool has(ItemId item) const noexcept {
        return item != 0 && std::find(items_.begin(), items_.end(), item) != items_.end();
    }
    void clear() noexcept { items_.fill(0); }
    /// 0 where there is none.
    [[nodiscard]] std::span<const ItemId> items() const noexcept { return items_; }

private:
    std::array<ItemId, 64> items_{};
    std::size_t next_ = 0;
};

}  // namespace doubletalk::jitter
