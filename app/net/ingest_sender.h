// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTcpSocket>
#include <cstdint>
#include <span>
#include <string>

#include "engine/core/result.h"
#include "engine/remote/ingest_protocol.h"

namespace doubletalk::net {

/// Sends PCM to an ingest port, as fast as it is given. Waits, so it needs no event loop; errors
/// (io) give the server's reason. Thread: user.
class IngestSender {
public:
    /// Connects and sends the format; returns when the server took it.
    [[nodiscard]] Result<void> open(const std::string& host, std::uint16_t port,
                                    const remote::IngestFormat& format);
    /// Whole frames; returns when they are on their way. Errors: the server ended it, or takes
    /// nothing for 10 s.
    [[nodiscard]] Result<void> send(std::span<const std::int16_t> interleaved);
    /// Says that this was all, and waits until it has left.
    [[nodiscard]] Result<void> finish();

private:
    [[nodiscard]] Result<void> flush();
    /// What the server said meanwhile; an error when it wants no more.
    [[nodiscard]] Result<void> hear();
    [[nodiscard]] tl::unexpected<Error> broken() const;

    QTcpSocket socket_;
    std::string where_;
    remote::IngestFormat format_;
    remote::IngestReplyReader reader_;
    bool taken_ = false;
};

}  // namespace doubletalk::net
