// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/tokens.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace doubletalk::ui {
namespace {

struct Row {
    std::string_view name;
    QRgb dark;
    QRgb light;
};

constexpr std::array<Row, kTokens> kRows{{
    {"window", 0xFF17191C, 0xFFECECE8},
    {"panel", 0xFF1C1F23, 0xFFF5F5F2},
    {"plot", 0xFF131518, 0xFFFFFFFF},
    {"separator", 0xFF0B0C0E, 0xFFD3D3CD},
    {"line", 0xFF2C3136, 0xFFDADAD4},
    {"grid", 0xFF23272B, 0xFFEDEDE9},
    {"zero", 0xFF30353B, 0xFFDCDCD6},
    {"axis", 0xFF8A929B, 0xFF666C73},
    {"text", 0xFFE6E8EB, 0xFF1B1E22},
    {"text2", 0xFFA3AAB3, 0xFF535A62},
    {"text3", 0xFF868E97, 0xFF646A71},
    {"accent", 0xFFF4ECD8, 0xFF1B1E22},
    {"on_accent", 0xFF17191C, 0xFFFFFFFF},
    {"field", 0xFF24282D, 0xFFFFFFFF},
    {"field_edge", 0xFF3A4048, 0xFFC6C6C0},
    {"hover", 0xFF2A2F35, 0xFFE4E4DF},
    {"selected", 0xFF30363D, 0xFFDDDEDA},
    {"band_good", 0xFF4A525B, 0xFFB9BDB9},
    {"far_end", 0xFF4B95F6, 0xFF0668C9},
    {"microphone", 0xFFF4B140, 0xFFA26200},
    {"output", 0xFF2BBE8A, 0xFF076F49},
    {"truth", 0xFF9A9FA5, 0xFF666B71},
    {"decision", 0xFFE3B3F7, 0xFF771F8C},
    {"problem", 0xFFF2602F, 0xFF9E1603},
    {"interrupt_fill", 0xFF9148AE, 0xFF771F8C},
    {"interrupt_text", 0xFFFFFFFF, 0xFFFFFFFF},
}};

double luminance(const QColor& colour) {
    const auto linear = [](double v) {
        return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) +
           0.0722 * linear(colour.blueF());
}

}  // namespace

QColor tokenColour(Token token, bool dark) {
    const auto& row = kRows[std::size_t(token)];
    return QColor::fromRgb(dark ? row.dark : row.light);
}

std::string_view tokenName(Token token) { return kRows[std::size_t(token)].name; }

double contrast(const QColor& a, const QColor& b) {
    const double x = luminance(a);
    const double y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

}  // namespace doubletalk::ui
