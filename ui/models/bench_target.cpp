// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/bench_target.h"

#include "app/bench/bench.h"

namespace doubletalk::ui {

BenchTarget::BenchTarget(bench::Bench& bench, QObject* parent)
    : ParameterTarget(parent), bench_(bench) {
    connect(&bench_, &bench::Bench::settingsChanged, this, &ParameterTarget::changed);
    connect(&bench_, &bench::Bench::stateChanged, this, &ParameterTarget::changed);
}

const duplex::Settings& BenchTarget::requested() const { return bench_.requested(); }
const duplex::Settings& BenchTarget::inUse() const { return bench_.inUse(); }

Result<void> BenchTarget::set(const std::string& full_name, const std::string& text) {
    return bench_.set(full_name, text);
}

Result<void> BenchTarget::unset(const std::string& full_name) { return bench_.unset(full_name); }

duplex::SettingSource BenchTarget::sourceOf(const std::string& full_name) const {
    return bench_.sourceOf(full_name);
}

bool BenchTarget::waitsForRestart(const std::string& full_name) const {
    return bench_.waitsForRestart(full_name);
}

}  // namespace doubletalk::ui
