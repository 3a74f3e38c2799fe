// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <vector>

#include "ui/theme/tokens.h"

namespace doubletalk::ui {

class History;
class TimeView;

/// A vertical line through all plots: a parameter change, a scene's event, an interruption.
struct TimeFlag {
    double at_s = 0.0;
    QString text;
    Token colour = Token::text;
    bool dotted = true;
};

/// The flags of a history, in time order. Thread: gui.
class TimeFlags {
public:
    /// Cheap when nothing was added.
    void update(const History& history, const TimeView& view);
    [[nodiscard]] const std::vector<TimeFlag>& all() const { return flags_; }

private:
    std::vector<TimeFlag> flags_;
    std::uint64_t epoch_ = 0;
    std::size_t seen_ = 0;
};

}  // namespace doubletalk::ui
