// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/session/session_params.h"

#include <array>

namespace doubletalk::session {

std::span<const params::ParamRow> sessionParamTable() {
    using params::param;
    static constexpr std::array kRows{
        param<&SessionParams::spool_mib>(
            {"spool_mib", "Spool size", "MiB",
             "Disk space for the recording that runs along; when it is full its start is dropped "
             "and a session kept from it cannot be replayed bit for bit"},
            {16, 1048576, 1}, params::ParamApply::restart),
    };
    return kRows;
}

}  // namespace doubletalk::session
