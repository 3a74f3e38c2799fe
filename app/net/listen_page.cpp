// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/listen_page.h"

#include <QFile>

#include "app/net/http_page.h"

namespace doubletalk::net {
namespace {

struct PageFile {
    const char* route;
    const char* resource;
    const char* mime_type;
};

constexpr PageFile kFiles[] = {
    {"/", ":/listen/index.html", "text/html; charset=utf-8"},
    {"/listen.js", ":/listen/listen.js", "text/javascript; charset=utf-8"},
    {"/player.js", ":/listen/player.js", "text/javascript; charset=utf-8"},
    {"/listen.css", ":/listen/listen.css", "text/css; charset=utf-8"},
    {"/icon.svg", ":/listen/icon.svg", "image/svg+xml"},
};

}  // namespace

void serveListenPage(QHttpServer& http) {
    const std::vector<std::pair<QByteArray, QByteArray>> headers{
        {"Content-Security-Policy",
         "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
         "connect-src 'self'; media-src blob:; base-uri 'none'; form-action 'none'; "
         "frame-ancestors 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "no-referrer"},
        {"Cache-Control", "no-cache"},
    };
    for (const auto& entry : kFiles) {
        QFile file(entry.resource);
        const auto body = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        serveHttpPage(http, {entry.route, entry.mime_type, body, headers});
    }
}

}  // namespace doubletalk::net
