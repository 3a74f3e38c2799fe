// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace doubletalk::ui {

/// Filter of file dialogs for sound that device::readAudio() takes.
[[nodiscard]] QString soundFilter();
/// By its ending only.
[[nodiscard]] bool isSoundFile(const QString& path);

}  // namespace doubletalk::ui
