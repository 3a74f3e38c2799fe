// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/speech_link.h"

#include <QMetaObject>

#include "app/net/cleaned_feed.h"
#include "app/net/speech_worker.h"
#include "engine/core/thread_role.h"

namespace doubletalk::net {

template <class Call>
void SpeechLink::post(Call call) {
    QMetaObject::invokeMethod(
        worker_, [worker = worker_, call] { call(*worker); }, Qt::QueuedConnection);
}

SpeechLink::SpeechLink(QObject* parent)
    : QObject(parent), feed_(std::make_unique<CleanedFeed>()), worker_(new SpeechWorker(*feed_)) {
    connect(&worker_->stt, &SttClient::statusChanged, this, &SpeechLink::sttStatusChanged);
    connect(&worker_->stt, &SttClient::transcript, this, &SpeechLink::transcript);
    connect(&worker_->stt, &SttClient::fault, this, &SpeechLink::fault);
    connect(&worker_->tts, &TtsClient::statusChanged, this, &SpeechLink::ttsStatusChanged);
    connect(&worker_->tts, &TtsClient::piece, this, &SpeechLink::speechPiece);
    connect(&worker_->tts, &TtsClient::ended, this, &SpeechLink::speechEnded);
    connect(&worker_->tts, &TtsClient::fault, this, &SpeechLink::fault);
    thread_.setObjectName(QStringLiteral("net"));
    worker_->moveToThread(&thread_);
    connect(&thread_, &QThread::finished, worker_, &QObject::deleteLater);
    thread_.start();
    post([](SpeechWorker& worker) {
        setThreadRole(ThreadRole::net);
        worker.start();
    });
}

SpeechLink::~SpeechLink() {
    worker_->stt.disconnect(this);
    worker_->tts.disconnect(this);
    closeStt();
    closeTts();
    post([](SpeechWorker& worker) { worker.thread()->quit(); });
    thread_.wait();
}

void SpeechLink::openStt(const LinkOptions& options) {
    post([options](SpeechWorker& worker) {
        worker.fetch();  // what was said before is not for this service
        worker.stt.open(options);
    });
}

void SpeechLink::closeStt() {
    post([](SpeechWorker& worker) {
        worker.fetch();
        worker.stt.close();
    });
}

void SpeechLink::renewStt() {
    post([](SpeechWorker& worker) {
        worker.fetch();
        worker.stt.renew();
    });
}

void SpeechLink::openTts(const LinkOptions& options) {
    post([options](SpeechWorker& worker) { worker.tts.open(options); });
}

void SpeechLink::closeTts() {
    post([](SpeechWorker& worker) { worker.tts.close(); });
}

void SpeechLink::setCleanedRate(int rate_hz) { feed_->setRate(rate_hz); }

void SpeechLink::pushCleaned(std::span<const float> samples, BlockIndex block) noexcept {
    feed_->push(samples, block);
}

void SpeechLink::speak(const QString& id, const QString& text, const QString& voice) {
    post([id, text, voice](SpeechWorker& worker) { worker.tts.speak(id, text, voice); });
}

void SpeechLink::cancel(const QString& id) {
    post([id](SpeechWorker& worker) { worker.tts.cancel(id); });
}

void SpeechLink::cancelAll() {
    post([](SpeechWorker& worker) { worker.tts.cancelAll(); });
}

SpeechCounters SpeechLink::counters() const {
    return {feed_->droppedFrames(), worker_->sent_frames.load(), worker_->dropped_frames.load(),
            worker_->faults.load()};
}

}  // namespace doubletalk::net
