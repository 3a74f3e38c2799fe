// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <string_view>

namespace doubletalk::ui {

/// What a colour means; the same everywhere in the window.
enum class Token {
    window, panel, plot, separator, line, grid, zero, axis, text, text2, text3, accent, on_accent,
    field, field_edge, hover, selected, band_good,
    far_end,     ///< reference, assistant, playout, downlink packets
    microphone,  ///< microphone, user, uplink
    output,      ///< canceller output, ERLE, residual echo, estimate
    truth,       ///< ground truth, ceilings, bounds, scene events
    decision,    ///< trigger, detector, buffer target, stop, flush
    problem,     ///< loss, late, concealed, underrun, clipping, divergence, failed limit
    interrupt_fill, interrupt_text,
    count_
};
inline constexpr int kTokens = static_cast<int>(Token::count_);

/// The one table both the style sheet and the plots read.
[[nodiscard]] QColor tokenColour(Token token, bool dark);
/// Its name in the style sheet's template ("field_edge").
[[nodiscard]] std::string_view tokenName(Token token);
/// WCAG 2 contrast ratio, 1..21.
[[nodiscard]] double contrast(const QColor& a, const QColor& b);

}  // namespace doubletalk::ui
