// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QPointer>
#include <QTimer>

#include "app/net/link_options.h"
#include "engine/remote/message.h"

class QWebSocket;

namespace doubletalk::net {

/// A client's WebSocket that is kept open: connects, watches (pings, time-outs, garbage), explains
/// and comes back with exponential back-off. Thread: net.
class WsLink : public QObject {
    Q_OBJECT

public:
    explicit WsLink(QObject* parent = nullptr);
    ~WsLink() override;

    /// Ends a connection to another place first.
    void open(const LinkOptions& options);
    /// Says goodbye; nothing is tried again.
    void close();
    /// False: not connected.
    bool send(const remote::Message& message);
    /// Bytes that have not left yet.
    [[nodiscard]] qint64 waitingBytes() const;
    [[nodiscard]] const LinkStatus& status() const { return status_; }
    [[nodiscard]] bool isConnected() const { return status_.state == LinkState::connected; }

    /// The newest message was understood.
    void understood();
    /// The newest message was not; after some in a row the connection is given up.
    void notUnderstood(const QString& what);
    /// Gives the connection up for a reason and tries again later.
    void giveUp(const QString& reason);

signals:
    void opened();
    /// An open connection has ended, whoever ended it.
    void closed(const QString& reason);
    void textReceived(const QString& text);
    void binaryReceived(const QByteArray& bytes);
    /// Some of what waited has left.
    void bytesSent();
    void statusChanged(const doubletalk::net::LinkStatus& status);

private:
    void connectNow();
    void dropSocket(bool goodbye);
    void onConnected();
    void onDisconnected();
    void watch();
    void setState(LinkState state, const QString& reason = {}, int retry_ms = 0);
    [[nodiscard]] bool prepareTls();

    LinkOptions options_;
    LinkStatus status_;
    QPointer<QWebSocket> socket_;
    QTimer connect_timer_, retry_timer_, ping_timer_, stable_timer_;
    QElapsedTimer heard_;
    int not_understood_ = 0;
    bool goodbye_ = false;  ///< a close message went or came
};

}  // namespace doubletalk::net
