// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "app/net/remote_client.h"
#include "engine/remote/stt_protocol.h"

namespace doubletalk::net {

/// Client of a speech-to-text service. What cannot be sent (not connected, or queue_ms of audio
/// wait in the socket) is dropped and counted; nothing blocks. Thread: net.
class SttClient : public RemoteClient {
    Q_OBJECT

public:
    explicit SttClient(QObject* parent = nullptr);
    ~SttClient() override;

    /// An unknown protocol is told by the status. Empty url: the protocol's own.
    void open(LinkOptions options);
    /// Sends the rest and says goodbye.
    void close();
    /// close() and open() with the same options, when connected.
    void renew();
    /// Audio ±1.0 at rateHz(); call_frame is the first sample's place in the call.
    void push(std::span<const float> samples, std::int64_t call_frame);
    [[nodiscard]] int rateHz() const;
    [[nodiscard]] std::int64_t sentFrames() const { return sent_frames_; }
    [[nodiscard]] std::int64_t droppedFrames() const { return dropped_frames_; }

signals:
    void transcript(const doubletalk::remote::Transcript& transcript);

private:
    void begin(std::vector<remote::Message>& out) override { protocol_->open(out); }
    void receive(const remote::MessageView& message) override;

    std::unique_ptr<remote::SttClientProtocol> protocol_;
    LinkOptions options_;  ///< of the newest open()
    qint64 max_waiting_bytes_ = 0;
    std::int64_t sent_frames_ = 0;
    std::int64_t dropped_frames_ = 0;
};

}  // namespace doubletalk::net
