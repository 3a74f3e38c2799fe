// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>
#include <string_view>

class QWidget;

namespace doubletalk::ui {

class History;
class Strip;
class TimeStack;
class TimeView;

/// One row per strip: a new plot is a file and a row.
struct PlotRow {
    std::string_view id;
    std::unique_ptr<Strip> (*make)();
};
[[nodiscard]] std::span<const PlotRow> plotRows();
/// Null: no such strip.
[[nodiscard]] std::unique_ptr<Strip> makeStrip(std::string_view id);

/// Waveforms, voice, lanes and ERLE on the window's time axis. parent owns it.
[[nodiscard]] TimeStack* makeEchoStack(const History& history, TimeView& view,
                                       QWidget* parent = nullptr);
/// Latency by stage on the same axis.
[[nodiscard]] TimeStack* makeLatencyStack(const History& history, TimeView& view,
                                          QWidget* parent = nullptr);
/// Playout, packets' delays, buffer and network lanes.
[[nodiscard]] TimeStack* makeNetworkStack(const History& history, TimeView& view,
                                          QWidget* parent = nullptr);

}  // namespace doubletalk::ui
