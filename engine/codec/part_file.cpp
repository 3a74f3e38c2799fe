// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/part_file.h"

#include <unistd.h>

#include <atomic>
#include <string>
#include <system_error>
#include <utility>

namespace doubletalk::codec {

namespace fs = std::filesystem;

PartFile::PartFile(fs::path target) : target_(std::move(target)) {
    static std::atomic<unsigned> counter{0};
    part_ = target_.parent_path() /
            ("." + target_.filename().string() + "." + std::to_string(::getpid()) + "-" +
             std::to_string(counter++) + ".part");
}

PartFile::PartFile(PartFile&& other) noexcept
    : target_(std::move(other.target_)), part_(std::exchange(other.part_, {})) {}

PartFile::~PartFile() {
    std::error_code code;
    if (!part_.empty()) fs::remove(part_, code);
}

Result<void> PartFile::commit() {
    std::error_code code;
    if (fs::is_directory(target_, code)) {
        return fail(ErrorKind::usage, "this is a folder, not a file", target_.string(),
                    "add a file name");
    }
    fs::rename(part_, target_, code);
    if (code) {
        return fail(ErrorKind::io, "cannot be replaced: " + code.message(), target_.string(),
                    "check the permissions of the folder");
    }
    part_.clear();
    return {};
}

}  // namespace doubletalk::codec
