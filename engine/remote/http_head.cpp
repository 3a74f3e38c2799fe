// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/remote/http_head.h"

#include <algorithm>
#include <charconv>

namespace doubletalk::remote {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

char lower(char c) { return c >= 'A' && c <= 'Z' ? char(c + ('a' - 'A')) : c; }

std::string lowered(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), lower);
    return out;
}

bool sameText(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                              [](char x, char y) { return lower(x) == lower(y); });
}

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// RFC 9110 5.6.2.
bool isTokenChar(char c) {
    return isDigit(c) || (lower(c) >= 'a' && lower(c) <= 'z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool isToken(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), isTokenChar);
}

bool isControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// The list a, b, c holds the wanted word, in upper or lower case.
bool listHas(std::string_view list, std::string_view wanted) {
    while (!list.empty()) {
        const auto comma = std::min(list.find(','), list.size());
        if (sameText(trimmed(list.substr(0, comma)), wanted)) return true;
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return false;
}

template <class Number>
bool readNumber(std::string_view text, Number& number) {
    const auto* end = text.data() + text.size();
    if (text.empty() || !std::all_of(text.begin(), text.end(), isDigit)) return false;
    const auto read = std::from_chars(text.data(), end, number);
    return read.ec == std::errc() && read.ptr == end;
}

tl::unexpected<Error> bad(const char* what) {
    return fail(ErrorKind::format, what, "HTTP request");
}

/// "GET /path?query HTTP/1.1"; the head gets method and path. Version: its last digit.
Result<int> readRequestLine(std::string_view line, HttpHead& head) {
    const auto space = line.find(' ');
    const auto last = line.rfind(' ');
    if (space == std::string_view::npos || last == space) return bad("broken request line");
    const auto target = line.substr(space + 1, last - space - 1);
    const auto version = line.substr(last + 1);
    if (version != "HTTP/1.1" && version != "HTTP/1.0") return bad("not HTTP/1");
    if (!isToken(line.substr(0, space))) return bad("broken request line");
    const bool visible = std::none_of(target.begin(), target.end(), [](char c) {
        return isControl(c) || c == ' ' || (unsigned(c) & 0x80U) != 0;
    });
    if (target.empty() || target.front() != '/' || !visible) return bad("broken request target");
    head.method = line.substr(0, space);
    head.path = target.substr(0, target.find('?'));
    return version.back() - '0';
}

/// What is known of the fields so far.
struct Fields {
    bool host = false, origin = false, length = false, upgrade = false, connection = false;
};

Result<void> readField(std::string_view line, HttpHead& head, Fields& seen) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !isToken(line.substr(0, colon))) {
        return bad("broken field");  // folded lines begin with a space and end here too
    }
    const auto name = line.substr(0, colon);
    const auto value = trimmed(line.substr(colon + 1));
    if (std::any_of(value.begin(), value.end(), [](char c) { return isControl(c) && c != '\t'; })) {
        return bad("control character in a field");
    }
    const auto once = [](bool& was) { return !std::exchange(was, true); };
    if (sameText(name, "Host")) {
        if (!once(seen.host)) return bad("more than one Host");
        if (!value.empty() && !parseAuthority(value)) return bad("broken Host");
        head.host = value;
    } else if (sameText(name, "Origin")) {
        if (!once(seen.origin)) return bad("more than one Origin");
        if (value.empty()) return bad("broken Origin");
        head.origin = value;
    } else if (sameText(name, "Content-Length")) {
        if (!once(seen.length)) return bad("more than one Content-Length");
        if (!readNumber(value, head.body_bytes)) return bad("broken Content-Length");
    } else if (sameText(name, "Transfer-Encoding")) {
        head.chunked = true;
    } else if (sameText(name, "Upgrade")) {
        seen.upgrade = seen.upgrade || listHas(value, "websocket");
    } else if (sameText(name, "Connection")) {
        seen.connection = seen.connection || listHas(value, "upgrade");
    }
    return {};
}

}  // namespace

std::size_t httpHeadSize(std::string_view bytes) {
    const auto end = bytes.find("\r\n\r\n");
    return end == std::string_view::npos ? 0 : end + 4;
}

Result<HttpHead> parseHttpHead(std::string_view bytes) {
    if (bytes.size() > kMaxHttpHeadBytes || httpHeadSize(bytes) != bytes.size()) {
        return bad("not one whole head");
    }
    HttpHead head;
    Fields seen;
    const auto first = bytes.find(kLineEnd);
    const auto version = readRequestLine(bytes.substr(0, first), head);
    if (!version) return tl::unexpected(version.error());
    bytes.remove_prefix(first + kLineEnd.size());
    while (bytes != kLineEnd && !bytes.empty()) {
        const auto end = bytes.find(kLineEnd);
        if (auto ok = readField(bytes.substr(0, end), head, seen); !ok) {
            return tl::unexpected(ok.error());
        }
        bytes.remove_prefix(end + kLineEnd.size());
    }
    if (head.host.empty() && *version > 0) return bad("no Host");
    if (head.chunked && seen.length) return bad("two sizes of one body");
    head.websocket = seen.upgrade && seen.connection;
    if (seen.upgrade != head.websocket) return bad("half an upgrade to WebSocket");
    return head;
}

std::optional<Authority> parseAuthority(std::string_view text) {
    Authority authority;
    auto host = text;
    std::string_view port;
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        if (close == std::string_view::npos) return {};
        host = text.substr(1, close - 1);
        port = text.substr(close + 1);
        if (host.find(':') == std::string_view::npos || !isAddress(host)) return {};
    } else {
        const auto colon = std::min(text.find(':'), text.size());
        host = text.substr(0, colon);
        port = text.substr(colon);
        if (!std::all_of(host.begin(), host.end(), isTokenChar)) return {};
        if (host.size() > 1 && host.ends_with('.')) host.remove_suffix(1);
    }
    if (host.empty()) return {};
    if (!port.empty()) {
        if (port.front() != ':' || !readNumber(port.substr(1), authority.port)) return {};
        if (authority.port == 0) return {};
    }
    authority.host = lowered(host);
    return authority;
}

bool isAddress(std::string_view host) {
    if (host.find(':') != std::string_view::npos) {
        return std::all_of(host.begin(), host.end(), [](char c) {
            return isDigit(c) || (lower(c) >= 'a' && lower(c) <= 'f') || c == ':' || c == '.';
        });
    }
    int parts = 0;
    while (!host.empty()) {
        const auto dot = std::min(host.find('.'), host.size());
        std::uint8_t part = 0;
        if (!readNumber(host.substr(0, dot), part)) return false;
        ++parts;
        if (dot + 1 == host.size()) return false;
        host.remove_prefix(std::min(dot + 1, host.size()));
    }
    return parts == 4;
}

bool isLoopbackName(std::string_view host) {
    const auto name = lowered(host);
    if (name == "localhost" || name == "::1" || name.ends_with(".localhost")) return true;
    return name.starts_with("127.") && isAddress(name);
}

bool isOwnOrigin(std::string_view origin, std::string_view scheme, std::string_view host) {
    const auto slashes = origin.find("://");
    if (slashes == std::string_view::npos || !sameText(origin.substr(0, slashes), scheme)) {
        return false;
    }
    const auto page = parseAuthority(origin.substr(slashes + 3));
    const auto own = parseAuthority(host);
    if (!page || !own || page->port != own->port) return false;
    return page->host == own->host || (isLoopbackName(page->host) && isLoopbackName(own->host));
}

}  // namespace doubletalk::remote
