// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <cstdint>
#include <vector>

namespace doubletalk::ui {

class History;

enum class StepState { to_come, current, done, failed };

/// One step of the guide with its measured result.
struct GuideStep {
    QString name, result, rule;
    StepState state = StepState::to_come;
};

/// Levels, Delay, Converge, Path change, Double talk, Report: judged by what a history measured.
/// The first step that is neither done nor failed is the current one. Thread: gui.
[[nodiscard]] std::vector<GuideStep> guideSteps(const History& history, int rate_hz);

}  // namespace doubletalk::ui
