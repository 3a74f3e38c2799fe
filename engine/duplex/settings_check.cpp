// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/settings_check.h"

#include <array>

namespace doubletalk::duplex {
namespace {

/// Two settings of which the first must not be above the second.
struct Ordered {
    std::string_view low;
    std::string_view high;
};

constexpr std::array kOrdered{
    Ordered{"jitter.min_ms", "jitter.max_ms"},
    Ordered{"buffer.healthy_min_ratio", "buffer.healthy_max_ratio"},
    Ordered{"buffer.chunk_ms", "buffer.duration_ms"},
};

double number(const params::ParamValue& value) {
    const auto* whole = std::get_if<int>(&value);
    return whole != nullptr ? double(*whole) : std::get<double>(value);
}

}  // namespace

Result<void> checkTogether(const Settings& settings) {
    for (const auto& pair : kOrdered) {
        const auto low = findSetting(pair.low);
        const auto high = findSetting(pair.high);
        if (!low) return tl::unexpected(low.error());
        if (!high) return tl::unexpected(high.error());
        const auto least = low->get(settings);
        const auto most = high->get(settings);
        if (number(least) <= number(most)) continue;
        const auto text = [](std::string_view name, const params::ParamValue& value) {
            return std::string(name) + "=" + params::formatParam(value);
        };
        return fail(ErrorKind::usage, text(pair.low, least) + " is above " + text(pair.high, most),
                    "settings",
                    "lower " + std::string(pair.low) + " or raise " + std::string(pair.high));
    }
    return {};
}

}  // namespace doubletalk::duplex
