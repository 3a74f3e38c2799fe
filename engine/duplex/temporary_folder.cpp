// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/temporary_folder.h"

#include <cstdlib>
#include <system_error>

namespace doubletalk::duplex {

TemporaryFolder::TemporaryFolder(const std::string& prefix) {
    std::error_code code;
    auto base = std::filesystem::temp_directory_path(code);
    if (code) base = ".";
    auto name = (base / (prefix + "-XXXXXX")).string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace doubletalk::duplex
