// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>
#include <cmath>
#include <string>

namespace doubletalk::cli {

/// CLI::Range for real numbers; that one takes NaN, which is neither below nor above anything.
[[nodiscard]] inline CLI::Validator realRange(double min, double max) {
    const CLI::Range range(min, max);
    return {[range](std::string& text) {
                double value = 0.0;
                if (CLI::detail::lexical_cast(text, value) && std::isnan(value)) {
                    return "'" + text + "' is no number";
                }
                return range(text);
            },
            range.get_description()};
}

}  // namespace doubletalk::cli
