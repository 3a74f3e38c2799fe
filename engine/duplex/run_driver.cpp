// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/run_driver.h"

#include <algorithm>
#include <array>

namespace doubletalk::duplex {

std::int64_t BlockTimer::stop(session::SessionWriter* writer, BlockIndex block) {
    using namespace std::chrono;
    const auto ns = duration_cast<nanoseconds>(steady_clock::now() - start_).count();
    const double ms = double(ns) * 1e-6;
    sum_ms_ += ms;
    max_ms_ = std::max(max_ms_, ms);
    if (++count_ == 10) {
        if (writer != nullptr) {
            const std::array values{sum_ms_ / count_, max_ms_, sum_ms_ / (count_ * kBlockMs)};
            writer->machine(block, double((block + 1) * kBlockMs) / 1000.0, values);
        }
        sum_ms_ = max_ms_ = 0.0;
        count_ = 0;
    }
    return ns;
}

bool ProgressGate::goesOn(BlockIndex done, BlockIndex all) {
    if (!progress_) return true;
    const auto now = std::chrono::steady_clock::now();
    if (done < all && now - last_ < std::chrono::milliseconds(100)) return true;
    last_ = now;
    return progress_(double(done) / double(std::max<BlockIndex>(all, 1)));
}

Result<void> finishSession(session::SessionWriter& writer, const RunResult& result) {
    auto summary = nlohmann::json{{"metrics", result.metrics}, {"cancelled", result.cancelled}};
    return writer.finish(summary);
}

}  // namespace doubletalk::duplex
