// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/stt_server.h"

#include <QMetaObject>

#include "engine/remote/protocol_registry.h"

namespace doubletalk::net {
namespace {

constexpr int kTryLater = 1013;
constexpr int kServerFailed = 1011;

}  // namespace

SttServer::SttServer(QObject* parent) : WsService(parent) {}

SttServer::~SttServer() { pool_.reset(); }

Result<void> SttServer::start(const SttServerOptions& options) {
    options_ = options;
    if (!options_.recogniser) options_.recogniser = &voice::createPocketsphinxRecogniser;
    // Loads the model once before anybody connects: a missing one is told now, and the next loads
    // come from the page cache.
    if (auto probe = options_.recogniser(); !probe) return tl::unexpected(probe.error());
    pool_ = std::make_unique<RecogniserPool>(options_.max_decoders, options_.recogniser);
    return listen(options_.service);
}

void SttServer::clientCame(ClientId client) {
    Stream stream;
    stream.protocol = remote::findProtocol("float_stt")->stt_server();
    if (auto ok = stream.cutter.prepare(stream.protocol->rateHz()); !ok) {
        emit note(QString::fromStdString(ok.error().message()));
        closeClient(client, kServerFailed, tr("no voice activity detector"));
        return;
    }
    stream.flush_timer = std::make_unique<QTimer>();
    stream.flush_timer->setSingleShot(true);
    stream.flush_timer->setInterval(options_.flush_ms);
    connect(stream.flush_timer.get(), &QTimer::timeout, this, [this, client] {
        const auto at = streams_.find(client);
        if (at == streams_.end()) return;
        std::vector<SpeechSegment> segments;
        at->second.cutter.flush(segments);
        recognise(client, at->second, segments);
    });
    streams_.emplace(client, std::move(stream));
}

void SttServer::clientMessage(ClientId client, const remote::MessageView& message) {
    const auto at = streams_.find(client);
    if (at == streams_.end()) return;
    auto& stream = at->second;
    std::vector<remote::SttRequest> requests;
    stream.protocol->receive(message, requests);
    std::vector<SpeechSegment> segments;
    for (const auto& request : requests) {
        if (const auto* audio = std::get_if<remote::ClientAudio>(&request)) {
            countGood(client);
            stream.cutter.push(audio->samples, segments);
        } else if (const auto* wrong = std::get_if<remote::Fault>(&request)) {
            countFault(client, QString::fromStdString(wrong->what));
        }
    }
    if (stream.cutter.inSegment()) stream.flush_timer->start();
    recognise(client, stream, segments);
}

void SttServer::recognise(ClientId client, Stream& stream, std::vector<SpeechSegment>& segments) {
    for (auto& segment : segments) {
        const auto start_frame = segment.start_frame;
        const auto frames = std::int64_t(segment.samples.size());
        stream.waiting_frames += frames;
        if (stream.waiting_frames >
            std::int64_t(options_.max_backlog_s) * stream.protocol->rateHz()) {
            closeClient(client, kTryLater, tr("more speech came than can be recognised"));
            return;
        }
        pool_->submit(client, std::move(segment.samples), stream.protocol->rateHz(),
                      [this, client, start_frame, frames](Result<std::string> text) {
                          QMetaObject::invokeMethod(
                              this,
                              [this, client, start_frame, frames, text = std::move(text)] {
                                  answer(client, start_frame, frames, text);
                              },
                              Qt::QueuedConnection);
                      });
    }
}

void SttServer::answer(ClientId client, std::int64_t start_frame, std::int64_t frames,
                       const Result<std::string>& text) {
    const auto at = streams_.find(client);
    if (at == streams_.end()) return;
    auto& stream = at->second;
    stream.waiting_frames -= frames;
    if (!text) {
        emit note(QString::fromStdString(text.error().message()));
        closeClient(client, kServerFailed, tr("the recogniser failed"));
        return;
    }
    if (text->empty()) return;
    const double rate_hz = stream.protocol->rateHz();
    send(client, stream.protocol->answer({.text = *text,
                                          .start_s = double(start_frame) / rate_hz,
                                          .end_s = double(start_frame + frames) / rate_hz}));
}

void SttServer::clientLeft(ClientId client) {
    pool_->forget(client);
    streams_.erase(client);
}

}  // namespace doubletalk::net
