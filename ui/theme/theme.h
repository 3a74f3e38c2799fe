// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <QObject>
#include <QPalette>

#include "ui/theme/tokens.h"

class QApplication;

namespace doubletalk::ui {

/// Roles of type; sizes in px at 96 dpi and a text scale of 100 %.
enum class Type {
    text,          ///< 13, menus and names
    row,           ///< 12.5, parameter rows
    title,         ///< 12 demi-bold, dock and plot titles
    note,          ///< 11, legends, tick labels, units
    state,         ///< 20 demi-bold, the one health or verdict line
    number,        ///< 12 fixed pitch, every value that changes
    health_number, ///< 13 fixed pitch
    big_number,    ///< 38 fixed pitch, one per workspace at most
    count_
};

/// Colours and type of the whole window: dark or light, text 80..200 %. Whoever keeps colours (plots)
/// takes them again on changed().
/// Thread: gui.
class Theme : public QObject {
    Q_OBJECT
public:
    static Theme& current();

    /// Fusion style, palette, font and style sheet of the whole program, now and on every change.
    void applyTo(QApplication& app);

    [[nodiscard]] bool dark() const { return dark_; }
    void setDark(bool dark);
    /// 1.0 is 100 %; kept within 0.8..2.0.
    [[nodiscard]] double textScale() const { return text_scale_; }
    void setTextScale(double ratio);

    /// opacity 0..1.
    [[nodiscard]] QColor colour(Token token, double opacity = 1.0) const;
    [[nodiscard]] QFont font(Type type) const;
    [[nodiscard]] QFont text() const { return font(Type::text); }
    [[nodiscard]] QFont title() const { return font(Type::title); }
    [[nodiscard]] QFont note() const { return font(Type::note); }
    [[nodiscard]] QFont state() const { return font(Type::state); }
    [[nodiscard]] QFont number() const { return font(Type::number); }
    [[nodiscard]] QFont bigNumber() const { return font(Type::big_number); }
    /// A length in px that grows with the text.
    [[nodiscard]] int scaled(double px) const;

    [[nodiscard]] QPalette palette() const;
    [[nodiscard]] QString styleSheet() const;

signals:
    void changed();

private:
    Theme();
    void apply();

    QApplication* app_ = nullptr;
    bool dark_ = true;
    double text_scale_ = 1.0;
    QStringList text_families_, number_families_;
};

}  // namespace doubletalk::ui
