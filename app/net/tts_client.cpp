// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/tts_client.h"

#include "app/net/link_text.h"
#include "engine/remote/protocol_registry.h"

namespace doubletalk::net {
namespace {

constexpr const char* kDefaultProtocol = "plain_tts";

}  // namespace

TtsClient::TtsClient(QObject* parent) : RemoteClient(parent), answer_timer_(this) {
    answer_timer_.setSingleShot(true);
    connect(&answer_timer_, &QTimer::timeout, this, [this] {
        link_.giveUp(tr("%1: the service stalls: asked to speak, it has sent nothing for %2 s")
                         .arg(link_.status().address)
                         .arg(answer_timeout_ms_ / 1000.0));
    });
    connect(&link_, &WsLink::closed, this, &TtsClient::failAll);
}

TtsClient::~TtsClient() { leave(); }

void TtsClient::open(LinkOptions options) {
    if (!prepare(options, kDefaultProtocol, &remote::createTtsClient, protocol_)) return;
    answer_timeout_ms_ = options.answer_timeout_ms;
    link_.open(options);
}

void TtsClient::close() { link_.close(); }

void TtsClient::speak(const QString& id, const QString& text, const QString& voice) {
    if (!link_.isConnected()) {
        const auto& reason = link_.status().reason;
        emit ended({id, SpeechEnd::How::failed,
                    reason.isEmpty() ? tr("there is no connection to a speech service") : reason});
        return;
    }
    out_.clear();
    const auto asked =
        protocol_->speak(id.toStdString(), text.toStdString(), voice.toStdString(), out_);
    if (!asked) {
        emit ended({id, SpeechEnd::How::failed, QString::fromStdString(asked.error().message())});
        return;
    }
    under_way_.insert(id.toStdString());
    sendAll();
    if (!under_way_.empty() && !answer_timer_.isActive()) answer_timer_.start(answer_timeout_ms_);
}

void TtsClient::cancel(const QString& id) {
    if (!link_.isConnected()) return;
    sendWhat([&](auto& out) { protocol_->cancel(id.toStdString(), out); });
}

void TtsClient::cancelAll() {
    const auto ids = under_way_;
    for (const auto& id : ids) cancel(QString::fromStdString(id));
}

void TtsClient::end(const std::string& id, SpeechEnd::How how, const QString& reason) {
    if (under_way_.erase(id) == 0) return;
    if (under_way_.empty()) answer_timer_.stop();
    emit ended({QString::fromStdString(id), how, reason});
}

void TtsClient::failAll(const QString& reason) {
    const auto ids = under_way_;
    for (const auto& id : ids) end(id, SpeechEnd::How::failed, reason);
}

void TtsClient::receive(const remote::MessageView& message) {
    std::vector<remote::TtsEvent> events;
    protocol_->receive(message, events);
    if (answer_timer_.isActive()) answer_timer_.start(answer_timeout_ms_);
    for (const auto& event : events) handle(event);
}

void TtsClient::handle(const remote::TtsEvent& event) {
    if (const auto* wrong = std::get_if<remote::Fault>(&event)) {
        notUnderstood(wrong->what);
        return;
    }
    link_.understood();
    if (const auto* started = std::get_if<remote::SpeechStarted>(&event)) {
        emit piece({QString::fromStdString(started->id), started->rate_hz, {}, {}, 0.0});
    } else if (const auto* audio = std::get_if<remote::SpeechAudio>(&event)) {
        emit piece({QString::fromStdString(audio->id), audio->rate_hz, audio->samples, {}, 0.0});
    } else if (const auto* word = std::get_if<remote::SpeechWord>(&event)) {
        emit piece({QString::fromStdString(word->id),
                    0,
                    {},
                    QString::fromStdString(word->word),
                    word->at_ms});
    } else if (const auto* done = std::get_if<remote::SpeechDone>(&event)) {
        end(done->id, SpeechEnd::How::done);
    } else if (const auto* cancelled = std::get_if<remote::SpeechCancelled>(&event)) {
        end(cancelled->id, SpeechEnd::How::cancelled);
    } else if (const auto* failed = std::get_if<remote::SpeechFailed>(&event)) {
        end(failed->id, SpeechEnd::How::failed, shownText(QString::fromStdString(failed->what)));
    }
}

}  // namespace doubletalk::net
