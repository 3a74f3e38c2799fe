// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/result.h"

namespace doubletalk::remote {

/// The head of an HTTP/1 request, as far as is needed to say who may have what. Ref: RFC 9112.
struct HttpHead {
    std::string method;  ///< "GET"
    std::string path;    ///< up to the '?', as it was sent: begins with '/', nothing is decoded
    std::string host;    ///< Host field; empty only with HTTP/1.0
    std::string origin;  ///< empty: none was sent
    std::uint64_t body_bytes = 0;
    bool chunked = false;    ///< a body of unknown size
    bool websocket = false;  ///< asks for an upgrade to WebSocket
};

constexpr std::size_t kMaxHttpHeadBytes = 8192;

/// Bytes up to and with the empty line; 0: it has not come yet.
[[nodiscard]] std::size_t httpHeadSize(std::string_view bytes);

/// head: httpHeadSize() bytes. Strict, so that nobody after us reads it differently: one Host, one
/// Origin, CRLF line ends, no folded lines. Errors: format.
[[nodiscard]] Result<HttpHead> parseHttpHead(std::string_view head);

/// Host and port of "host:port", "[::1]:port" or either without a port.
struct Authority {
    std::string host;        ///< lower case, without brackets and without a final dot
    std::uint16_t port = 0;  ///< 0: none was given
};
[[nodiscard]] std::optional<Authority> parseAuthority(std::string_view text);

/// "localhost", "x.localhost", 127.0.0.0/8, "::1": names nobody else's name server answers for.
[[nodiscard]] bool isLoopbackName(std::string_view host);
/// An IPv4 or IPv6 address rather than a name.
[[nodiscard]] bool isAddress(std::string_view host);

/// The page of this origin came from the server that host names: same scheme, port and host, where
/// all loopback names are one. scheme: "http" or "https".
[[nodiscard]] bool isOwnOrigin(std::string_view origin, std::string_view scheme,
                               std::string_view host);

}  // namespace doubletalk::remote
