// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/web_port.h"

#include <QSslSocket>
#include <QSysInfo>
#include <QTcpSocket>
#include <QTimer>
#include <QUrl>
#include <utility>

#include "app/net/last_word_socket.h"
#include "app/net/link_text.h"
#include "app/net/request_socket.h"

namespace doubletalk::net {
namespace {

constexpr int kHeadMs = 5000;       ///< for the whole head, and TLS before it
constexpr int kIdleMs = 60000;      ///< HTTP connection without a byte either way
constexpr int kFarewellMs = 200;    ///< for a refusal to be read before the connection ends
constexpr int kMaxOpen = 256;       ///< connections that are not upgraded
constexpr qint64 kMaxBody = 65536;  ///< [B] of a request
constexpr qint64 kMaxUnanswered = kMaxBody + qint64(remote::kMaxHttpHeadBytes);  ///< [B]

struct Status {
    int code;
    const char* text;
};

constexpr Status kStatus[] = {
    {400, "Bad Request"},       {403, "Forbidden"},
    {404, "Not Found"},         {408, "Request Timeout"},
    {413, "Content Too Large"}, {426, "Upgrade Required"},
    {429, "Too Many Requests"}, {431, "Request Header Fields Too Large"},
};

QByteArray answer(int code) {
    QByteArray bytes = "HTTP/1.1 " + QByteArray::number(code) + ' ';
    for (const auto& status : kStatus) {
        if (status.code == code) bytes += status.text;
    }
    if (code == 426) bytes += "\r\nUpgrade: websocket";
    return bytes + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
}

}  // namespace

WebPort::WebPort(WebPortRules rules, QObject* parent)
    : QTcpServer(parent), rules_(std::move(rules)), farewells_(new Farewells(this)) {}

void WebPort::closeAll() {
    close();
    emit closing();
}

void WebPort::incomingConnection(qintptr descriptor) {
    auto* tls = rules_.tls ? new QSslSocket(this) : nullptr;
    auto* socket = tls != nullptr ? static_cast<QTcpSocket*>(tls) : new LastWordSocket(this);
    if (!socket->setSocketDescriptor(descriptor)) {
        delete socket;
        return;
    }
    socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    if (rules_.send_buffer_bytes > 0) {
        socket->setSocketOption(QAbstractSocket::SendBufferSizeSocketOption,
                                rules_.send_buffer_bytes);
    }
    connect(socket, &QObject::destroyed, this, [this] { --open_; });
    connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    connect(this, &WebPort::closing, socket, &QTcpSocket::disconnectFromHost);
    if (++open_ > kMaxOpen) {
        emit note(tr("refused a connection: %1 are open that are no WebSocket").arg(kMaxOpen));
        socket->abort();  // costs nothing, which is what matters now
        return;
    }
    auto* head_timer = new QTimer(socket);
    head_timer->setSingleShot(true);
    connect(head_timer, &QTimer::timeout, this, [this, socket] {
        refuse(socket, {408, tr("a request took too long")});
    });
    head_timer->start(kHeadMs);
    connect(socket, &QTcpSocket::readyRead, this,
            [this, socket, head_timer] { readFirstHead(socket, head_timer); });
    if (tls != nullptr) {
        tls->setSslConfiguration(*rules_.tls);
        tls->startServerEncryption();
    }
}

void WebPort::readFirstHead(QTcpSocket* socket, QTimer* head_timer) {
    const auto next = nextHead(socket);
    if (!next) return;
    delete head_timer;
    disconnect(socket, &QTcpSocket::readyRead, this, nullptr);
    if (next->head.websocket) {
        takeUpgrade(socket);
    } else {
        takeHttp(socket);
    }
}

std::optional<WebPort::NextHead> WebPort::nextHead(QTcpSocket* socket) {
    const auto bytes = socket->peek(qint64(remote::kMaxHttpHeadBytes));
    const std::string_view view(bytes.constData(), std::size_t(bytes.size()));
    const auto size = remote::httpHeadSize(view);
    if (size == 0) {
        if (view.size() >= remote::kMaxHttpHeadBytes) {
            refuse(socket,
                   {431,
                    tr("the head of a request is above %1 bytes").arg(remote::kMaxHttpHeadBytes)});
        }
        return {};
    }
    const auto head = remote::parseHttpHead(view.substr(0, size));
    const auto refusal =
        head ? check(*head) : Refusal{400, QString::fromStdString(head.error().what)};
    if (refusal.status != 0) {
        refuse(socket, refusal);
        return {};
    }
    return NextHead{*head, qint64(size)};
}

WebPort::Refusal WebPort::check(const remote::HttpHead& head) const {
    if (!hostAllowed(head.host)) {
        return {403, tr("refused a request for %1: bound to loopback, only localhost is served; "
                        "--allow-origin allows another name")
                         .arg(shownText(QString::fromStdString(head.host)))};
    }
    if (!originAllowed(head)) {
        return {403, tr("refused a web page of %1: allow it with --allow-origin")
                         .arg(shownText(QString::fromStdString(head.origin)))};
    }
    if (head.websocket) {
        const bool served = rules_.socket_paths.isEmpty() ||
                            rules_.socket_paths.contains(QString::fromStdString(head.path));
        if (served) return {};
        return {404, tr("refused a WebSocket: nothing is served at %1")
                         .arg(shownText(QString::fromStdString(head.path)))};
    }
    if (!rules_.http) return {426, tr("refused a request: only WebSockets are served")};
    if (head.chunked || head.body_bytes > std::uint64_t(kMaxBody)) {
        return {413, tr("refused a request with a body above %1 bytes").arg(kMaxBody)};
    }
    return {};
}

bool WebPort::hostAllowed(const std::string& host) const {
    if (!rules_.loopback || host.empty() || rules_.allowed_origins.contains("*")) return true;
    const auto authority = remote::parseAuthority(host);
    if (!authority) return false;
    if (remote::isLoopbackName(authority->host)) return true;
    const auto name = QString::fromStdString(authority->host);
    for (const auto& origin : rules_.allowed_origins) {
        if (QUrl(origin).host() == name) return true;
    }
    return false;
}

bool WebPort::originAllowed(const remote::HttpHead& head) const {
    if (head.origin.empty()) return true;
    if (rules_.allowed_origins.contains("*") ||
        rules_.allowed_origins.contains(QString::fromStdString(head.origin), Qt::CaseInsensitive)) {
        return true;
    }
    if (!remote::isOwnOrigin(head.origin, rules_.tls ? "https" : "http", head.host)) return false;
    // Our own page, unless the name is a stranger's that now leads here.
    const auto host = remote::parseAuthority(head.host)->host;
    const auto machine = QSysInfo::machineHostName().toLower().toStdString();
    return remote::isLoopbackName(host) || remote::isAddress(host) || host == machine ||
           host == machine + ".local";
}

/// QWebSocket drops all connections of the socket, so that it is not counted any more from here on.
void WebPort::takeUpgrade(QTcpSocket* socket) {
    disconnect(socket, &QObject::destroyed, this, nullptr);
    disconnect(this, &WebPort::closing, socket, nullptr);
    --open_;
    if (auto* plain = dynamic_cast<LastWordSocket*>(socket)) plain->setFarewells(farewells_);
    emit upgrade(socket);
}

/// QHttpServer checks nothing, keeps what it is sent in memory without a limit and, before Qt 6.8,
/// connections for ever.
void WebPort::takeHttp(QTcpSocket* socket) {
    disconnect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    auto* requests = new RequestSocket(socket);
    auto* idle = new QTimer(socket);
    idle->start(kIdleMs);
    connect(idle, &QTimer::timeout, socket, &QTcpSocket::disconnectFromHost);
    const auto go_on = [this, socket, requests, idle] {
        idle->start(kIdleMs);
        giveRequest(socket, requests);
    };
    connect(socket, &QTcpSocket::readyRead, this, go_on);
    connect(socket, &QTcpSocket::bytesWritten, this, go_on);
    addPendingConnection(requests);
    giveRequest(socket, requests);
}

/// The next one only after the answer, so that no answers pile up.
void WebPort::giveRequest(QTcpSocket* socket, RequestSocket* requests) {
    if (socket->state() != QAbstractSocket::ConnectedState) return;
    if (requests->isDone()) {
        const auto next = nextHead(socket);
        if (!next) return;
        if (next->head.websocket) {
            return refuse(socket, {400, tr("refused a WebSocket after another request")});
        }
        requests->begin(next->size_bytes + qint64(next->head.body_bytes));
    }
    if (requests->missingBytes() > 0) requests->give(socket->read(requests->missingBytes()));
    if (socket->bytesAvailable() <= kMaxUnanswered) return;
    emit note(tr("a connection has sent too much without waiting for an answer"));
    socket->abort();
}

void WebPort::refuse(QTcpSocket* socket, const Refusal& refusal) {
    disconnect(socket, &QTcpSocket::readyRead, this, nullptr);
    disconnect(socket, &QTcpSocket::bytesWritten, this, nullptr);
    for (auto* timer : socket->findChildren<QTimer*>()) timer->stop();
    if (!refusal.reason.isEmpty()) emit note(refusal.reason);
    // What is sent meanwhile is taken: unread bytes would reset the connection before the answer.
    socket->readAll();
    connect(socket, &QTcpSocket::readyRead, socket, [socket] { socket->readAll(); });
    socket->write(answer(refusal.status));
    QTimer::singleShot(kFarewellMs, socket, [socket] {
        socket->disconnectFromHost();
        QTimer::singleShot(kFarewellMs, socket, &QTcpSocket::abort);
    });
}

}  // namespace doubletalk::net
