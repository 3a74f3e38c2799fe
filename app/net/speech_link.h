// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QThread>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>

#include "app/net/link_options.h"
#include "app/net/stt_client.h"
#include "app/net/tts_client.h"
#include "engine/core/frames.h"

namespace doubletalk::net {

class CleanedFeed;
class SpeechWorker;

/// What happened since the start; frames at the rate named.
struct SpeechCounters {
    std::int64_t feed_dropped_frames = 0;  ///< cleaned audio, engine rate: the net thread was late
    std::int64_t sent_frames = 0;          ///< at the service's rate
    std::int64_t dropped_frames = 0;       ///< likewise: no connection, or it does not keep up
    std::int64_t faults = 0;               ///< messages that made no sense
};

/// Both remote speech services in a thread of their own. No call waits for that thread, and nothing
/// a service does reaches the caller but these signals (queued, like all between threads).
/// Thread: owner's (gui); pushCleaned() one thread at a time; speak(), cancel(), counters() any.
class SpeechLink : public QObject {
    Q_OBJECT

public:
    explicit SpeechLink(QObject* parent = nullptr);
    /// Says goodbye to the services; takes at most some milliseconds.
    ~SpeechLink() override;

    void openStt(const LinkOptions& options);
    void closeStt();
    /// Begins its stream anew, if there is one: times of a call that ended mean nothing now.
    void renewStt();
    void openTts(const LinkOptions& options);
    void closeTts();

    /// Rate of what pushCleaned() gets: the engine's.
    void setCleanedRate(int rate_hz);
    /// The engine's cleaned output; block numbers may jump. Neither allocates, locks nor blocks.
    void pushCleaned(std::span<const float> samples, BlockIndex block) noexcept;

    /// Each gets exactly one speechEnded().
    void speak(const QString& id, const QString& text, const QString& voice);
    /// Pieces that are on their way to a slot already still arrive there.
    void cancel(const QString& id);
    void cancelAll();
    [[nodiscard]] SpeechCounters counters() const;

signals:
    void sttStatusChanged(const doubletalk::net::LinkStatus& status);
    void ttsStatusChanged(const doubletalk::net::LinkStatus& status);
    /// Times in seconds of the call: block 0 is 0.
    void transcript(const doubletalk::remote::Transcript& transcript);
    void speechPiece(const doubletalk::net::SpeechPiece& piece);
    void speechEnded(const doubletalk::net::SpeechEnd& end);
    void fault(const QString& what);

private:
    template <class Call>
    void post(Call call);

    std::unique_ptr<CleanedFeed> feed_;
    QThread thread_;
    SpeechWorker* worker_;  ///< lives in thread_ and is deleted at its end
};

}  // namespace doubletalk::net
