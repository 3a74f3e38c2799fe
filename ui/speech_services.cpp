// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/speech_services.h"

#include <QInputDialog>
#include <QMenu>
#include <QSettings>
#include <QUrl>
#include <mutex>
#include <utility>

#include "app/bench/bench.h"
#include "app/net/speech_link.h"
#include "ui/spoken_stream.h"
#include "ui/widgets/lamp_button.h"

namespace doubletalk::ui {
namespace {

constexpr const char* kSttAddress = "ws://localhost:8765";
constexpr const char* kTtsAddress = "ws://localhost:8766";
constexpr const char* kSttKey = "remote/stt_url";
constexpr const char* kTtsKey = "remote/tts_url";

/// Without user, password and query: those may be secrets, and settings files keep none.
QString storable(const QUrl& url) {
    return url.toString(QUrl::RemoveUserInfo | QUrl::RemoveQuery | QUrl::RemoveFragment);
}

Lamp lampOf(net::LinkState state) {
    switch (state) {
        case net::LinkState::connecting:
            return Lamp::connecting;
        case net::LinkState::connected:
            return Lamp::on;
        case net::LinkState::failed:
            return Lamp::failed;
        default:
            return Lamp::off;
    }
}

QString serviceName(bool stt) {
    return stt ? SpeechServices::tr("Speech recognition (STT)")
               : SpeechServices::tr("Speech synthesis (TTS)");
}

/// To a user who lets it speak.
QString notConnected() {
    return SpeechServices::tr("%1: not connected. TTS in the tool bar connects it")
        .arg(serviceName(false));
}

QString stateWord(net::LinkState state) {
    switch (state) {
        case net::LinkState::connecting:
            return SpeechServices::tr("connecting");
        case net::LinkState::connected:
            return SpeechServices::tr("connected");
        case net::LinkState::failed:
            return SpeechServices::tr("failed, it is tried again");
        default:
            return SpeechServices::tr("off");
    }
}

}  // namespace

/// A run that goes on keeps its end of this, whatever became of the link.
struct SpeechServices::Gate {
    std::mutex mutex;
    net::SpeechLink* link = nullptr;
};

SpeechServices::SpeechServices(bench::Bench& bench, QWidget* parent)
    : QObject(parent),
      bench_(bench),
      link_(std::make_unique<net::SpeechLink>()),
      gate_(std::make_shared<Gate>()),
      stt_(new LampButton(tr("STT"), parent)),
      tts_(new LampButton(tr("TTS"), parent)) {
    addMenu(*stt_, kSttKey, kSttAddress, true);
    addMenu(*tts_, kTtsKey, kTtsAddress, false);
    auto* link = link_.get();
    connect(link, &net::SpeechLink::sttStatusChanged, this,
            [this](const net::LinkStatus& status) { showStatus(true, status); });
    connect(link, &net::SpeechLink::ttsStatusChanged, this,
            [this](const net::LinkStatus& status) { showStatus(false, status); });
    connect(link, &net::SpeechLink::transcript, this, [this](const remote::Transcript& words) {
        if (stt_renewing_) return;
        understood(words.start_s, words.end_s, QString::fromStdString(words.text));
    });
    connect(link, &net::SpeechLink::speechPiece, this, &SpeechServices::take);
    connect(link, &net::SpeechLink::speechEnded, this, &SpeechServices::end);
    connect(link, &net::SpeechLink::fault, this, &SpeechServices::failed);
    connect(&bench, &bench::Bench::stateChanged, this, [this](bench::BenchState state) {
        if (state != bench::BenchState::starting) return;
        link_->setCleanedRate(bench_.requested().engine.rate_hz);
        stt_renewing_ = stt_connected_;
        link_->renewStt();
    });
    gate_->link = link;
    bench.setCleanSink([gate = gate_](std::span<const float> clean, BlockIndex block) {
        const std::lock_guard lock(gate->mutex);
        if (gate->link != nullptr) gate->link->pushCleaned(clean, block);
    });
}

SpeechServices::~SpeechServices() {
    bench_.setCleanSink({});
    const std::lock_guard lock(gate_->mutex);
    gate_->link = nullptr;
}

void SpeechServices::addMenu(LampButton& button, const QString& key, const QString& standard,
                             bool stt) {
    auto* menu = new QMenu(&button);
    menu->addAction(tr("&Connect"), this, [this, stt] { setOpen(stt, true); });
    menu->addAction(tr("&Disconnect"), this, [this, stt] { setOpen(stt, false); });
    menu->addAction(tr("&Address …"), this, [this, stt] { askAddress(stt); });
    button.setMenu(menu);
    button.setPopupMode(QToolButton::InstantPopup);
    button.setLamp(Lamp::off,
                   tr("%1: not connected. The service's address: %2")
                       .arg(serviceName(stt), QSettings().value(key, standard).toString()));
}

void SpeechServices::setOpen(bool stt, bool open) {
    if (!open) {
        stt ? link_->closeStt() : link_->closeTts();
        return;
    }
    net::LinkOptions options;
    options.url = QUrl(
        QSettings().value(stt ? kSttKey : kTtsKey, stt ? kSttAddress : kTtsAddress).toString());
    tell(stt, {});
    stt ? link_->openStt(options) : link_->openTts(options);
}

void SpeechServices::askAddress(bool stt) {
    const auto key = stt ? kSttKey : kTtsKey;
    bool ok = false;
    const auto text = QInputDialog::getText(
        stt_->window(), stt ? tr("Speech recognition service") : tr("Speech synthesis service"),
        tr("Address (ws:// or wss://)"), QLineEdit::Normal,
        QSettings().value(key, stt ? kSttAddress : kTtsAddress).toString(), &ok);
    if (!ok) return;
    const QUrl url(text.trimmed(), QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty() || (url.scheme() != "ws" && url.scheme() != "wss")) {
        failed(tr("'%1' is no address of a service: write ws://HOST:PORT or wss://HOST:PORT")
                   .arg(text));
        return;
    }
    QSettings().setValue(key, storable(url));
    setOpen(stt, true);
}

void SpeechServices::showStatus(bool stt, const net::LinkStatus& status) {
    auto& button = stt ? *stt_ : *tts_;
    auto words = status.address;
    if (status.reason.startsWith(words)) {
        words = status.reason;
    } else if (!status.reason.isEmpty()) {
        words += ": " + status.reason;
    }
    button.setLamp(lampOf(status.state),
                   tr("%1: %2. %3").arg(serviceName(stt), stateWord(status.state), words));
    const bool connected = status.state == net::LinkState::connected;
    (stt ? stt_connected_ : tts_connected_) = connected;
    if (stt && !connected) stt_renewing_ = false;
    if (connected || status.state == net::LinkState::off) tell(stt, {});
    // Said once; the lamp shows every further try.
    const auto& trouble = stt ? stt_trouble_ : tts_trouble_;
    const bool said = !trouble.isEmpty() && trouble != notConnected();
    if (status.state == net::LinkState::failed && !said) {
        tell(stt, tr("%1: %2; it is tried again").arg(serviceName(stt), words));
    }
}

void SpeechServices::tell(bool stt, const QString& trouble) {
    (stt ? stt_trouble_ : tts_trouble_) = trouble;
    QStringList all{stt_trouble_, tts_trouble_};
    all.removeAll(QString());
    const auto before = std::exchange(told_, all.join(QStringLiteral("  ◆  ")));
    if (told_ == before) return;
    if (!trouble.isEmpty()) return failed(told_);
    recovered(before, told_);
}

bool SpeechServices::speak(const QString& text, const QString& voice) {
    if (!tts_connected_) {
        if (tts_trouble_.isEmpty()) {
            tell(false, notConnected());
        } else {
            failed(told_);  // its bar may have been closed
        }
        return false;
    }
    const auto id = QStringLiteral("u%1").arg(next_id_++);
    utterances_.insert(id, std::make_shared<SpokenStream>(bench_, text));
    link_->speak(id, text, voice);
    return true;
}

void SpeechServices::interrupted() { link_->cancelAll(); }

void SpeechServices::take(const net::SpeechPiece& piece) {
    const auto found = utterances_.find(piece.id);
    if (found == utterances_.end()) return;
    if (auto ok = (*found)->append(piece.samples, piece.rate_hz); !ok) {
        failed(QString::fromStdString(ok.error().message()));
    }
}

void SpeechServices::end(const net::SpeechEnd& end) {
    const auto utterance = utterances_.take(end.id);
    if (!utterance) return;
    if (end.how == net::SpeechEnd::How::failed) {
        utterance->fail(end.reason);
    } else {
        utterance->end();
    }
}

}  // namespace doubletalk::ui
