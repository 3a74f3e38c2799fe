// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <cstdint>
#include <string>

#include "engine/core/result.h"

namespace doubletalk::duplex {
struct Settings;
enum class SettingSource : std::uint8_t;
}  // namespace doubletalk::duplex

namespace doubletalk::ui {

/// Whatever has settings a window can change: the running bench, or a store in a test.
/// Thread: gui.
class ParameterTarget : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    /// As asked for.
    [[nodiscard]] virtual const duplex::Settings& requested() const = 0;
    /// As the engine uses them now: clamped, fallen back.
    [[nodiscard]] virtual const duplex::Settings& inUse() const = 0;
    /// Errors: unknown name, bad value; nothing changed then.
    [[nodiscard]] virtual Result<void> set(const std::string& full_name,
                                           const std::string& text) = 0;
    /// Back to what it is without the user. Errors: unknown name.
    [[nodiscard]] virtual Result<void> unset(const std::string& full_name) = 0;
    [[nodiscard]] virtual duplex::SettingSource sourceOf(const std::string& full_name) const = 0;
    [[nodiscard]] virtual bool waitsForRestart(const std::string& full_name) const = 0;

signals:
    /// By anybody.
    void changed();
};

}  // namespace doubletalk::ui
