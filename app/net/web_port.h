// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHostAddress>
#include <QSslConfiguration>
#include <QStringList>
#include <QTcpServer>
#include <optional>

#include "engine/remote/http_head.h"

class QTcpSocket;
class QTimer;

namespace doubletalk::net {

class Farewells;
class RequestSocket;

struct WebPortRules {
    QStringList allowed_origins;  ///< besides pages of our own; "*": all
    QStringList socket_paths;     ///< where upgrades are taken; empty: everywhere
    bool http = false;            ///< someone serves plain requests
    bool loopback = true;         ///< bound to it: Host has to be a loopback name then
    int send_buffer_bytes = 0;    ///< of the system, for a connection; 0: its own choice
    std::optional<QSslConfiguration> tls;
};

/// One TCP port for HTTP and WebSocket: looks at the head of every request, refuses what breaks the
/// rules, and hands the rest on. Plain requests become pending connections (bind a QHttpServer),
/// upgrades a signal; an upgrade has to be the first request of its connection. Thread: net.
///
/// What a page of another site must not reach is decided here: its Origin (403), and, bound to
/// loopback, a Host that is no loopback name (403), which is how DNS rebinding looks.
class WebPort : public QTcpServer {
    Q_OBJECT

public:
    explicit WebPort(WebPortRules rules, QObject* parent = nullptr);
    /// No new connections; those not upgraded end.
    void closeAll();

signals:
    /// The head is still unread. The receiver's from now on. Without TLS, what is said last arrives
    /// although the client goes on sending.
    void upgrade(QTcpSocket* socket);
    /// A line for the operator's log.
    void note(const QString& line);
    void closing();

protected:
    void incomingConnection(qintptr descriptor) override;

private:
    struct Refusal {
        int status = 0;  ///< 0: none
        QString reason;  ///< for the operator's log; empty: nothing worth telling
    };

    struct NextHead {
        remote::HttpHead head;
        qint64 size_bytes = 0;
    };

    void readFirstHead(QTcpSocket* socket, QTimer* head_timer);
    /// The head that waits in the socket, where it stays. None: it is not whole yet, or refused.
    [[nodiscard]] std::optional<NextHead> nextHead(QTcpSocket* socket);
    void takeUpgrade(QTcpSocket* socket);
    void takeHttp(QTcpSocket* socket);
    void giveRequest(QTcpSocket* socket, RequestSocket* requests);
    void refuse(QTcpSocket* socket, const Refusal& refusal);
    [[nodiscard]] Refusal check(const remote::HttpHead& head) const;
    [[nodiscard]] bool hostAllowed(const std::string& host) const;
    [[nodiscard]] bool originAllowed(const remote::HttpHead& head) const;

    WebPortRules rules_;
    Farewells* farewells_;  ///< a child
    int open_ = 0;          ///< connections that are not upgraded
};

}  // namespace doubletalk::net
