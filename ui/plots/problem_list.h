// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <cstdint>
#include <vector>

#include "ui/plots/time_view.h"

namespace doubletalk::ui {

class History;

enum class ProblemKind { concealed, lost, clipped, divergence, late, underrun, gap, engine, held };

/// What is marked, listed and stepped through by N and P.
struct Problem {
    ProblemKind kind = ProblemKind::lost;
    TimeRange at;
    QString text;  ///< with its size: "120 ms", "divergence 0.32 s"
};

/// The problems of a history, in time order; neighbours of one kind less than 60 ms apart are one.
/// Thread: gui.
class ProblemList {
public:
    /// Cheap when nothing was added.
    void update(const History& history, int rate_hz);
    [[nodiscard]] const std::vector<Problem>& all() const { return problems_; }
    /// First one that begins after / before a time; null: none.
    [[nodiscard]] const Problem* after(double at_s) const;
    [[nodiscard]] const Problem* before(double at_s) const;

private:
    std::vector<Problem> problems_;
    std::vector<std::uint64_t> seen_;
};

/// "concealed", "lost", ... in the user's language.
[[nodiscard]] QString problemName(ProblemKind kind);

}  // namespace doubletalk::ui
