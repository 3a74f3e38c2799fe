// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QHostAddress>
#include <QObject>
#include <QPointer>
#include <QStringList>
#include <QTimer>
#include <QUrl>
#include <cstdint>
#include <map>
#include <memory>

#include "engine/core/result.h"
#include "engine/remote/message.h"

class QHttpServer;
class QSslConfiguration;
class QWebSocket;
class QWebSocketServer;

namespace doubletalk::net {

class WebPort;

using ClientId = std::uint64_t;

struct ServiceOptions {
    QHostAddress bind{QHostAddress::LocalHost};
    std::uint16_t port = 0;  ///< 0: any free one
    QStringList
        allowed_origins;  ///< web pages that may connect ("http://localhost:3000"); "*": all
    int max_clients = 32;
    std::uint64_t max_message_bytes = 1U << 20U;
    std::int64_t max_unread_bytes = 8 << 20;  ///< of one client, before it is sent away
    int send_buffer_bytes = 0;  ///< of the system, for a connection; 0: its own choice
    QString certificate_file;   ///< PEM; with key_file: wss instead of ws
    QString key_file;
};

/// A WebSocket server's common part: limits, origin check, liveness, goodbye; on the same port a
/// web server, when http() was called. A derived class says what a message means. Close codes: 1001
/// shutting down, 1008 rules, 1009 message too large, 1013 too many clients. Thread: net (the one
/// it was made in).
class WsService : public QObject {
    Q_OBJECT

public:
    explicit WsService(QObject* parent = nullptr);
    ~WsService() override;

    /// Errors: io (port taken, address not of this computer), usage (certificate).
    [[nodiscard]] Result<void> listen(const ServiceOptions& options);
    /// Ends every connection (1001) and stops listening.
    void shutDown();
    [[nodiscard]] std::uint16_t port() const;
    /// "ws://127.0.0.1:8765"; bound to every address, one of this computer's.
    [[nodiscard]] QString address() const;
    /// The same for a browser: "http://127.0.0.1:8765"
    [[nodiscard]] QString webAddress() const;
    [[nodiscard]] int clientCount() const { return int(clients_.size()); }

signals:
    /// A line for the operator's log; holds nothing that was said.
    void note(const QString& line);

protected:
    virtual void clientCame(ClientId client) = 0;
    virtual void clientMessage(ClientId client, const remote::MessageView& message) = 0;
    virtual void clientLeft(ClientId client) = 0;

    /// Plain requests on the same port. To be called, and its routes given, before listen();
    /// without it they are refused (426).
    [[nodiscard]] QHttpServer& http();
    /// WebSockets are taken at these paths only ("/ws/audio"), others refused (404). Before
    /// listen().
    void acceptSocketsAt(const QStringList& paths) { socket_paths_ = paths; }
    /// What the client asked for: path() and query; empty when it has left.
    [[nodiscard]] QUrl requestOf(ClientId client) const;

    /// Nothing when the client has left. Who reads nothing is sent away (1008).
    void send(ClientId client, const remote::Message& message);
    /// Says goodbye; nothing of the client arrives any more but clientLeft().
    void closeClient(ClientId client, int code, const QString& reason);
    /// A message made no sense: after some in a row the client is sent away (1008).
    void countFault(ClientId client, const QString& what);
    void countGood(ClientId client);
    /// Bytes that have not left yet; 0 when the client has left.
    [[nodiscard]] qint64 waitingBytes(ClientId client) const;

private:
    struct Client {
        QWebSocket* socket = nullptr;
        QElapsedTimer heard;
        int faults = 0;
        bool leaving = false;  ///< we closed it
    };
    [[nodiscard]] Result<QSslConfiguration> certificate() const;
    [[nodiscard]] QString addressFor(const char* scheme) const;
    void accept();
    void add(QWebSocket* socket);
    void noteBrokenRules(ClientId client, const QWebSocket& socket);
    void remove(ClientId client);
    void watch();
    void dropUnread();

    ServiceOptions options_;
    QStringList socket_paths_;
    std::unique_ptr<QWebSocketServer> server_;  ///< handshakes; the port is port_'s
    std::unique_ptr<QHttpServer> http_;
    QPointer<WebPort> port_;  ///< a child of ours, or of http_ when there is one
    std::map<ClientId, Client> clients_;
    ClientId next_client_ = 1;
    QTimer watch_timer_;   ///< is everybody still there
    QTimer unread_timer_;  ///< does everybody read
};

}  // namespace doubletalk::net
