// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/http_page.h"

#include <QHttpServer>
#include <QHttpServerResponse>
#if QT_VERSION >= QT_VERSION_CHECK(6, 8, 0)
#include <QBuffer>
#include <QHttpHeaders>
#endif

namespace doubletalk::net {
namespace {

using Method = QHttpServerRequest::Method;

#if QT_VERSION >= QT_VERSION_CHECK(6, 8, 0)

using Responder = QHttpServerResponder&;

QHttpHeaders headersOf(const HttpPage& page) {
    QHttpHeaders headers;
    for (const auto& [name, value] : page.headers) headers.append(name, value);
    return headers;
}

QHttpServerResponse whole(const HttpPage& page) {
    QHttpServerResponse response(page.mime_type, page.body);
    auto headers = response.headers();
    for (const auto& [name, value] : page.headers) headers.append(name, value);
    response.setHeaders(std::move(headers));
    return response;
}

/// A file at its end has a length and nothing more to read.
void giveHead(QHttpServerResponder& responder, const HttpPage& page) {
    auto* body = new QBuffer;  // the responder's from now on
    body->setData(page.body);
    body->open(QIODevice::ReadOnly);
    body->seek(body->size());
    auto headers = headersOf(page);
    headers.append(QHttpHeaders::WellKnownHeader::ContentType, page.mime_type);
    responder.write(body, headers);
}

QHttpServerResponse notAllowed() {
    QHttpServerResponse response(QHttpServerResponse::StatusCode::MethodNotAllowed);
    auto headers = response.headers();
    headers.append(QHttpHeaders::WellKnownHeader::Allow, "GET, HEAD");
    response.setHeaders(std::move(headers));
    return response;
}

#else

using Responder = QHttpServerResponder&&;

QHttpServerResponse whole(const HttpPage& page) {
    QHttpServerResponse response(page.mime_type, page.body);
    for (const auto& [name, value] : page.headers) response.addHeader(name, value);
    return response;
}

void giveHead(QHttpServerResponder& responder, const HttpPage& page) {
    responder.writeStatusLine();
    for (const auto& [name, value] : page.headers) responder.writeHeader(name, value);
    responder.writeHeader("Content-Type", page.mime_type);
    responder.writeHeader("Content-Length", QByteArray::number(page.body.size()));
    responder.writeBody("");
}

QHttpServerResponse notAllowed() {
    QHttpServerResponse response(QHttpServerResponse::StatusCode::MethodNotAllowed);
    response.addHeader("Allow", "GET, HEAD");
    return response;
}

#endif

}  // namespace

void serveHttpPage(QHttpServer& http, const HttpPage& page) {
    http.route(page.path, Method::Get, [page] { return whole(page); });
    http.route(page.path, Method::Head, [page](Responder responder) { giveHead(responder, page); });
    constexpr auto kOthers =
        QHttpServerRequest::Methods(Method::AnyKnown) & ~(Method::Get | Method::Head);
    http.route(page.path, kOthers, [] { return notAllowed(); });
}

}  // namespace doubletalk::net
