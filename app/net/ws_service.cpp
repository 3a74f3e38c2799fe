// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/ws_service.h"

#include <QFile>
#include <QHttpServer>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>
#include <QWebSocket>
#include <QWebSocketServer>
#include <utility>
#include <vector>

#include "app/net/link_text.h"
#include "app/net/own_address.h"
#include "app/net/web_port.h"

namespace doubletalk::net {
namespace {

constexpr int kPingMs = 20000;
constexpr int kUnreadMs = 1000;
constexpr int kSilenceMs = 60000;
constexpr int kHandshakeMs = 5000;
constexpr int kGoodbyeMs = 5000;
constexpr int kMaxFaults = 10;
constexpr int kPendingConnections = 64;
constexpr int kPolicy = 1008;
constexpr int kTryLater = 1013;

QWebSocketProtocol::CloseCode closeCode(int code) {
    return static_cast<QWebSocketProtocol::CloseCode>(code);
}

std::string endpoint(const ServiceOptions& options) {
    return options.bind.toString().toStdString() + ":" + std::to_string(options.port);
}

}  // namespace

WsService::WsService(QObject* parent) : QObject(parent), watch_timer_(this), unread_timer_(this) {
    connect(&watch_timer_, &QTimer::timeout, this, &WsService::watch);
    connect(&unread_timer_, &QTimer::timeout, this, &WsService::dropUnread);
}

WsService::~WsService() {
    for (auto& [id, client] : clients_) client.socket->disconnect(this);
    // Before the port, whose children their TCP sockets may be.
    qDeleteAll(findChildren<QWebSocket*>(Qt::FindDirectChildrenOnly));
    server_.reset();
}

QHttpServer& WsService::http() {
    if (!http_) http_ = std::make_unique<QHttpServer>();
    return *http_;
}

Result<void> WsService::listen(const ServiceOptions& options) {
    options_ = options;
    WebPortRules rules;
    rules.allowed_origins = options.allowed_origins;
    rules.socket_paths = socket_paths_;
    rules.http = http_ != nullptr;
    rules.loopback = options.bind.isLoopback();
    rules.send_buffer_bytes = options.send_buffer_bytes;
    if (!options.certificate_file.isEmpty() || !options.key_file.isEmpty()) {
        auto tls = certificate();
        if (!tls) return tl::unexpected(tls.error());
        rules.tls = *tls;
    }
    server_ = std::make_unique<QWebSocketServer>(QStringLiteral("doubletalk"),
                                                 QWebSocketServer::NonSecureMode);
    server_->setMaxPendingConnections(kPendingConnections);
    server_->setHandshakeTimeout(kHandshakeMs);
    connect(server_.get(), &QWebSocketServer::newConnection, this, &WsService::accept);
    port_ = new WebPort(std::move(rules), this);
    connect(port_, &WebPort::note, this, &WsService::note);
    connect(port_, &WebPort::upgrade, server_.get(), &QWebSocketServer::handleConnection);
    if (!port_->listen(options.bind, options.port)) {
        return fail(ErrorKind::io, "cannot listen: " + port_->errorString().toStdString(),
                    endpoint(options),
                    "end the program that has this port, or choose another --port; --bind takes an "
                    "address of this computer");
    }
    if (http_) http_->bind(port_);
    watch_timer_.start(kPingMs);
    unread_timer_.start(kUnreadMs);
    return {};
}

Result<QSslConfiguration> WsService::certificate() const {
    QFile certificate(options_.certificate_file);
    QFile key(options_.key_file);
    const auto chain = certificate.open(QIODevice::ReadOnly)
                           ? QSslCertificate::fromDevice(&certificate)
                           : QList<QSslCertificate>();
    if (chain.isEmpty()) {
        return fail(ErrorKind::usage, "no certificate can be read",
                    options_.certificate_file.toStdString(), "give a PEM file with --cert");
    }
    const bool opened = key.open(QIODevice::ReadOnly);
    const auto bytes = opened ? key.readAll() : QByteArray();
    QSslKey secret(bytes, QSsl::Rsa);
    if (secret.isNull()) secret = QSslKey(bytes, QSsl::Ec);
    if (secret.isNull()) {
        return fail(ErrorKind::usage, "no RSA or EC key can be read",
                    options_.key_file.toStdString(),
                    "give a PEM file without a passphrase with --key");
    }
    auto tls = QSslConfiguration::defaultConfiguration();
    tls.setLocalCertificateChain(chain);
    tls.setPrivateKey(secret);
    return tls;
}

void WsService::accept() {
    while (auto* socket = server_->nextPendingConnection()) {
        if (clientCount() < options_.max_clients) {
            add(socket);
            continue;
        }
        emit note(tr("refused a client: there are %1 already").arg(clientCount()));
        connect(socket, &QWebSocket::disconnected, socket, &QObject::deleteLater);
        socket->close(closeCode(kTryLater), tr("too many clients"));
    }
}

void WsService::add(QWebSocket* socket) {
    const auto id = next_client_++;
    socket->setParent(this);
    socket->setMaxAllowedIncomingMessageSize(options_.max_message_bytes);
    socket->setMaxAllowedIncomingFrameSize(options_.max_message_bytes);
    auto& client = clients_[id];
    client.socket = socket;
    client.heard.start();
    // False: what it still sends is not wanted any more.
    const auto heard = [this, id] {
        const auto at = clients_.find(id);
        if (at == clients_.end()) return false;
        at->second.heard.restart();
        return !at->second.leaving;
    };
    connect(socket, &QWebSocket::pong, this, heard);
    connect(socket, &QWebSocket::textMessageReceived, this, [this, id, heard](const QString& text) {
        if (!heard()) return;
        const auto bytes = text.toStdString();
        clientMessage(id, {false, bytes});
    });
    connect(socket, &QWebSocket::binaryMessageReceived, this,
            [this, id, heard](const QByteArray& bytes) {
                if (!heard()) return;
                clientMessage(id, {true, {bytes.constData(), std::size_t(bytes.size())}});
            });
    // Queued: close() and send() tell it at once, while their callers still work with the client.
    connect(
        socket, &QWebSocket::disconnected, this, [this, id] { remove(id); }, Qt::QueuedConnection);
    clientCame(id);
}

void WsService::remove(ClientId client) {
    const auto at = clients_.find(client);
    if (at == clients_.end()) return;
    auto* socket = at->second.socket;
    if (!at->second.leaving) noteBrokenRules(client, *socket);
    clients_.erase(at);
    socket->disconnect(this);
    socket->deleteLater();
    clientLeft(client);
}

/// Qt ends a connection by itself when a message is too large or makes no sense.
void WsService::noteBrokenRules(ClientId client, const QWebSocket& socket) {
    switch (socket.closeCode()) {
        case QWebSocketProtocol::CloseCodeProtocolError:
        case QWebSocketProtocol::CloseCodeWrongDatatype:
        case QWebSocketProtocol::CloseCodeTooMuchData:
            emit note(tr("client %1 is gone (%2): %3")
                          .arg(client)
                          .arg(int(socket.closeCode()))
                          .arg(shownText(socket.closeReason())));
            break;
        default:
            break;
    }
}

QUrl WsService::requestOf(ClientId client) const {
    const auto at = clients_.find(client);
    return at == clients_.end() ? QUrl() : at->second.socket->requestUrl();
}

void WsService::send(ClientId client, const remote::Message& message) {
    const auto at = clients_.find(client);
    if (at == clients_.end()) return;
    if (message.binary) {
        at->second.socket->sendBinaryMessage(
            QByteArray(message.payload.data(), qsizetype(message.payload.size())));
    } else {
        at->second.socket->sendTextMessage(QString::fromStdString(message.payload));
    }
    if (waitingBytes(client) > options_.max_unread_bytes) {
        closeClient(client, kPolicy, tr("what is sent is not read"));
    }
}

void WsService::closeClient(ClientId client, int code, const QString& reason) {
    const auto at = clients_.find(client);
    if (at == clients_.end() || std::exchange(at->second.leaving, true)) return;
    emit note(tr("client %1 is sent away (%2): %3").arg(client).arg(code).arg(reason));
    auto* socket = at->second.socket;
    socket->close(closeCode(code), reason);
    // One that does not even take the goodbye is not waited for.
    QTimer::singleShot(kGoodbyeMs, socket, &QWebSocket::abort);
}

void WsService::countFault(ClientId client, const QString& what) {
    const auto at = clients_.find(client);
    if (at == clients_.end()) return;
    if (++at->second.faults == kMaxFaults) closeClient(client, kPolicy, shownText(what));
}

void WsService::countGood(ClientId client) {
    const auto at = clients_.find(client);
    if (at != clients_.end()) at->second.faults = 0;
}

qint64 WsService::waitingBytes(ClientId client) const {
    const auto at = clients_.find(client);
    return at == clients_.end() ? 0 : at->second.socket->bytesToWrite();
}

void WsService::watch() {
    std::vector<ClientId> silent;
    for (auto& [id, client] : clients_) {
        if (client.heard.elapsed() > kSilenceMs) silent.push_back(id);
        client.socket->ping();
    }
    for (const auto id : silent) {
        emit note(tr("client %1 is gone: no sign of life for %2 s").arg(id).arg(kSilenceMs / 1000));
        const auto at = clients_.find(id);
        if (at != clients_.end()) at->second.socket->abort();
        remove(id);
    }
}

/// Answers to pings are Qt's own, and who is sent away may still ask: nobody waits for the goodbye
/// of one that reads nothing.
void WsService::dropUnread() {
    std::vector<ClientId> full;
    for (const auto& [id, client] : clients_) {
        if (client.socket->bytesToWrite() > options_.max_unread_bytes) full.push_back(id);
    }
    for (const auto id : full) {
        const auto& client = clients_.at(id);
        if (!client.leaving) emit note(tr("client %1 is gone: what is sent is not read").arg(id));
        client.socket->abort();
    }
}

void WsService::shutDown() {
    watch_timer_.stop();
    unread_timer_.stop();
    if (port_) port_->closeAll();
    while (!clients_.empty()) {
        const auto id = clients_.begin()->first;
        auto* socket = clients_.begin()->second.socket;
        socket->disconnect(this);
        socket->close(QWebSocketProtocol::CloseCodeGoingAway, tr("the service ends"));
        socket->flush();
        remove(id);
    }
}

std::uint16_t WsService::port() const { return port_ ? port_->serverPort() : 0; }

QString WsService::addressFor(const char* scheme) const {
    if (!port_) return {};
    QUrl url;
    url.setScheme(QString(scheme) + (options_.certificate_file.isEmpty() ? "" : "s"));
    url.setHost(reachableAddress(port_->serverAddress()).toString());
    url.setPort(port());
    return url.toString();
}

QString WsService::address() const { return addressFor("ws"); }

QString WsService::webAddress() const { return addressFor("http"); }

}  // namespace doubletalk::net
