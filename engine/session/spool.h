// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "engine/core/result.h"
#include "engine/session/session_params.h"
#include "engine/session/session_writer.h"

namespace doubletalk::session {

/// Records a run from block 0 into a folder of its own, so that what was worth keeping can be kept
/// afterwards. Takes at most session.spool_mib: when that is full it starts anew and drops what it
/// had (a session kept then says bit_exact: false and why). Its folder goes with it; one left by a
/// killed process is an orphan that can be recovered. Thread: owner; writer() as it says.
class Spool {
public:
    /// root is made when missing; many spools of many processes may share it. Errors: io.
    [[nodiscard]] static Result<std::unique_ptr<Spool>> create(const std::filesystem::path& root,
                                                               const SessionHeader& header,
                                                               const SessionParams& params);
    ~Spool();
    Spool(const Spool&) = delete;
    Spool& operator=(const Spool&) = delete;

    [[nodiscard]] SessionWriter& writer() noexcept { return *writer_; }
    /// Keeps everything from block 0 up to to_block (not included; below 0: all there is so far) as
    /// a session in folder (new or empty), with from_block .. to_block marked in session.json.
    /// Recording goes on. Errors: impossible range, io.
    [[nodiscard]] Result<void> keep(const std::filesystem::path& folder, BlockIndex from_block,
                                    BlockIndex to_block);
    /// Ends recording; keep() still works until the spool goes.
    [[nodiscard]] Result<void> finish(const nlohmann::json& summary);
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

private:
    Spool() = default;
    std::filesystem::path folder_;  ///< holds the lock and the session
    int lock_ = -1;                 ///< held as long as this spool lives
    std::unique_ptr<SessionWriter> writer_;
};

/// A spool whose process died.
struct OrphanSpool {
    std::filesystem::path folder;
    std::int64_t pid = 0;
    std::int64_t bytes = 0;
};

/// Spools under root that belong to no living process, in the order of their names.
[[nodiscard]] std::vector<OrphanSpool> listOrphanSpools(const std::filesystem::path& root);
/// Its complete blocks as a session in folder (new or empty); the orphan stays.
[[nodiscard]] Result<void> recoverSpool(const OrphanSpool& orphan,
                                        const std::filesystem::path& folder);
/// Deletes it. Errors: io, it is in use after all.
[[nodiscard]] Result<void> removeSpool(const OrphanSpool& orphan);

}  // namespace doubletalk::session
