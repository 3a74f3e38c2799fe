// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "engine/codec/g711.h"

namespace doubletalk::cli {

struct CodecBenchOptions {
    int rounds = 60;        ///< of everything in turn; the fastest one counts
    double round_ms = 2.0;  ///< [ms] of each measurement in a round
};

/// One implementation of one law. Rates count 16-bit samples; 0: the library failed.
struct CodecBenchRow {
    codec::G711Law law = codec::G711Law::mu;
    std::string name, detail;
    double encode_samples_per_s = 0.0;
    double decode_samples_per_s = 0.0;
    double round_trip_samples_per_s = 0.0;  ///< encoded and decoded
    int different_codes = 0;                ///< of 65536 samples, from the Recommendation's
    int different_samples = 0;              ///< of 256 codes
};

struct CodecBenchReport {
    int block_bytes = 0;                ///< of 16-bit PCM
    double memcpy_samples_per_s = 0.0;  ///< copying such a block
    std::vector<CodecBenchRow> rows;
};

/// Every tier, every vector kernel and every peer, on the same block in the same rounds, so that a
/// busy machine treats them alike. Thread: user.
[[nodiscard]] CodecBenchReport runCodecBench(const CodecBenchOptions& options);

}  // namespace doubletalk::cli
