// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/tts_server.h"

#include <QMetaObject>
#include <algorithm>

#include "engine/core/thread_role.h"
#include "engine/remote/protocol_registry.h"

namespace doubletalk::net {
namespace {

constexpr int kSendMs = 20;
constexpr qint64 kMaxWaitingBytes = 1 << 20;  // a client that does not read gets no more

/// The word at a mark, which counts in characters, not bytes.
std::string wordAt(const std::u32string& text, const voice::WordMark& mark) {
    const auto from = std::min(std::size_t(std::max(0, mark.text_position)), text.size());
    const auto word = text.substr(from, std::size_t(std::max(0, mark.length)));
    return QString::fromUcs4(word.data(), qsizetype(word.size())).toStdString();
}

}  // namespace

TtsServer::TtsServer(QObject* parent) : WsService(parent), send_timer_(this) {
    connect(&send_timer_, &QTimer::timeout, this, qOverload<>(&TtsServer::sendDue));
}

TtsServer::~TtsServer() {
    for (auto& [client, stream] : streams_) {
        if (stream.speaking) stream.speaking->stop->store(true);
    }
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

Result<void> TtsServer::start(const TtsServerOptions& options) {
    options_ = options;
    auto synthesizer = voice::createEspeakSynthesizer();
    if (!synthesizer) return tl::unexpected(synthesizer.error());
    synthesizer_ = std::move(*synthesizer);
    if (auto ok = listen(options_.service); !ok) return ok;
    thread_ = std::thread([this] { work(); });
    return {};
}

void TtsServer::clientCame(ClientId client) {
    streams_[client].protocol = remote::findProtocol("plain_tts")->tts_server();
}

void TtsServer::clientLeft(ClientId client) {
    const auto at = streams_.find(client);
    if (at == streams_.end()) return;
    if (at->second.speaking) at->second.speaking->stop->store(true);
    streams_.erase(at);
}

void TtsServer::clientMessage(ClientId client, const remote::MessageView& message) {
    const auto at = streams_.find(client);
    if (at == streams_.end()) return;
    auto& stream = at->second;
    std::vector<remote::TtsRequest> requests;
    stream.protocol->receive(message, requests);
    for (const auto& entry : requests) {
        if (const auto* speak = std::get_if<remote::SpeakRequest>(&entry)) {
            countGood(client);
            request(client, stream, *speak);
        } else if (const auto* stop = std::get_if<remote::CancelRequest>(&entry)) {
            countGood(client);
            cancel(client, stream, stop->id);
        } else if (const auto* wrong = std::get_if<remote::Fault>(&entry)) {
            send(client, stream.protocol->failed({}, wrong->what));
            countFault(client, QString::fromStdString(wrong->what));
        }
    }
}

void TtsServer::request(ClientId client, Stream& stream, const remote::SpeakRequest& speak) {
    const bool in_use =
        (stream.speaking && stream.speaking->id == speak.id) ||
        std::any_of(stream.waiting.begin(), stream.waiting.end(),
                    [&](const remote::SpeakRequest& other) { return other.id == speak.id; });
    if (in_use) {
        // An error that names the id would look like the end of the other one.
        send(client, stream.protocol->failed({}, "the id is in use until its utterance has ended"));
    } else if (int(stream.waiting.size()) >= options_.max_waiting) {
        send(client,
             stream.protocol->failed(speak.id, "too many utterances wait: send fewer at once"));
    } else if (int(speak.text.size()) > options_.max_text_bytes) {
        send(client, stream.protocol->failed(speak.id, "the text is too long: send at most " +
                                                           std::to_string(options_.max_text_bytes) +
                                                           " bytes at once"));
    } else {
        stream.waiting.push_back(speak);
        startNext(client, stream);
    }
}

void TtsServer::cancel(ClientId client, Stream& stream, const std::string& id) {
    std::erase_if(stream.waiting,
                  [&](const remote::SpeakRequest& other) { return other.id == id; });
    if (stream.speaking && stream.speaking->id == id) {
        stream.speaking->stop->store(true);
        stream.speaking.reset();
    }
    // An utterance that has ended already is as silent as a cancelled one: the answer is the same.
    send(client, stream.protocol->cancelled(id));
    startNext(client, stream);
}

void TtsServer::startNext(ClientId client, Stream& stream) {
    if (stream.speaking || stream.waiting.empty()) return;
    Job job{client, next_number_++, std::move(stream.waiting.front()),
            std::make_shared<std::atomic<bool>>(false)};
    stream.waiting.pop_front();
    if (job.request.voice.empty()) job.request.voice = options_.voice;
    auto& speaking = stream.speaking.emplace(Speaking{});
    speaking.number = job.number;
    speaking.id = job.request.id;
    speaking.stop = job.stop;
    {
        const std::scoped_lock lock(mutex_);
        jobs_.push_back(std::move(job));
    }
    wake_.notify_one();
}

void TtsServer::work() {
    setThreadRole(ThreadRole::speech);
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
        if (stopping_) return;
        const Job job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        synthesize(job);
        lock.lock();
    }
}

void TtsServer::synthesize(const Job& job) {
    const auto text = QString::fromStdString(job.request.text).toStdU32String();
    std::int64_t frames = 0;
    const auto post = [&](auto call) {
        QMetaObject::invokeMethod(this, std::move(call), Qt::QueuedConnection);
    };
    const auto sink = [&](const voice::SpeechChunk& chunk) {
        if (job.stop->load()) return false;
        Piece piece{chunk.rate_hz,
                    double(frames) * 1000.0 / chunk.rate_hz,
                    {chunk.samples.begin(), chunk.samples.end()},
                    {}};
        for (const auto& mark : chunk.words) {
            piece.words.push_back({job.request.id, wordAt(text, mark), mark.at_ms});
        }
        frames += std::int64_t(chunk.samples.size());
        post([this, client = job.client, number = job.number, piece = std::move(piece)] {
            onPiece(client, number, piece);
        });
        return true;
    };
    auto result = job.stop->load()
                      ? Result<void>()
                      : synthesizer_->speakStreaming(job.request.text, job.request.voice, sink);
    post([this, client = job.client, number = job.number, result = std::move(result)] {
        onMade(client, number, result);
    });
}

TtsServer::Stream* TtsServer::streamOf(ClientId client, std::uint64_t number) {
    const auto at = streams_.find(client);
    if (at == streams_.end() || !at->second.speaking) return nullptr;
    return at->second.speaking->number == number ? &at->second : nullptr;
}

void TtsServer::onPiece(ClientId client, std::uint64_t number, const Piece& piece) {
    auto* stream = streamOf(client, number);
    if (stream == nullptr) return;
    auto& speaking = *stream->speaking;
    if (!speaking.started) {
        speaking.started = true;
        speaking.since.start();
        send(client, stream->protocol->started(speaking.id, piece.rate_hz));
    }
    for (const auto& word : piece.words) {
        speaking.outgoing.push_back({stream->protocol->word(word), piece.at_ms});
    }
    if (!piece.samples.empty()) {
        speaking.outgoing.push_back({stream->protocol->audio(piece.samples), piece.at_ms});
    }
    (void)sendDue(client, *stream);
    if (!send_timer_.isActive()) send_timer_.start(kSendMs);
}

void TtsServer::onMade(ClientId client, std::uint64_t number, const Result<void>& result) {
    auto* stream = streamOf(client, number);
    if (stream == nullptr) return;
    stream->speaking->made = true;
    if (!result) stream->speaking->error = result.error().message();
    if (!sendDue(client, *stream)) startNext(client, *stream);
}

bool TtsServer::sendDue(ClientId client, Stream& stream) {
    auto& speaking = *stream.speaking;
    while (!speaking.outgoing.empty()) {
        const auto& next = speaking.outgoing.front();
        const bool early = options_.lead_ms > 0 &&
                           next.at_ms > double(speaking.since.elapsed()) + options_.lead_ms;
        if (early || waitingBytes(client) > kMaxWaitingBytes) return true;
        send(client, next.message);
        speaking.outgoing.pop_front();
    }
    if (!speaking.made) return true;
    send(client, speaking.error.empty() ? stream.protocol->done(speaking.id)
                                        : stream.protocol->failed(speaking.id, speaking.error));
    stream.speaking.reset();
    return false;
}

void TtsServer::sendDue() {
    bool more = false;
    for (auto& [client, stream] : streams_) {
        if (!stream.speaking) continue;
        if (sendDue(client, stream)) {
            more = true;
        } else {
            startNext(client, stream);
        }
    }
    if (!more) send_timer_.stop();
}

}  // namespace doubletalk::net
