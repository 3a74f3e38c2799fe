// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/network/network_params.h"

#include <array>

namespace doubletalk::network {
namespace {

using params::param;
using params::ParamApply;

params::ChoiceList jitterLaws() {
    static constexpr std::array<std::string_view, 3> kLaws{"none", "normal", "gamma"};
    return kLaws;
}

params::ChoiceList lossModels() {
    static constexpr std::array<std::string_view, 3> kModels{"none", "random", "gilbert"};
    return kModels;
}

}  // namespace

std::span<const params::ParamRow> networkParamTable() {
    static const std::array kRows{
        param<&NetworkParams::enabled>(
            {"enabled", "Simulated network", "", "Off: packets arrive at once and none is lost."}),
        param<&NetworkParams::delay_ms>(
            {"delay_ms", "Delay", "ms",
             "Constant one-way delay. 20 to 80 ms is usual inside a continent."},
            {0, 2000, 0.1}),
        param<&NetworkParams::jitter_law>(
            {"jitter_law", "Jitter law", "",
             "Distribution of the delay's variation: gamma has the long tail of real networks."},
            {}, ParamApply::live, jitterLaws),
        param<&NetworkParams::jitter_ms>(
            {"jitter_ms", "Jitter", "ms",
             "Standard deviation of the variation. Quiet Wi-Fi has about 3 ms."},
            {0, 500, 0.1}),
        param<&NetworkParams::spikes_per_min>(
            {"spikes_per_min", "Spikes", "1/min",
             "Delay spikes a minute, at random times. Wi-Fi shows 6 to 16."},
            {0, 120, 0.1}),
        param<&NetworkParams::spike_ms>(
            {"spike_ms", "Spike height", "ms",
             "How long nothing arrives in a spike; what waited then comes at once, in order."},
            {0, 5000, 1}),
        param<&NetworkParams::loss_model>(
            {"loss_model", "Loss model", "",
             "random: every packet alike; gilbert: losses come in bursts."},
            {}, ParamApply::live, lossModels),
        param<&NetworkParams::loss_percent>(
            {"loss_percent", "Loss", "%", "Mean share of packets that never arrive."},
            {0, 100, 0.01}),
        param<&NetworkParams::loss_burst_packets>(
            {"loss_burst_packets", "Loss burst", "packets", "Mean length of a burst (gilbert)."},
            {1, 100, 0.1}),
        param<&NetworkParams::reorder_percent>(
            {"reorder_percent", "Reordering", "%", "Share of packets that the next one overtakes."},
            {0, 100, 0.01}),
        param<&NetworkParams::duplicate_percent>(
            {"duplicate_percent", "Duplicates", "%", "Share of packets that arrive twice."},
            {0, 100, 0.01}),
    };
    return kRows;
}

}  // namespace doubletalk::network
