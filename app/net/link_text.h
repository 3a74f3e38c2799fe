// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractSocket>
#include <QList>
#include <QSslError>
#include <QString>
#include <QUrl>

namespace doubletalk::net {

/// Scheme, host, port and path; what may be secret (user, password, query) is left out.
[[nodiscard]] QString shownAddress(const QUrl& url);
/// A line of a peer made fit to be shown: one line, printable, at most 120 characters.
[[nodiscard]] QString shownText(const QString& text);
/// What went wrong on the way to a connection, and what to do. error_string is Qt's.
[[nodiscard]] QString explainSocketError(QAbstractSocket::SocketError error,
                                         const QString& error_string, const QUrl& url);
/// What a close code of RFC 6455 means here.
[[nodiscard]] QString explainClose(int code, const QString& reason);
[[nodiscard]] QString explainTls(const QList<QSslError>& errors, const QUrl& url);

}  // namespace doubletalk::net
