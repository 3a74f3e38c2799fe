// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

namespace doubletalk::bench {
class Bench;
}

namespace doubletalk::ui {

/// The settings changed in the form, from one start to the next. Thread: gui.
void keepSettings(const bench::Bench& bench);
/// A line for each that is not taken any more.
[[nodiscard]] QStringList restoreKeptSettings(bench::Bench& bench);

}  // namespace doubletalk::ui
