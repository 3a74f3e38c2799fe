// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/stt_client.h"

#include "app/net/link_text.h"
#include "engine/remote/protocol_registry.h"

namespace doubletalk::net {
namespace {

constexpr const char* kDefaultProtocol = "float_stt";
constexpr int kBytesPerSample = 4;  // the largest any protocol needs

}  // namespace

SttClient::SttClient(QObject* parent) : QObject(parent), link_(this) {
    connect(&link_, &WsLink::statusChanged, this, &SttClient::statusChanged);
    connect(&link_, &WsLink::opened, this, [this] {
        out_.clear();
        protocol_->open(out_);
        sendAll();
    });
    connect(&link_, &WsLink::textReceived, this, [this](const QString& text) {
        const auto bytes = text.toStdString();
        receive({false, bytes});
    });
    connect(&link_, &WsLink::binaryReceived, this, [this](const QByteArray& bytes) {
        receive({true, {bytes.constData(), std::size_t(bytes.size())}});
    });
}

SttClient::~SttClient() { link_.disconnect(this); }

void SttClient::open(LinkOptions options) {
    link_.close();
    if (options.protocol.isEmpty()) options.protocol = kDefaultProtocol;
    auto protocol = remote::createSttClient(options.protocol.toStdString());
    if (!protocol) {
        emit statusChanged({LinkState::failed, shownAddress(options.url),
                            QString::fromStdString(protocol.error().message())});
        return;
    }
    protocol_ = std::move(*protocol);
    if (options.url.isEmpty()) {
        const auto* row = remote::findProtocol(options.protocol.toStdString());
        options.url =
            QUrl(QString::fromUtf8(row->default_url.data(), qsizetype(row->default_url.size())));
    }
    max_waiting_bytes_ = qint64(options.queue_ms) * protocol_->rateHz() / 1000 * kBytesPerSample;
    link_.open(options);
}

void SttClient::close() {
    if (protocol_ && link_.isConnected()) {
        out_.clear();
        protocol_->finish(out_);
        sendAll();
    }
    link_.close();
}

int SttClient::rateHz() const { return protocol_ ? protocol_->rateHz() : 0; }

void SttClient::push(std::span<const float> samples, std::int64_t call_frame) {
    const auto frames = std::int64_t(samples.size());
    if (!link_.isConnected() || link_.waitingBytes() > max_waiting_bytes_) {
        dropped_frames_ += frames;
        return;
    }
    out_.clear();
    protocol_->audio(samples, call_frame, out_);
    sent_frames_ += frames;
    sendAll();
}

void SttClient::sendAll() {
    for (const auto& message : out_) (void)link_.send(message);
}

void SttClient::receive(const remote::MessageView& message) {
    std::vector<remote::SttEvent> events;
    protocol_->receive(message, events);
    for (const auto& event : events) {
        if (const auto* heard = std::get_if<remote::Transcript>(&event)) {
            link_.understood();
            emit transcript(*heard);
        } else if (const auto* wrong = std::get_if<remote::Fault>(&event)) {
            ++faults_;
            const auto what = shownText(QString::fromStdString(wrong->what));
            emit fault(what);
            link_.notUnderstood(what);
        }
    }
}

}  // namespace doubletalk::net
