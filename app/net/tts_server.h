// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "app/net/ws_service.h"
#include "engine/remote/tts_protocol.h"
#include "engine/voice/synthesizer.h"

namespace doubletalk::net {

struct TtsServerOptions {
    ServiceOptions service;
    std::string voice = "en-us";  ///< when a client names none
    /// [ms] how far audio may be sent ahead of its playing; 0: no limit. A service that sends
    /// everything at once has nothing left to cancel.
    int lead_ms = 3000;
    int max_text_bytes = 8000;
    int max_waiting = 32;  ///< utterances of one client
};

/// Text to speech for many clients at once (protocol plain_tts, 16-bit) with libespeak-ng, which
/// speaks for one at a time, far faster than real time. Thread: net; synthesis on its own.
class TtsServer : public WsService {
    Q_OBJECT

public:
    explicit TtsServer(QObject* parent = nullptr);
    ~TtsServer() override;
    /// Errors: those of WsService::listen(), and when there is no embedded voice.
    [[nodiscard]] Result<void> start(const TtsServerOptions& options);

protected:
    void clientCame(ClientId client) override;
    void clientMessage(ClientId client, const remote::MessageView& message) override;
    void clientLeft(ClientId client) override;

private:
    /// What the synthesis made, waiting for its time.
    struct Outgoing {
        remote::Message message;
        double at_ms = 0.0;  ///< place in the utterance
    };
    struct Speaking {
        std::uint64_t number = 0;  ///< of the synthesis
        std::string id;
        std::shared_ptr<std::atomic<bool>> stop;
        std::deque<Outgoing> outgoing;
        QElapsedTimer since;  ///< from its first message on
        bool started = false;
        bool made = false;  ///< all of it is in outgoing
        std::string error;
    };
    struct Stream {
        std::unique_ptr<remote::TtsServerProtocol> protocol;
        std::deque<remote::SpeakRequest> waiting;
        std::optional<Speaking> speaking;
    };
    struct Job {
        ClientId client = 0;
        std::uint64_t number = 0;
        remote::SpeakRequest request;
        std::shared_ptr<std::atomic<bool>> stop;
    };
    struct Piece {
        int rate_hz = 0;
        double at_ms = 0.0;
        std::vector<float> samples;
        std::vector<remote::SpeechWord> words;
    };

    void request(ClientId client, Stream& stream, const remote::SpeakRequest& speak);
    void cancel(ClientId client, Stream& stream, const std::string& id);
    void startNext(ClientId client, Stream& stream);
    void sendDue();
    /// False: the utterance has ended.
    bool sendDue(ClientId client, Stream& stream);
    void onPiece(ClientId client, std::uint64_t number, const Piece& piece);
    void onMade(ClientId client, std::uint64_t number, const Result<void>& result);
    [[nodiscard]] Stream* streamOf(ClientId client, std::uint64_t number);
    void work();
    void synthesize(const Job& job);

    TtsServerOptions options_;
    std::map<ClientId, Stream> streams_;
    QTimer send_timer_;
    std::uint64_t next_number_ = 1;

    std::unique_ptr<voice::Synthesizer> synthesizer_;  ///< synthesis thread only, once that runs
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job> jobs_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace doubletalk::net
