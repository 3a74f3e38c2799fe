// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIcon>
#include <QPixmap>

#include "ui/theme/tokens.h"

namespace doubletalk::ui {

enum class Icon {
    run, stop, record, interrupt, file, speak, follow, cursors, camera, bookmark, search, hold,
    export_, undo, redo, reset, more, close, add, up, down, spike, extension,
    count_
};

/// An icon in one colour of the theme, which follows the theme; disabled ones are in text3.
[[nodiscard]] QIcon icon(Icon which, Token token = Token::text);
/// Drawn once, square; px are logical.
[[nodiscard]] QPixmap iconPixmap(Icon which, const QColor& colour, int px, double pixel_ratio);
/// Device pixels of what QIconEngine::scaledPixmap() is asked for; its size is in them before Qt 6.8.
[[nodiscard]] inline QSize iconPixels(const QSize& size, double scale) {
#if QT_VERSION >= QT_VERSION_CHECK(6, 8, 0)
    return (QSizeF(size) * scale).toSize();
#else
    static_cast<void>(scale);
    return size;
#endif
}

}  // namespace doubletalk::ui
