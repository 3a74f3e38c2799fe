// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace doubletalk {

/// What kind of thing went wrong; decides the exit code of the command line (usage → 2).
enum class ErrorKind { usage, not_found, format, io, unsupported, state, internal };

/// A failure a user, file, device or network can cause: what was wrong, where, and what to do.
struct Error {
    ErrorKind kind = ErrorKind::internal;
    std::string what;
    std::string where;  ///< file, setting, address; may be empty
    std::string hint;   ///< what to do; may be empty

    /// One line: "where: what (hint)".
    [[nodiscard]] std::string message() const;
};

template <class T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorKind kind, std::string what,
                                                std::string where = {}, std::string hint = {}) {
    return tl::unexpected<Error>(
        Error{kind, std::move(what), std::move(where), std::move(hint)});
}

}  // namespace doubletalk
