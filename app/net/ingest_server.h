// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QHostAddress>
#include <QObject>
#include <QTcpServer>
#include <QTimer>
#include <map>
#include <memory>

#include "engine/core/result.h"
#include "engine/remote/ingest_protocol.h"

class QTcpSocket;

namespace doubletalk::net {

class PcmFeed;

struct IngestServerOptions {
    QHostAddress bind{QHostAddress::LocalHost};
    std::uint16_t port = 0;          ///< 0: any free one
    int format_timeout_ms = 5000;    ///< from the connection to the whole format
    int silence_timeout_ms = 10000;  ///< without a byte
    int channels = 0;                ///< of what is taken; 0: any number
};

/// Takes PCM of one sender at a time over TCP (engine/remote/ingest_protocol) into a feed, at the
/// pace of real time: whoever sends faster is held back by TCP, after a pause too; who leaves ends
/// the feed's stream. Others, and whoever breaks the rules, are told why and sent away. Thread:
/// net.
class IngestServer : public QObject {
    Q_OBJECT

public:
    /// feed has to outlive this.
    explicit IngestServer(PcmFeed& feed, QObject* parent = nullptr);
    ~IngestServer() override;
    /// Errors: io (port taken, address not of this computer).
    [[nodiscard]] Result<void> listen(const IngestServerOptions& options);
    void shutDown();
    [[nodiscard]] std::uint16_t port() const { return server_.serverPort(); }
    /// "127.0.0.1:23457"
    [[nodiscard]] QString address() const;

signals:
    /// A line for the operator's log.
    void note(const QString& line);

private:
    struct Sender {
        QString peer;
        remote::IngestReader reader;
        remote::IngestFormat format;  ///< channels 0: not yet
        QElapsedTimer connected;      ///< then: since its format
        QElapsedTimer heard;
        std::int64_t frames = 0;
        double paused_s = 0.0;  ///< of the time since its format
        std::int64_t dropped_before = 0;
        bool leaving = false;  ///< nothing it sends counts any more
        bool gone = false;     ///< the connection ended; what it sent is still read
    };

    void accept();
    void watch();
    void read(QTcpSocket* socket);
    void take(QTcpSocket* socket, Sender& sender, const remote::IngestEvent& event);
    void takeFormat(QTcpSocket* socket, Sender& sender, const remote::IngestFormat& format);
    void takeAudio(Sender& sender, const remote::IngestAudio& audio);
    void refuse(QTcpSocket* socket, Sender& sender, const QString& why);
    void leave(QTcpSocket* socket, Sender& sender);
    void remove(QTcpSocket* socket);
    /// The next one can be heard.
    void endFeed(const QTcpSocket* socket);
    /// It is ahead of real time: the rest can wait in its socket.
    [[nodiscard]] static bool early(Sender& sender);

    PcmFeed& feed_;
    IngestServerOptions options_;
    QTcpServer server_;
    std::map<QTcpSocket*, Sender> senders_;  ///< and those who are being refused
    QTcpSocket* feeding_ = nullptr;
    QTimer timer_;
};

}  // namespace doubletalk::net
