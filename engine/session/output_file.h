// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "engine/core/result.h"

namespace doubletalk::session {

/// A file that only grows (but for its first bytes). What append() took survives the death of the
/// process (not of the machine: nothing waits for the disk). Move-only; closes itself. Thread:
/// disk.
class OutputFile {
public:
    OutputFile() = default;
    /// Errors: exists, not writable.
    [[nodiscard]] static Result<OutputFile> create(const std::filesystem::path& path);
    ~OutputFile();
    OutputFile(OutputFile&& other) noexcept;
    OutputFile& operator=(OutputFile&& other) noexcept;

    /// Errors: disk full, size limit.
    [[nodiscard]] Result<void> append(std::string_view bytes);
    /// Replaces the first bytes, which must have been written before.
    [[nodiscard]] Result<void> overwriteStart(std::string_view bytes);
    [[nodiscard]] std::int64_t size() const { return size_; }
    [[nodiscard]] Result<void> close();

private:
    int fd_ = -1;
    std::int64_t size_ = 0;
    std::filesystem::path path_;
};

/// Replaces the file whole or not at all. Errors: io.
[[nodiscard]] Result<void> replaceFile(const std::filesystem::path& path, std::string_view text);

/// The whole file. Errors: missing, a folder, larger than max_bytes, unreadable.
[[nodiscard]] Result<std::string> readWhole(const std::filesystem::path& path,
                                            std::int64_t max_bytes);

/// What errno means and what to do about it.
[[nodiscard]] tl::unexpected<Error> ioError(int code, const std::string& doing,
                                            const std::filesystem::path& path);

}  // namespace doubletalk::session
