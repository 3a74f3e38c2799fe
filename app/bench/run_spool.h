// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>

#include "app/bench/bench_run.h"
#include "engine/session/spool.h"

namespace doubletalk::bench {

/// The recording of a run from its first block, or none. Thread: open() before the run; keep() any
/// one thread; the rest the run's.
class RunSpool {
public:
    /// An empty root: nothing is recorded. Errors: io.
    Result<void> open(const std::filesystem::path& root, const session::SessionHeader& header,
                      const session::SessionParams& params);
    /// Null: nothing is recorded.
    [[nodiscard]] session::SessionWriter* writer() const {
        return spool_ ? &spool_->writer() : nullptr;
    }
    /// As BenchRun::keep(). Errors: state, io.
    Result<void> keep(const std::filesystem::path& folder, BlockIndex from_block,
                      BlockIndex to_block, bool run_ended);
    void tell(RunNews& news) const;

private:
    std::unique_ptr<session::Spool> spool_;
    bool finished_ = false;  ///< keep()'s thread
};

}  // namespace doubletalk::bench
