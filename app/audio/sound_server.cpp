// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/audio/sound_server.h"

#include <QEvent>
#include <QMetaMethod>
#include <QObject>
#include <QString>
#include <QThread>
#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <string_view>

namespace doubletalk::audio {
namespace {

constexpr std::string_view kClass = "QPulseAudioEngine";
constexpr const char* kConnect = "prepare()";
constexpr std::array kGivenUp{"PulseAudioService: pa_context_connect() failed",
                              "PulseAudioService: Connection failure",
                              "PulseAudioService: Context terminated"};

/// Qt keeps one for its lists and one for its streams, in the threads that asked for them first;
/// both live as long as the program.
struct Connection {
    std::atomic<QObject*> object{nullptr};
    std::atomic<bool> down{false};
};
std::array<Connection, 4> connections;
std::atomic<bool> asked{false};
thread_local Connection* trying = nullptr;  ///< by us
QtMessageHandler handler_before = nullptr;

/// The loss of the server reaches Qt's object as an event, which tells which object it is.
bool eventComes(void** data) {
    if (static_cast<QEvent*>(data[1])->type() != QEvent::MetaCall) return false;
    auto* receiver = static_cast<QObject*>(data[0]);
    if (receiver->metaObject()->className() != kClass) return false;
    for (auto& connection : connections) {
        QObject* known = nullptr;
        if (connection.object.compare_exchange_strong(known, receiver) || known == receiver) break;
    }
    return false;  // it goes on to its receiver
}

void messageComes(QtMsgType type, const QMessageLogContext& context, const QString& text) {
    const bool gave_up = std::ranges::any_of(
        kGivenUp, [&](const char* words) { return text.startsWith(QLatin1String(words)); });
    if (!gave_up) return handler_before(type, context, text);
    for (auto& connection : connections) {
        const auto* object = connection.object.load();
        const bool this_one =
            trying != nullptr ? trying == &connection
                              : object != nullptr && object->thread() == QThread::currentThread();
        if (this_one) connection.down = true;
    }
    // Said once; the device's own words tell of every further try.
    if (!asked) handler_before(type, context, text);
}

void tryAgain(Connection& connection, QObject* object) {
    const auto* meta = object->metaObject();
    const int slot = meta->indexOfMethod(kConnect);
    if (slot < 0) return;
    trying = &connection;
    meta->method(slot).invoke(object, Qt::DirectConnection);
    trying = nullptr;
}

}  // namespace

void SoundServer::watch() {
    static std::once_flag once;
    std::call_once(once, [] {
        QInternal::registerCallback(QInternal::EventNotifyCallback, eventComes);
        handler_before = qInstallMessageHandler(messageComes);
    });
}

void SoundServer::reconnect() {
    for (auto& connection : connections) {
        auto* object = connection.object.load();
        if (object == nullptr || !connection.down.exchange(false)) continue;
        asked = true;
        QMetaObject::invokeMethod(
            object, [&connection, object] { tryAgain(connection, object); }, Qt::QueuedConnection);
    }
}

}  // namespace doubletalk::audio
