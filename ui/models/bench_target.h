// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/parameter_target.h"

namespace doubletalk::bench {
class Bench;
}

namespace doubletalk::ui {

/// The bench as a target of the parameter widgets.
class BenchTarget : public ParameterTarget {
    Q_OBJECT
public:
    /// bench outlives it.
    explicit BenchTarget(bench::Bench& bench, QObject* parent = nullptr);

    [[nodiscard]] const duplex::Settings& requested() const override;
    [[nodiscard]] const duplex::Settings& inUse() const override;
    [[nodiscard]] Result<void> set(const std::string& full_name, const std::string& text) override;
    [[nodiscard]] Result<void> unset(const std::string& full_name) override;
    [[nodiscard]] duplex::SettingSource sourceOf(const std::string& full_name) const override;
    [[nodiscard]] bool waitsForRestart(const std::string& full_name) const override;

private:
    bench::Bench& bench_;
};

}  // namespace doubletalk::ui
