// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/offline_jitter.h"

#include "engine/duplex/run_scores.h"
#include "engine/jitter/jitter_buffer_registry.h"
#include "engine/metrics/quality.h"
#include "engine/network/trace_run.h"

namespace doubletalk::duplex {

Result<OfflineJitterReport> playTrace(const OfflineJitterOptions& options) {
    auto buffer = jitter::createJitterBuffer(options.settings.jitter.buffer);
    if (!buffer) return tl::unexpected(buffer.error());
    const auto trace = network::readTrace(options.trace);
    if (!trace) return tl::unexpected(trace.error());
    const auto run = network::runTrace(*trace, **buffer, options.settings.jitter);
    if (!run) {
        auto error = run.error();
        if (error.where.empty()) error.where = options.trace.string();
        return tl::unexpected(error);
    }
    OfflineJitterReport report;
    report.buffer = std::string((*buffer)->name());
    report.metrics["mean_delay_ms"] = numberJson(run->mean_delay_ms);
    report.metrics["p95_delay_ms"] = numberJson(run->p95_delay_ms);
    report.metrics["concealed_percent"] = numberJson(run->concealed_percent);
    report.metrics["late"] = run->late;
    report.metrics["lost"] = run->lost;
    report.metrics["loss_ratio"] = run->network_loss_percent / 100.0;
    report.metrics["discarded"] = run->discarded;
    report.metrics["duplicate"] = run->duplicate;
    report.metrics["reordered"] = run->reordered;
    report.metrics["inserted_ms"] = numberJson(run->inserted_ms);
    report.metrics["removed_ms"] = numberJson(run->removed_ms);
    report.metrics["jitter_ms"] = numberJson(run->jitter_ms);
    report.metrics["r_factor"] = numberJson(run->r_factor);
    report.metrics["mos"] = numberJson(metrics::meanOpinionScore(run->r_factor));
    report.metrics["packets"] = run->packets;
    report.metrics["played"] = run->played;
    return report;
}

}  // namespace doubletalk::duplex
