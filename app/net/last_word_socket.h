// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <QPointer>
#include <QTcpSocket>
#include <QTimer>

namespace doubletalk::net {

/// Connections that have said their last words: what the other side still sends is taken and thrown
/// away until it ends too, for a while. Thread: net.
class Farewells : public QObject {
public:
    static constexpr int kMax = 64;                ///< at once; above it they end without this
    static constexpr int kMs = 2000;               ///< of one
    static constexpr qint64 kMaxBytes = 16777216;  ///< [B] of one

    explicit Farewells(QObject* parent) : QObject(parent) { setObjectName("farewells"); }
    /// The descriptor is ours from now on.
    void take(int descriptor) {
        auto* rest = count_ < kMax ? new QTcpSocket(this) : nullptr;
        ::shutdown(descriptor, SHUT_WR);
        if (rest == nullptr || !rest->setSocketDescriptor(descriptor)) {
            delete rest;
            ::close(descriptor);
            return;
        }
        ++count_;
        connect(rest, &QObject::destroyed, this, [this] { --count_; });
        connect(rest, &QTcpSocket::disconnected, rest, &QObject::deleteLater);
        connect(rest, &QTcpSocket::readyRead, rest, [rest, left = kMaxBytes]() mutable {
            left -= rest->readAll().size();
            if (left < 0) rest->abort();
        });
        QTimer::singleShot(kMs, rest, &QTcpSocket::abort);
    }

private:
    int count_ = 0;
};

/// A connection whose last words arrive. A system resets a connection that is closed with bytes
/// unread, or gets bytes after that, and a reset takes away what the other side has not read yet,
/// such as why it was sent away. Thread: net.
class LastWordSocket : public QTcpSocket {
public:
    using QTcpSocket::QTcpSocket;
    /// Without it, it ends as any other socket does.
    void setFarewells(Farewells* farewells) { farewells_ = farewells; }
    /// Also called by Qt, as soon as all has been sent.
    void disconnectFromHost() override {
        const bool last = farewells_ && bytesToWrite() == 0;
        const int rest = last ? ::fcntl(int(socketDescriptor()), F_DUPFD_CLOEXEC, 0) : -1;
        QTcpSocket::disconnectFromHost();
        if (rest < 0) return;
        if (farewells_ && state() == UnconnectedState) {
            farewells_->take(rest);
        } else {
            ::close(rest);
        }
    }

private:
    QPointer<Farewells> farewells_;
};

}  // namespace doubletalk::net
