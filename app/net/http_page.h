// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <utility>
#include <vector>

class QHttpServer;

namespace doubletalk::net {

/// An answer that is always the same.
struct HttpPage {
    QString path;
    QByteArray mime_type;
    QByteArray body;
    std::vector<std::pair<QByteArray, QByteArray>> headers;  ///< besides type and length
};

/// GET gives the page, HEAD its headers, everything else 405. Before the server is bound. Thread:
/// net.
void serveHttpPage(QHttpServer& http, const HttpPage& page);

}  // namespace doubletalk::net
