// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/write_target.h"

#include <cerrno>
#include <system_error>

namespace doubletalk {
namespace {

namespace fs = std::filesystem;

constexpr int kMostLinks = 40;  ///< as many as Linux follows

std::string kindName(fs::file_type type) {
    switch (type) {
        case fs::file_type::directory:
            return "a folder";
        case fs::file_type::block:
        case fs::file_type::character:
            return "a device";
        case fs::file_type::fifo:
            return "a pipe";
        case fs::file_type::socket:
            return "a socket";
        default:
            return "something else";
    }
}

/// Where a chain of links ends, at a name that need not exist.
fs::path linkEnd(fs::path file) {
    std::error_code code;
    for (int i = 0; i < kMostLinks && fs::is_symlink(fs::symlink_status(file, code)); ++i) {
        const auto next = fs::read_symlink(file, code);
        if (code) break;
        file = file.parent_path() / next;  // an absolute one stands for itself
    }
    return file;
}

}  // namespace

Result<fs::path> writeTarget(const fs::path& file) {
    std::error_code code;
    const auto status = fs::status(file, code);
    if (status.type() == fs::file_type::not_found) return linkEnd(file);
    if (status.type() == fs::file_type::none || status.type() == fs::file_type::unknown) {
        return fail(ErrorKind::io, "cannot be written: " + code.message(), file.string(),
                    writeHint(code.value()));
    }
    if (status.type() != fs::file_type::regular) {
        return fail(ErrorKind::io,
                    "this is " + kindName(status.type()) + ", not a file that can be replaced",
                    file.string(), "give the name of a new or an ordinary file");
    }
    if (!fs::is_symlink(fs::symlink_status(file, code))) return file;
    auto real = fs::canonical(file, code);
    if (code) {
        return fail(ErrorKind::io, "the link cannot be followed: " + code.message(), file.string(),
                    "give the name of the file it leads to");
    }
    return real;
}

std::string writeHint(int code) {
    switch (code) {
        case ENOSPC:
        case EDQUOT:
            return "make room on the disk or write to another folder";
        case EFBIG:
            return "raise the file size limit or write to another folder";
        case EACCES:
        case EPERM:
        case EROFS:
            return "choose a folder you may write to";
        case ENOENT:
        case ENOTDIR:
            return "check that the folder exists";
        default:
            return "check the folder and the disk";
    }
}

}  // namespace doubletalk
