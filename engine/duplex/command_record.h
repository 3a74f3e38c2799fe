// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/core/provenance.h"
#include "engine/core/result.h"
#include "engine/duplex/block_io.h"
#include "engine/session/records.h"

namespace doubletalk::duplex {

/// Commands and runs of direct audio as session lines, and back. The way there does not allocate.
[[nodiscard]] session::CommandRecord toRecord(const Command& command, BlockIndex block) noexcept;
[[nodiscard]] session::CommandRecord toRecord(const ProvenanceSpan& span,
                                              BlockIndex block) noexcept;
[[nodiscard]] bool isDirectSpan(const session::CommandRecord& record) noexcept;
/// Errors: unknown command or setting of another version.
[[nodiscard]] Result<Command> toCommand(const session::CommandRecord& record);
[[nodiscard]] Result<ProvenanceSpan> toDirectSpan(const session::CommandRecord& record);

}  // namespace doubletalk::duplex
