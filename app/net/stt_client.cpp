// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/stt_client.h"

#include "engine/remote/protocol_registry.h"

namespace doubletalk::net {
namespace {

constexpr const char* kDefaultProtocol = "float_stt";
constexpr int kBytesPerSample = 4;  // the largest any protocol needs

}  // namespace

SttClient::SttClient(QObject* parent) : RemoteClient(parent) {}

SttClient::~SttClient() { leave(); }

void SttClient::open(LinkOptions options) {
    options_ = options;
    if (!prepare(options, kDefaultProtocol, &remote::createSttClient, protocol_)) return;
    max_waiting_bytes_ = qint64(options.queue_ms) * protocol_->rateHz() / 1000 * kBytesPerSample;
    link_.open(options);
}

void SttClient::close() {
    if (protocol_ && link_.isConnected()) {
        sendWhat([this](auto& out) { protocol_->finish(out); });
    }
    link_.close();
}

void SttClient::renew() {
    if (!link_.isConnected()) return;
    close();
    open(options_);
}

int SttClient::rateHz() const { return protocol_ ? protocol_->rateHz() : 0; }

void SttClient::push(std::span<const float> samples, std::int64_t call_frame) {
    const auto frames = std::int64_t(samples.size());
    if (!link_.isConnected() || link_.waitingBytes() > max_waiting_bytes_) {
        dropped_frames_ += frames;
        return;
    }
    sent_frames_ += frames;
    sendWhat([&](auto& out) { protocol_->audio(samples, call_frame, out); });
}

void SttClient::receive(const remote::MessageView& message) {
    std::vector<remote::SttEvent> events;
    protocol_->receive(message, events);
    for (const auto& event : events) {
        if (const auto* heard = std::get_if<remote::Transcript>(&event)) {
            link_.understood();
            emit transcript(*heard);
        } else if (const auto* wrong = std::get_if<remote::Fault>(&event)) {
            notUnderstood(wrong->what);
        }
    }
}

}  // namespace doubletalk::net
