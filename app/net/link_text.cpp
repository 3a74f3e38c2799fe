// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/link_text.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QStringList>

namespace doubletalk::net {
namespace {

constexpr int kMaxShownCharacters = 120;

QString tr(const char* text) { return QCoreApplication::translate("Link", text); }

QString explainHttpStatus(int status) {
    switch (status) {
        case 401:
            return tr("it wants an access token (HTTP 401): check the token");
        case 403:
            return tr("it refuses us (HTTP 403): check the token and what it allows");
        case 404:
            return tr("it has no such path (HTTP 404): check the end of the address");
        case 429:
            return tr("it has too many requests (HTTP 429): wait, or use another service");
        case 503:
            return tr("it is not ready (HTTP 503): wait, or look at its log");
        default:
            return tr("it answers HTTP %1 instead of opening a WebSocket").arg(status);
    }
}

QString explainHandshake(const QString& error_string) {
    static const QRegularExpression status_code(QStringLiteral("status code: *(\\d{3})"));
    const auto match = status_code.match(error_string);
    if (match.hasMatch()) return explainHttpStatus(match.captured(1).toInt());
    // Qt 6.8 looks for a way to log in instead of telling the status.
    if (error_string.contains(QLatin1String("uthenticat"))) return explainHttpStatus(401);
    return tr("what answers there is no WebSocket service: check host and port");
}

QString explainTlsError(QSslError::SslError error) {
    switch (error) {
        case QSslError::SelfSignedCertificate:
        case QSslError::SelfSignedCertificateInChain:
            return tr("its certificate is self-signed and not trusted here: give its CA file");
        case QSslError::UnableToGetLocalIssuerCertificate:
        case QSslError::UnableToGetIssuerCertificate:
        case QSslError::UnableToVerifyFirstCertificate:
        case QSslError::CertificateUntrusted:
            return tr("nobody trusted here has signed its certificate: give its CA file");
        case QSslError::CertificateExpired:
            return tr(
                "its certificate has expired: it needs a new one (or the clock here is wrong)");
        case QSslError::CertificateNotYetValid:
            return tr("its certificate is not valid yet: check the clock of this computer");
        case QSslError::HostNameMismatch:
            return tr("its certificate is for another host: use the name that stands in it");
        default:
            return {};
    }
}

}  // namespace

QString shownAddress(const QUrl& url) {
    return url.adjusted(QUrl::RemoveUserInfo | QUrl::RemoveQuery | QUrl::RemoveFragment)
        .toDisplayString();
}

QString shownText(const QString& text) {
    QString line = text.simplified();
    for (auto& character : line) {
        if (!character.isPrint()) character = QLatin1Char('?');
    }
    if (line.size() > kMaxShownCharacters)
        line = line.left(kMaxShownCharacters - 1) + QChar(0x2026);
    return line;
}

QString explainSocketError(QAbstractSocket::SocketError error, const QString& error_string,
                           const QUrl& url) {
    QString why;
    const bool handshake = error_string.contains(QLatin1String("andshake")) ||
                           error_string.contains(QLatin1String("status code"));
    if (handshake && error != QAbstractSocket::SslHandshakeFailedError) {
        why = explainHandshake(error_string);
    } else {
        switch (error) {
            case QAbstractSocket::ConnectionRefusedError:
                why = tr("nothing listens there: start the service, or check host and port");
                break;
            case QAbstractSocket::HostNotFoundError:
                why = tr("there is no host of that name: check the address");
                break;
            case QAbstractSocket::RemoteHostClosedError:
                why = tr("it ended the connection before the WebSocket was open: look at its log");
                break;
            case QAbstractSocket::NetworkError:
                why = tr("the network does not lead there: check cable, Wi-Fi and VPN");
                break;
            case QAbstractSocket::SslHandshakeFailedError:
                why = tr("no TLS connection comes about (%1): is it a ws service instead of wss?")
                          .arg(shownText(error_string));
                break;
            default:
                why = shownText(error_string);
                break;
        }
    }
    return shownAddress(url) + QStringLiteral(": ") + why;
}

QString explainClose(int code, const QString& reason) {
    // Qt knows no codes from 1012 on and says so instead of telling them.
    if (code == 1002 && reason.contains(QLatin1String("nvalid close code"))) {
        return tr(
            "the service sent us away with a rare close code, such as 1013: it is too busy, or "
            "restarts: wait, or look at its log");
    }
    QString why;
    switch (code) {
        case 1000:
            why = tr("the service ended the connection");
            break;
        case 1001:
            why = tr("the service is shutting down");
            break;
        case 1002:
            why = tr("the service, or what is between, does not keep to the WebSocket protocol");
            break;
        case 1003:
            why = tr("the service does not take this kind of data: check the protocol");
            break;
        case 1005:
        case 1006:
            why = tr("the connection broke: look at the service's log");
            break;
        case 1007:
            why = tr("a text message was no UTF-8");
            break;
        case 1008:
            why = tr("the service's rules forbid it");
            break;
        case 1009:
            why = tr("a message was too large");
            break;
        case 1011:
            why = tr("the service failed: look at its log");
            break;
        case 1012:
            why = tr("the service restarts");
            break;
        case 1013:
            why = tr("the service has no room for another client now");
            break;
        default:
            why = tr("the service ended the connection with code %1").arg(code);
            break;
    }
    const QString said = shownText(reason);
    return said.isEmpty() ? why : tr("%1 (it says: %2)").arg(why, said);
}

QString explainTls(const QList<QSslError>& errors, const QUrl& url) {
    QStringList lines;
    for (const auto& error : errors) {
        QString line = explainTlsError(error.error());
        if (line.isEmpty()) line = shownText(error.errorString());
        if (!lines.contains(line)) lines << line;
    }
    return shownAddress(url) + QStringLiteral(": ") + lines.join(QStringLiteral("; "));
}

}  // namespace doubletalk::net
