// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QUrl>
#include <cstdint>

namespace doubletalk::net {

/// off: not wanted. failed: not connected now, tried again after LinkStatus::retry_ms.
enum class LinkState : std::uint8_t { off, connecting, connected, failed };

struct LinkStatus {
    LinkState state = LinkState::off;
    QString address;     ///< without user, password and query
    QString reason;      ///< failed: why and what to do
    int retry_ms = 0;    ///< [ms] failed: until the next try
    int attempt = 0;     ///< tries since the last good connection
    int close_code = 0;  ///< failed: of the service's goodbye (RFC 6455 7.4); 0: there was none
};

/// Where a speech service is and how patient to be with it.
struct LinkOptions {
    QUrl url;                        ///< ws or wss
    QString protocol;                ///< row of remote::protocols()
    QString token;                   ///< secret, sent as "Authorization: Bearer"; never logged
    QString ca_file;                 ///< PEM; certificates trusted besides the system's
    int connect_timeout_ms = 5000;   ///< [ms] until the handshake has to be done
    int ping_interval_ms = 5000;     ///< [ms]
    int silence_timeout_ms = 15000;  ///< [ms] no message and no pong: the service stalls
    int answer_timeout_ms = 10000;   ///< [ms] speech synthesis: a request without any answer
    int backoff_first_ms = 500;      ///< [ms] doubled with each failure, ±25 % at random
    int backoff_max_ms = 30000;      ///< [ms]
    int stable_ms = 5000;            ///< [ms] after which a connection counts as good
    int queue_ms = 2000;             ///< [ms] recognition: audio that may wait in the socket
    std::uint64_t max_message_bytes = 16U << 20U;
};

}  // namespace doubletalk::net
