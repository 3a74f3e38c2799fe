// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTcpSocket>
#include <algorithm>
#include <cstring>

namespace doubletalk::net {

/// What a QHttpServer sees of a connection: only the requests it is given, and never the next
/// before the last. Answers go out at once. Thread: net.
class RequestSocket : public QTcpSocket {
public:
    /// The connection is ours from now on.
    explicit RequestSocket(QTcpSocket* connection) : connection_(connection) {
        connection->setParent(this);
        setPeerAddress(connection->peerAddress());
        setPeerPort(connection->peerPort());
        setLocalAddress(connection->localAddress());
        setLocalPort(connection->localPort());
        setOpenMode(ReadWrite);
        setSocketState(connection->state());
        connect(connection, &QTcpSocket::bytesWritten, this, &QTcpSocket::bytesWritten);
        connect(connection, &QTcpSocket::disconnected, this, [this] {
            setSocketState(UnconnectedState);
            emit disconnected();
        });
    }

    /// The next request has so many bytes, head and body.
    void begin(qint64 size_bytes) { missing_bytes_ = size_bytes; }
    /// Of the request that was begun.
    [[nodiscard]] qint64 missingBytes() const { return missing_bytes_; }
    /// All that was given has been read, and all that was answered is on its way.
    [[nodiscard]] bool isDone() const {
        return missing_bytes_ == 0 && bytesAvailable() == 0 && bytesToWrite() == 0;
    }
    /// At most missingBytes().
    void give(const QByteArray& bytes) {
        missing_bytes_ -= bytes.size();
        given_ += bytes;
        emit readyRead();
    }

    [[nodiscard]] qint64 bytesAvailable() const override {
        return QTcpSocket::bytesAvailable() + given_.size();
    }
    [[nodiscard]] qint64 bytesToWrite() const override { return connection_->bytesToWrite(); }
    void disconnectFromHost() override { connection_->disconnectFromHost(); }

protected:
    qint64 readData(char* data, qint64 max_bytes) override {
        const auto size = std::min(max_bytes, qint64(given_.size()));
        if (size > 0) std::memcpy(data, given_.constData(), std::size_t(size));
        given_.remove(0, size);
        return size;
    }
    qint64 writeData(const char* data, qint64 size) override {
        return connection_->write(data, size);
    }

private:
    QTcpSocket* connection_;
    QByteArray given_;
    qint64 missing_bytes_ = 0;
};

}  // namespace doubletalk::net
