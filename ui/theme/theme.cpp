// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

#include <QApplication>
#include <QFontDatabase>
#include <QStyle>
#include <QStyleFactory>
#include <algorithm>
#include <array>
#include <cmath>

#include "ui/theme/style_sheet.h"

namespace doubletalk::ui {
namespace {

constexpr double kPointsPerPx = 0.75;  // at 96 dpi
constexpr double kSmallestPx = 10.0;

struct Face {
    double px;
    bool fixed;
    bool bold;
};
constexpr std::array<Face, static_cast<std::size_t>(Type::count_)> kFaces{{
    {13.0, false, false},
    {12.5, false, false},
    {12.0, false, true},
    {11.0, false, false},
    {20.0, false, true},
    {12.0, true, false},
    {13.0, true, false},
    {38.0, true, false},
}};

QStringList present(const QStringList& wanted, QFontDatabase::SystemFont last) {
    QStringList found;
    for (const auto& family : wanted) {
        if (QFontDatabase::hasFamily(family)) found.append(family);
    }
    found.append(QFontDatabase::systemFont(last).family());
    return found;
}

}  // namespace

Theme::Theme()
    : text_families_(present({"Inter", "Noto Sans", "DejaVu Sans"}, QFontDatabase::GeneralFont)),
      number_families_(
          present({"JetBrains Mono", "DejaVu Sans Mono"}, QFontDatabase::FixedFont)) {}

Theme& Theme::current() {
    static Theme theme;
    return theme;
}

void Theme::applyTo(QApplication& app) {
    app_ = &app;
    QObject::connect(&app, &QObject::destroyed, this, [this] { app_ = nullptr; });
    QApplication::setStyle(QStyleFactory::create("Fusion"));
    apply();
}

void Theme::setDark(bool dark) {
    if (dark == dark_) return;
    dark_ = dark;
    apply();
}

void Theme::setTextScale(double ratio) {
    const double kept = std::clamp(ratio, 0.8, 2.0);
    if (kept == text_scale_) return;
    text_scale_ = kept;
    apply();
}

void Theme::apply() {
    if (app_ != nullptr) {
        QApplication::setPalette(palette());
        QApplication::setFont(text());
        app_->setStyleSheet(styleSheet());
    }
    emit changed();
}

QColor Theme::colour(Token token, double opacity) const {
    QColor colour = tokenColour(token, dark_);
    colour.setAlphaF(float(opacity));
    return colour;
}

QFont Theme::font(Type type) const {
    const auto& face = kFaces[std::size_t(type)];
    QFont font(face.fixed ? number_families_ : text_families_);
    font.setPointSizeF(std::max(face.px * text_scale_, kSmallestPx) * kPointsPerPx);
    font.setWeight(face.bold ? QFont::DemiBold : QFont::Normal);
    if (face.fixed) font.setStyleHint(QFont::Monospace);
    return font;
}

int Theme::scaled(double px) const { return int(std::lround(px * text_scale_)); }

QPalette Theme::palette() const {
    QPalette palette;
    const auto set = [&](QPalette::ColorRole role, Token token, Token inactive) {
        palette.setColor(QPalette::Active, role, colour(token));
        palette.setColor(QPalette::Inactive, role, colour(token));
        palette.setColor(QPalette::Disabled, role, colour(inactive));
    };
    set(QPalette::Window, Token::panel, Token::panel);
    set(QPalette::WindowText, Token::text, Token::text3);
    set(QPalette::Base, Token::panel, Token::panel);
    set(QPalette::AlternateBase, Token::hover, Token::hover);
    set(QPalette::Text, Token::text, Token::text3);
    set(QPalette::PlaceholderText, Token::text3, Token::text3);
    set(QPalette::Button, Token::field, Token::field);
    set(QPalette::ButtonText, Token::text, Token::text3);
    set(QPalette::BrightText, Token::problem, Token::problem);
    set(QPalette::Highlight, Token::selected, Token::selected);
    set(QPalette::HighlightedText, Token::text, Token::text3);
    set(QPalette::ToolTipBase, Token::field, Token::field);
    set(QPalette::ToolTipText, Token::text, Token::text);
    set(QPalette::Link, Token::text, Token::text3);
    set(QPalette::LinkVisited, Token::text2, Token::text3);
    set(QPalette::Light, Token::line, Token::line);
    set(QPalette::Midlight, Token::line, Token::line);
    set(QPalette::Mid, Token::field_edge, Token::line);
    set(QPalette::Dark, Token::separator, Token::separator);
    set(QPalette::Shadow, Token::separator, Token::separator);
    return palette;
}

QString Theme::styleSheet() const { return makeStyleSheet(*this); }

}  // namespace doubletalk::ui
