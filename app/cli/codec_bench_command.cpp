// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/cli/codec_bench.h"
#include "app/cli/commands.h"
#include "app/cli/output.h"

namespace doubletalk::cli {
namespace {

struct CodecBenchArguments {
    bool quick = false;
    bool json = false;
};

/// Null in JSON when there is nothing to compare.
nlohmann::ordered_json ratio(double rate, double of) {
    if (!(of > 0.0 && rate > 0.0)) return nullptr;
    return rate / of;
}

nlohmann::ordered_json toJson(const CodecBenchReport& report) {
    auto rows = nlohmann::ordered_json::array();
    const double copied = report.memcpy_samples_per_s;
    for (const auto& row : report.rows) {
        rows.push_back({{"law", codec::nameOf(row.law)},
                        {"name", row.name},
                        {"detail", row.detail},
                        {"encode_samples_per_s", row.encode_samples_per_s},
                        {"decode_samples_per_s", row.decode_samples_per_s},
                        {"round_trip_samples_per_s", row.round_trip_samples_per_s},
                        {"encode_memcpy_ratio", ratio(row.encode_samples_per_s, copied)},
                        {"decode_memcpy_ratio", ratio(row.decode_samples_per_s, copied)},
                        {"different_codes", row.different_codes},
                        {"different_samples", row.different_samples}});
    }
    return {{"block_bytes", report.block_bytes},
            {"memcpy_samples_per_s", copied},
            {"automatic", codec::g711Tiers().back().detail},
            {"rows", rows}};
}

std::string rateText(double samples_per_s, double memcpy_samples_per_s) {
    if (!(samples_per_s > 0.0)) return "failed";
    return fmt::format("{:.1f} ({:.2f})", samples_per_s * 1e-6,
                       samples_per_s / memcpy_samples_per_s);
}

std::string bitsText(const CodecBenchRow& row) {
    if (row.different_codes == 0 && row.different_samples == 0) return "same";
    return fmt::format("{} codes, {} samples differ", row.different_codes, row.different_samples);
}

void printTable(const CodecBenchReport& report) {
    const double copied = report.memcpy_samples_per_s;
    print(fmt::format(
        "blocks of {} samples (16 bit, {} KiB); memcpy {:.1f} million samples/s, {:.1f} GB/s",
        report.block_bytes / 2, report.block_bytes / 1024, copied * 1e-6, 2e-9 * copied));
    print("million samples/s (ratio to memcpy)");
    std::vector<std::vector<std::string>> rows{
        {"law", "name", "encode", "decode", "round trip", "bits", ""}};
    for (const auto& row : report.rows) {
        rows.push_back({std::string(codec::nameOf(row.law)), row.name,
                        rateText(row.encode_samples_per_s, copied),
                        rateText(row.decode_samples_per_s, copied),
                        rateText(row.round_trip_samples_per_s, copied), bitsText(row), row.detail});
    }
    print(tableText(rows));
    print(fmt::format("automatic: {}", codec::g711Tiers().back().detail));
}

Result<void> bench(const CodecBenchArguments& arguments) {
    CodecBenchOptions options;
    if (arguments.quick) options = {.rounds = 5, .round_ms = 0.5};
    const auto report = runCodecBench(options);
    if (arguments.json) {
        printJson(toJson(report));
    } else {
        printTable(report);
    }
    return {};
}

}  // namespace

Action declareCodecBench(CLI::App& command) {
    auto arguments = std::make_shared<CodecBenchArguments>();
    command.add_flag("--quick", arguments->quick, "Fewer and shorter rounds");
    command.add_flag("--json", arguments->json, "Print one JSON object");
    return [arguments] { return bench(*arguments); };
}

}  // namespace doubletalk::cli
