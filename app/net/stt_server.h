// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "app/net/recogniser_pool.h"
#include "app/net/segment_cutter.h"
#include "app/net/ws_service.h"
#include "engine/remote/stt_protocol.h"

namespace doubletalk::net {

struct SttServerOptions {
    ServiceOptions service;
    int max_decoders = 2;     ///< [1..] each 92 MiB and a thread
    int flush_ms = 700;       ///< [ms] without audio after which a segment ends
    int max_backlog_s = 600;  ///< [s] of one client's speech that may wait for recognition
    RecogniserPool::Factory recogniser;  ///< empty: pocketsphinx
};

/// Speech to text for many clients at once (protocol float_stt): each stream is cut into segments,
/// segments are recognised off this thread, answers go back in order. Thread: net.
class SttServer : public WsService {
    Q_OBJECT

public:
    explicit SttServer(QObject* parent = nullptr);
    ~SttServer() override;
    /// Errors: those of WsService::listen(), and when there is no recogniser.
    [[nodiscard]] Result<void> start(const SttServerOptions& options);

protected:
    void clientCame(ClientId client) override;
    void clientMessage(ClientId client, const remote::MessageView& message) override;
    void clientLeft(ClientId client) override;

private:
    struct Stream {
        std::unique_ptr<remote::SttServerProtocol> protocol;
        SegmentCutter cutter;
        std::unique_ptr<QTimer> flush_timer;
        std::int64_t waiting_frames = 0;
    };
    void recognise(ClientId client, Stream& stream, std::vector<SpeechSegment>& segments);
    void answer(ClientId client, std::int64_t start_frame, std::int64_t frames,
                const Result<std::string>& text);

    SttServerOptions options_;
    std::map<ClientId, Stream> streams_;
    std::unique_ptr<RecogniserPool> pool_;
};

}  // namespace doubletalk::net
