// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QTimer>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "app/net/remote_client.h"
#include "engine/remote/tts_protocol.h"

namespace doubletalk::net {

/// The next piece of an utterance: samples, or a word mark, or the first news of it (neither).
struct SpeechPiece {
    QString id;
    int rate_hz = 0;
    std::vector<float> samples;  ///< ±1.0
    QString word;                ///< empty: no word begins here
    double word_at_ms = 0.0;     ///< [ms] from the utterance's first sample
};

/// How an utterance ended; every accepted speak() gets exactly one.
struct SpeechEnd {
    enum class How : std::uint8_t { done, cancelled, failed };
    QString id;
    How how = How::done;
    QString reason;  ///< failed: why
};

/// Client of a text-to-speech service. Thread: net.
class TtsClient : public RemoteClient {
    Q_OBJECT

public:
    explicit TtsClient(QObject* parent = nullptr);
    ~TtsClient() override;

    /// An unknown protocol is told by the status. Empty url: the protocol's own.
    void open(LinkOptions options);
    void close();
    /// What cannot be spoken (no connection, no text, id in use) ends as failed at once.
    void speak(const QString& id, const QString& text, const QString& voice);
    /// No piece of it comes after this; its end does. Without a connection it ended already.
    void cancel(const QString& id);
    /// Everything under way.
    void cancelAll();

signals:
    void piece(const doubletalk::net::SpeechPiece& piece);
    void ended(const doubletalk::net::SpeechEnd& end);

private:
    void begin(std::vector<remote::Message>& out) override { protocol_->open(out); }
    void receive(const remote::MessageView& message) override;
    void handle(const remote::TtsEvent& event);
    void end(const std::string& id, SpeechEnd::How how, const QString& reason = {});
    void failAll(const QString& reason);

    std::unique_ptr<remote::TtsClientProtocol> protocol_;
    std::set<std::string> under_way_;
    QTimer answer_timer_;  ///< runs while something is under way
    int answer_timeout_ms_ = 0;
};

}  // namespace doubletalk::net
