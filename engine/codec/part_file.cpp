// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/part_file.h"

#include <unistd.h>

#include <atomic>
#include <string>
#include <system_error>
#include <utility>

#include "engine/core/write_target.h"

namespace doubletalk::codec {

namespace fs = std::filesystem;

PartFile::PartFile(fs::path target) : target_(std::move(target)) {
    static std::atomic<unsigned> counter{0};
    part_ = target_.parent_path() /
            ("." + target_.filename().string() + "." + std::to_string(::getpid()) + "-" +
             std::to_string(counter++) + ".part");
}

Result<PartFile> PartFile::beside(const fs::path& target) {
    auto real = writeTarget(target);
    if (!real) return tl::unexpected(real.error());
    return PartFile(std::move(*real));
}

PartFile::PartFile(PartFile&& other) noexcept
    : target_(std::move(other.target_)), part_(std::exchange(other.part_, {})) {}

PartFile::~PartFile() {
    std::error_code code;
    if (!part_.empty()) fs::remove(part_, code);
}

Result<void> PartFile::commit() {
    std::error_code code;
    // Something else may have come there while the file was written.
    if (auto real = writeTarget(target_); !real) return tl::unexpected(real.error());
    fs::rename(part_, target_, code);
    if (code) {
        return fail(ErrorKind::io, "cannot be replaced: " + code.message(), target_.string(),
                    writeHint(code.value()));
    }
    part_.clear();
    return {};
}

}  // namespace doubletalk::codec
