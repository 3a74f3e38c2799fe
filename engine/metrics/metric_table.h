// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string_view>

namespace doubletalk::metrics {

enum class MetricKind : unsigned char { counter, gauge, distribution };

/// One row per metric: drives JSON, CSV headers, tooltips and help.
struct MetricRow {
    std::string_view id;       ///< JSON key = CSV column; unit at its end
    std::string_view label;    ///< for a reader
    std::string_view unit;     ///< "dB", "ms", ... or empty
    std::string_view formula;  ///< what exactly is computed, and its source
    MetricKind kind = MetricKind::gauge;
};

[[nodiscard]] std::span<const MetricRow> metricTable() noexcept;
/// Null for an unknown id. An id with an instance in front ("shadow.erle_db") or a part behind
/// ("stage_latency_ms.echo") finds its row.
[[nodiscard]] const MetricRow* findMetric(std::string_view id) noexcept;

}  // namespace doubletalk::metrics
