// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/listen_page.h"

#include <QFile>
#include <QHttpServer>
#include <QHttpServerResponse>
#include <utility>
#if QT_VERSION >= QT_VERSION_CHECK(6, 8, 0)
#include <QHttpHeaders>
#endif

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

constexpr std::pair<const char*, const char*> kHeaders[] = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
     "media-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cache-Control", "no-cache"},
};

void addHeaders(QHttpServerResponse& response) {
#if QT_VERSION >= QT_VERSION_CHECK(6, 8, 0)
    auto headers = response.headers();
    for (const auto& [name, value] : kHeaders) headers.append(name, value);
    response.setHeaders(std::move(headers));
#else
    for (const auto& [name, value] : kHeaders) response.addHeader(name, value);
#endif
}

}  // namespace

void serveListenPage(QHttpServer& http) {
    for (const auto& entry : kFiles) {
        QFile file(entry.resource);
        const auto body = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        http.route(entry.route, QHttpServerRequest::Method::Get, [body, type = entry.mime_type] {
            QHttpServerResponse response(QByteArray(type), body);
            addHeaders(response);
            return response;
        });
    }
}

}  // namespace doubletalk::net
