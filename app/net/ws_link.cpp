// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/ws_link.h"

#include <QFile>
#include <QNetworkRequest>
#include <QRandomGenerator>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QWebSocket>
#include <algorithm>

#include "app/net/link_text.h"

namespace doubletalk::net {
namespace {

constexpr int kMaxNotUnderstood = 10;
constexpr int kMaxDoublings = 16;

int backoffMs(const LinkOptions& options, int attempt) {
    const double exponential =
        double(options.backoff_first_ms) * double(1U << unsigned(std::min(attempt, kMaxDoublings)));
    const double jitter = 0.75 + 0.5 * QRandomGenerator::global()->generateDouble();
    return int(std::min(exponential, double(options.backoff_max_ms)) * jitter);
}

}  // namespace

WsLink::WsLink(QObject* parent) : QObject(parent) {
    for (auto* timer : {&connect_timer_, &retry_timer_, &stable_timer_}) timer->setSingleShot(true);
    for (auto* timer : {&connect_timer_, &retry_timer_, &stable_timer_, &ping_timer_}) {
        timer->setParent(this);  // moves to another thread together with this object
    }
    connect(&connect_timer_, &QTimer::timeout, this, [this] {
        giveUp(
            tr("%1: no WebSocket after %2 s: the service stalls, or something between swallows it")
                .arg(status_.address)
                .arg(options_.connect_timeout_ms / 1000.0));
    });
    connect(&retry_timer_, &QTimer::timeout, this, &WsLink::connectNow);
    connect(&ping_timer_, &QTimer::timeout, this, &WsLink::watch);
    connect(&stable_timer_, &QTimer::timeout, this, [this] { status_.attempt = 0; });
}

WsLink::~WsLink() { dropSocket(true); }

void WsLink::open(const LinkOptions& options) {
    close();
    options_ = options;
    status_ = {};
    status_.address = shownAddress(options.url);
    connectNow();
}

void WsLink::close() {
    const bool was_connected = isConnected();
    dropSocket(true);
    if (status_.state == LinkState::off) return;
    setState(LinkState::off);
    if (was_connected) emit closed(tr("closed here"));
}

void WsLink::dropSocket(bool goodbye) {
    for (auto* timer : {&connect_timer_, &retry_timer_, &stable_timer_, &ping_timer_})
        timer->stop();
    if (socket_.isNull()) return;
    auto* socket = socket_.data();
    socket_.clear();
    socket->disconnect(this);
    if (goodbye && socket->isValid()) {
        socket->close();
        socket->flush();
    } else {
        socket->abort();
    }
    socket->deleteLater();
}

void WsLink::setState(LinkState state, const QString& reason, int retry_ms) {
    status_.state = state;
    status_.reason = reason;
    status_.retry_ms = retry_ms;
    emit statusChanged(status_);
}

bool WsLink::prepareTls() {
    if (options_.url.scheme() != QLatin1String("wss")) return true;
    if (!QSslSocket::supportsSsl()) {
        giveUp(tr("this computer has no TLS library for wss: install OpenSSL"));
        return false;
    }
    if (options_.ca_file.isEmpty()) return true;
    QFile file(options_.ca_file);
    const auto certificates = file.open(QIODevice::ReadOnly) ? QSslCertificate::fromDevice(&file)
                                                             : QList<QSslCertificate>();
    if (certificates.isEmpty()) {
        giveUp(tr("%1: no certificate can be read from it: give a PEM file").arg(options_.ca_file));
        return false;
    }
    auto tls = QSslConfiguration::defaultConfiguration();
    tls.addCaCertificates(certificates);
    socket_->setSslConfiguration(tls);
    return true;
}

void WsLink::connectNow() {
    status_.close_code = 0;
    setState(LinkState::connecting);
    const auto scheme = options_.url.scheme();
    if (!options_.url.isValid() || options_.url.host().isEmpty() ||
        (scheme != QLatin1String("ws") && scheme != QLatin1String("wss"))) {
        giveUp(tr("'%1' is no WebSocket address: write ws://host:port or wss://host:port")
                   .arg(shownText(status_.address)));
        return;
    }
    socket_ = new QWebSocket(QString(), QWebSocketProtocol::VersionLatest, this);
    socket_->setMaxAllowedIncomingMessageSize(options_.max_message_bytes);
    socket_->setMaxAllowedIncomingFrameSize(options_.max_message_bytes);
    if (!prepareTls()) return;
    connect(socket_, &QWebSocket::connected, this, &WsLink::onConnected);
    connect(socket_, &QWebSocket::disconnected, this, &WsLink::onDisconnected);
    connect(socket_, &QWebSocket::aboutToClose, this, [this] { goodbye_ = true; });
    connect(socket_, &QWebSocket::sslErrors, this,
            [this](const QList<QSslError>& errors) { giveUp(explainTls(errors, options_.url)); });
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    const auto error_signal = &QWebSocket::errorOccurred;
#else
    const auto error_signal = qOverload<QAbstractSocket::SocketError>(&QWebSocket::error);
#endif
    connect(socket_, error_signal, this, [this](QAbstractSocket::SocketError error) {
        if (isConnected()) return;  // disconnected() follows and knows the close code
        giveUp(explainSocketError(error, socket_->errorString(), options_.url));
    });
    connect(socket_, &QWebSocket::pong, this, [this] { heard_.restart(); });
    connect(socket_, &QWebSocket::bytesWritten, this, &WsLink::bytesSent);
    connect(socket_, &QWebSocket::textMessageReceived, this, [this](const QString& text) {
        heard_.restart();
        emit textReceived(text);
    });
    connect(socket_, &QWebSocket::binaryMessageReceived, this, [this](const QByteArray& bytes) {
        heard_.restart();
        emit binaryReceived(bytes);
    });
    QNetworkRequest request(options_.url);
    if (!options_.token.isEmpty()) {
        request.setRawHeader("Authorization", "Bearer " + options_.token.toUtf8());
    }
    connect_timer_.start(options_.connect_timeout_ms);
    socket_->open(request);
}

void WsLink::onConnected() {
    connect_timer_.stop();
    not_understood_ = 0;
    goodbye_ = false;
    heard_.start();
    ping_timer_.start(options_.ping_interval_ms);
    stable_timer_.start(options_.stable_ms);
    setState(LinkState::connected);
    emit opened();
}

void WsLink::onDisconnected() {
    if (!isConnected()) {
        // The error that says why follows at once; without one this is all there is to say.
        QTimer::singleShot(0, socket_, [this] {
            giveUp(explainSocketError(QAbstractSocket::RemoteHostClosedError, {}, options_.url));
        });
        return;
    }
    // Qt reports 1000 also when no close message came.
    if (!goodbye_) {
        giveUp(status_.address + QStringLiteral(": ") + explainClose(1006, {}));
        return;
    }
    status_.close_code = int(socket_->closeCode());
    giveUp(status_.address + QStringLiteral(": ") +
           explainClose(socket_->closeCode(), socket_->closeReason()));
}

void WsLink::watch() {
    if (heard_.elapsed() > options_.silence_timeout_ms) {
        giveUp(tr("%1: the service stalls: no sign of life for %2 s")
                   .arg(status_.address)
                   .arg(options_.silence_timeout_ms / 1000.0));
        return;
    }
    socket_->ping();
}

void WsLink::giveUp(const QString& reason) {
    if (status_.state == LinkState::off || status_.state == LinkState::failed) return;
    const bool was_connected = isConnected();
    dropSocket(was_connected);
    const int retry_ms = backoffMs(options_, status_.attempt);
    ++status_.attempt;
    setState(LinkState::failed, reason, retry_ms);
    retry_timer_.start(retry_ms);
    if (was_connected) emit closed(reason);
}

bool WsLink::send(const remote::Message& message) {
    if (!isConnected()) return false;
    if (message.binary) {
        socket_->sendBinaryMessage(
            QByteArray(message.payload.data(), qsizetype(message.payload.size())));
    } else {
        socket_->sendTextMessage(QString::fromStdString(message.payload));
    }
    return true;
}

qint64 WsLink::waitingBytes() const { return socket_.isNull() ? 0 : socket_->bytesToWrite(); }

void WsLink::understood() { not_understood_ = 0; }

void WsLink::notUnderstood(const QString& what) {
    if (++not_understood_ < kMaxNotUnderstood) return;
    giveUp(tr("%1: %2 messages in a row make no sense (the last: %3): check the protocol")
               .arg(status_.address)
               .arg(kMaxNotUnderstood)
               .arg(shownText(what)));
}

}  // namespace doubletalk::net
