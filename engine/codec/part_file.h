// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "engine/core/result.h"

namespace doubletalk::codec {

/// A file that replaces another one whole or not at all: it is written beside it under a name that
/// no other writer uses, and removed unless commit() came.
class PartFile {
public:
    /// Beside target, or beside what it links to. Errors: io (target is no file to be replaced).
    [[nodiscard]] static Result<PartFile> beside(const std::filesystem::path& target);
    PartFile(PartFile&& other) noexcept;
    PartFile& operator=(PartFile&&) = delete;
    ~PartFile();

    /// Where to write until then.
    [[nodiscard]] const std::filesystem::path& path() const { return part_; }
    /// Errors: io (the target cannot be replaced).
    [[nodiscard]] Result<void> commit();

private:
    explicit PartFile(std::filesystem::path target);

    std::filesystem::path target_;
    std::filesystem::path part_;  ///< empty: nothing to remove
};

}  // namespace doubletalk::codec
