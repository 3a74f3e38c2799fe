// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/own_address.h"

#include <QNetworkInterface>

namespace doubletalk::net {
namespace {

constexpr QAbstractSocket::NetworkLayerProtocol kFour = QAbstractSocket::IPv4Protocol;
constexpr QAbstractSocket::NetworkLayerProtocol kSix = QAbstractSocket::IPv6Protocol;

QHostAddress firstOf(QAbstractSocket::NetworkLayerProtocol protocol) {
    for (const auto& interface : QNetworkInterface::allInterfaces()) {
        const auto flags = interface.flags();
        const bool used = flags.testFlag(QNetworkInterface::IsUp) &&
                          flags.testFlag(QNetworkInterface::IsRunning) &&
                          !flags.testFlag(QNetworkInterface::IsLoopBack);
        if (!used) continue;
        for (const auto& entry : interface.addressEntries()) {
            const auto address = entry.ip();
            if (address.protocol() == protocol && !address.isLinkLocal()) return address;
        }
    }
    return {};
}

}  // namespace

QHostAddress reachableAddress(const QHostAddress& bound) {
    const bool any_six = bound == QHostAddress(QHostAddress::AnyIPv6);
    const bool any =
        bound == QHostAddress(QHostAddress::Any) || bound == QHostAddress(QHostAddress::AnyIPv4);
    if (!any && !any_six) return bound;
    const auto first = firstOf(any_six ? kSix : kFour);
    if (!first.isNull()) return first;
    return QHostAddress(any_six ? QHostAddress::LocalHostIPv6 : QHostAddress::LocalHost);
}

}  // namespace doubletalk::net
