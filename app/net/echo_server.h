// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QTimer>
#include <cstdint>
#include <map>
#include <vector>

#include "app/net/ws_service.h"
#include "engine/codec/g711.h"

namespace doubletalk::net {

struct EchoServerOptions {
    ServiceOptions service;
    bool verbose = false;  ///< frame sizes of every client every second, not only new ones
};

/// Raw PCM echo for many clients at once, and GET /health. A binary message of 16-bit little endian
/// samples at /ws/audio comes back as it is, or with ?roundtrip=1 as it is after mu-law (by the
/// tier ?codec= names). Close codes besides WsService's: 1003 for text, 1007 for half a sample,
/// 1008 for one who sends without reading. Thread: net.
class EchoServer : public WsService {
    Q_OBJECT

public:
    explicit EchoServer(QObject* parent = nullptr);
    /// Errors: those of WsService::listen().
    [[nodiscard]] Result<void> start(const EchoServerOptions& options);

protected:
    void clientCame(ClientId client) override;
    void clientMessage(ClientId client, const remote::MessageView& message) override;
    void clientLeft(ClientId client) override;

private:
    struct FrameSizes {
        std::uint64_t frames = 0, bytes = 0;
        std::uint64_t smallest = UINT64_MAX, largest = 0;  ///< [B]
        void add(std::uint64_t size);
        [[nodiscard]] bool sameRange(const FrameSizes& other) const;
        [[nodiscard]] QString text() const;  ///< "50 frames of 640 bytes"
    };
    struct Stream {
        bool roundtrip = false;
        codec::G711 codec{codec::G711Law::mu};
        FrameSizes total, second, told;  ///< told: of the last line written
        QElapsedTimer since;
    };

    void sendRoundtrip(ClientId client, const Stream& stream, std::string_view pcm);
    void tellSizes();

    std::map<ClientId, Stream> streams_;
    qint64 max_waiting_bytes_ = 0;
    bool verbose_ = false;
    QTimer second_;
    std::vector<std::int16_t> samples_;
    std::vector<std::byte> codes_;
};

}  // namespace doubletalk::net
