// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <string>

#include "engine/remote/http_head.h"
#include "tests/fuzz/fuzz_input.h"

using namespace doubletalk::remote;

/// The first bytes of a connection, as they come from anywhere.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = textOf(data, size);
    const auto end = httpHeadSize(bytes);
    require(end <= bytes.size());
    // However it is cut into packets, the end is where it is.
    require(end == 0 || httpHeadSize(bytes.substr(0, end - 1)) == 0);
    const auto head = parseHttpHead(bytes.substr(0, end));
    if (head) {
        require(end > 0 && end <= kMaxHttpHeadBytes);
        require(head->path.starts_with('/') && head->path.find('?') == std::string::npos);
        require(std::all_of(head->path.begin(), head->path.end(),
                            [](char c) { return c > ' ' && c < '\x7F'; }));
        require(head->host.empty() || parseAuthority(head->host));
        // The first Host and Origin are the only ones.
        const auto twice = "\r\nHost: a\r\nhost: b" + std::string(bytes.substr(end - 4, 4));
        require(!parseHttpHead(std::string(bytes.substr(0, end - 4)) + twice));
        if (isOwnOrigin(head->origin, "http", head->host)) {
            const auto own = parseAuthority(head->host);
            const auto page = parseAuthority(std::string_view(head->origin).substr(7));
            require(page && page->port == own->port);
            require(page->host == own->host || isLoopbackName(page->host));
        }
    }
    if (const auto authority = parseAuthority(bytes)) {
        require(!authority->host.empty());
        require(std::none_of(authority->host.begin(), authority->host.end(),
                             [](char c) { return c == '/' || c == '@' || c <= ' '; }));
        if (isLoopbackName(authority->host)) {
            require(isAddress(authority->host) || authority->host.ends_with("localhost"));
        }
    }
    return 0;
}
