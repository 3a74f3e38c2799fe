// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/speech_worker.h"

namespace doubletalk::net {
namespace {

constexpr int kFetchMs = 20;

}  // namespace

SpeechWorker::SpeechWorker(CleanedFeed& feed) : stt(this), tts(this), feed_(feed), timer_(this) {
    connect(&timer_, &QTimer::timeout, this, &SpeechWorker::fetch);
    const auto count = [this] { faults.store(stt.faults() + tts.faults()); };
    connect(&stt, &SttClient::fault, this, count);
    connect(&tts, &TtsClient::fault, this, count);
}

void SpeechWorker::start() { timer_.start(kFetchMs); }

void SpeechWorker::fetch() {
    const bool wanted = stt.status().state != LinkState::off;
    feed_.drain(wanted ? stt.rateHz() : 0,
                [this](std::span<const float> samples, std::int64_t at) { stt.push(samples, at); });
    sent_frames.store(stt.sentFrames());
    dropped_frames.store(stt.droppedFrames());
}

}  // namespace doubletalk::net
