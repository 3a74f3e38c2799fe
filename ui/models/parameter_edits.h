// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QObject>
#include <QString>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "engine/core/result.h"

class QUndoStack;

namespace doubletalk::duplex {
struct SettingRef;
}

namespace doubletalk::ui {

class ParameterTarget;

/// Row of a setting; null: there is none. Fast.
[[nodiscard]] const duplex::SettingRef* settingRef(const QString& full_name);

/// A setting and the text it is to get; nothing: back to the default.
struct ParameterValue {
    QString name;
    std::optional<QString> text;
};

/// The one way widgets change settings: every change can be undone, those of a number without a
/// pause of a second are one step. Keeps what was typed when the table rounds it.
/// Thread: gui.
class ParameterEdits : public QObject {
    Q_OBJECT
public:
    /// target outlives it.
    explicit ParameterEdits(ParameterTarget& target, QObject* parent = nullptr);
    ~ParameterEdits() override;

    [[nodiscard]] ParameterTarget& target() { return target_; }
    [[nodiscard]] QUndoStack& undoStack() { return *stack_; }
    /// [ns] Instead of the steady clock, for tests.
    void setClock(std::function<std::int64_t()> now_ns) { now_ns_ = std::move(now_ns); }

    /// typed: as in a form. Errors: unknown, not a value, out of range; nothing changed then.
    Result<void> set(const QString& name, const QString& typed);
    Result<void> reset(const QString& name);
    /// Several settings as one step. The first error; what could be set is set.
    Result<void> apply(const QString& title, const std::vector<ParameterValue>& values);

    /// By the user, a file, the environment: not by default or scene.
    [[nodiscard]] bool isChanged(const QString& name) const;
    [[nodiscard]] QString requestedText(const QString& name) const;
    [[nodiscard]] QString inUseText(const QString& name) const;
    /// [ms] Of the running canceller's own filter; nothing: the tail length is what was set.
    void setFilterMs(std::optional<double> ms) { filter_ms_ = ms; }
    /// What parseParam() reads.
    [[nodiscard]] QString rawText(const QString& name) const;
    /// Of a switch.
    [[nodiscard]] bool isOn(const QString& name) const;

    /// For undo commands: no new step. Errors as set().
    Result<void> put(const ParameterValue& value);

signals:
    /// By anybody.
    void changed();

private:
    [[nodiscard]] ParameterValue now(const QString& name) const;

    ParameterTarget& target_;
    QUndoStack* stack_;
    std::function<std::int64_t()> now_ns_;
    std::optional<double> filter_ms_;
    QHash<QString, QString> typed_;  ///< as it was typed, where the table rounds it
};

}  // namespace doubletalk::ui
