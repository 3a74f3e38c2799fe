// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bench/run_spool.h"

#include <utility>

namespace doubletalk::bench {

Result<void> RunSpool::open(const std::filesystem::path& root, const session::SessionHeader& header,
                            const session::SessionParams& params) {
    if (root.empty()) return {};
    auto spool = session::Spool::create(root, header, params);
    if (!spool) return tl::unexpected(spool.error());
    spool_ = std::move(*spool);
    return {};
}

Result<void> RunSpool::keep(const std::filesystem::path& folder, BlockIndex from_block,
                            BlockIndex to_block, bool run_ended) {
    if (!spool_) return fail(ErrorKind::state, "this run is not recorded", {}, "start a new run");
    // Its last block is whole only when nothing comes after it any more.
    if (run_ended && !std::exchange(finished_, true)) {
        if (auto ok = spool_->finish(nlohmann::json::object()); !ok) return ok;
    }
    return spool_->keep(folder, from_block, to_block);
}

void RunSpool::tell(RunNews& news) const {
    if (!spool_) return;
    news.dropped_records = spool_->writer().droppedRecords();
    news.disk_error = spool_->writer().diskError();
}

}  // namespace doubletalk::bench
