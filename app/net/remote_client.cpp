// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/remote_client.h"

#include "app/net/link_text.h"
#include "engine/remote/protocol_registry.h"

namespace doubletalk::net {

RemoteClient::RemoteClient(QObject* parent) : QObject(parent), link_(this) {
    connect(&link_, &WsLink::statusChanged, this, &RemoteClient::statusChanged);
    connect(&link_, &WsLink::opened, this, [this] { sendWhat([this](auto& out) { begin(out); }); });
    connect(&link_, &WsLink::textReceived, this, [this](const QString& text) {
        const auto bytes = text.toStdString();
        receive({false, bytes});
    });
    connect(&link_, &WsLink::binaryReceived, this, [this](const QByteArray& bytes) {
        receive({true, {bytes.constData(), std::size_t(bytes.size())}});
    });
}

bool RemoteClient::refuse(const LinkOptions& options, const Error& error) {
    emit statusChanged(
        {LinkState::failed, shownAddress(options.url), QString::fromStdString(error.message())});
    return false;
}

void RemoteClient::addDefaultUrl(LinkOptions& options) {
    if (!options.url.isEmpty()) return;
    const auto& url = remote::findProtocol(options.protocol.toStdString())->default_url;
    options.url = QUrl(QString::fromUtf8(url.data(), qsizetype(url.size())));
}

void RemoteClient::sendAll() {
    for (const auto& message : out_) (void)link_.send(message);
}

void RemoteClient::notUnderstood(const std::string& what) {
    ++faults_;
    const auto shown = shownText(QString::fromStdString(what));
    emit fault(shown);
    link_.notUnderstood(shown);
}

}  // namespace doubletalk::net
