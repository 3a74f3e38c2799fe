// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/demo_folder.h"

#include <fstream>
#include <nlohmann/json.hpp>

namespace doubletalk::cli {
namespace {

namespace fs = std::filesystem;

/// A session of ours carries a session.json with its format version; a run that was killed before
/// it was complete still has it from its first block.
bool isSession(const fs::path& folder) {
    std::ifstream in(folder / "session.json");
    const auto json = nlohmann::json::parse(in, nullptr, false);
    return json.is_object() && json.contains("format_version");
}

}  // namespace

Result<fs::path> prepareDemoFolder(const fs::path& folder) {
    std::error_code code;
    fs::create_directories(folder, code);
    if (code) {
        return fail(ErrorKind::io, "cannot make the folder: " + code.message(), folder.string(),
                    "choose another folder with --out");
    }
    const auto session = folder / "session";
    if (!fs::exists(session, code)) return session;
    const bool empty = fs::is_directory(session, code) && fs::is_empty(session, code);
    if (!empty && (fs::is_symlink(session, code) || !isSession(session))) {
        return fail(ErrorKind::io, "is in the way and no session of ours", session.string(),
                    "move it away or choose another folder with --out");
    }
    fs::remove_all(session, code);
    if (code) {
        return fail(ErrorKind::io, "cannot remove the earlier session: " + code.message(),
                    session.string(), "check its permissions");
    }
    return session;
}

}  // namespace doubletalk::cli
