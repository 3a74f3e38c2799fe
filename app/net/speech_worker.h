// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>
#include <atomic>
#include <cstdint>

#include "app/net/cleaned_feed.h"
#include "app/net/stt_client.h"
#include "app/net/tts_client.h"

namespace doubletalk::net {

/// The inside of SpeechLink: both clients, and the audio fetched every 20 ms. Thread: net.
class SpeechWorker : public QObject {
    Q_OBJECT

public:
    explicit SpeechWorker(CleanedFeed& feed);
    /// In the net thread, before anything else.
    void start();
    void fetch();

    SttClient stt;
    TtsClient tts;
    std::atomic<std::int64_t> sent_frames{0}, dropped_frames{0}, faults{0};

private:
    CleanedFeed& feed_;
    QTimer timer_;
};

}  // namespace doubletalk::net
