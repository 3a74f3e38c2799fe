// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/audio/device_words.h"

#include <fmt/format.h>

#include <QCoreApplication>

namespace doubletalk::audio {
namespace {

struct Devices {
    Q_DECLARE_TR_FUNCTIONS(Devices)
};

std::string kind(Direction direction) {
    return direction == Direction::input ? Devices::tr("Microphone").toStdString() : Devices::tr("Loudspeaker").toStdString();
}

std::string what(StreamFault fault) {
    switch (fault) {
        case StreamFault::vanished:
            return Devices::tr("the device was taken away").toStdString();
        case StreamFault::stopped:
            return Devices::tr("the sound server ended the stream").toStdString();
        default:
            return Devices::tr("the device stands still").toStdString();
    }
}

std::string toDo(StreamFault fault) {
    switch (fault) {
        case StreamFault::vanished:
            return Devices::tr("plug it in again or choose another device").toStdString();
        case StreamFault::stopped:
            return Devices::tr("if it stays silent, restart the sound server").toStdString();
        default:
            return Devices::tr("check that it is not suspended, or choose another device").toStdString();
    }
}

template <class... Parts>
std::string filled(const QString& words, const Parts&... parts) {
    return fmt::format(fmt::runtime(words.toStdString()), parts...);
}

}  // namespace

tl::unexpected<Error> notStarted(Direction direction, const QAudioDevice& device) {
    return fail(ErrorKind::io, Devices::tr("the sound server did not start the device").toStdString(),
                kind(direction) + " '" + device.description().toStdString() + "'",
                Devices::tr("check that the sound server runs and that no other program holds the device").toStdString());
}

std::string faultText(Direction direction, const std::string& name, StreamFault fault) {
    return filled(Devices::tr("{} '{}': {}; trying again every 0.5 s ({})"), kind(direction), name, what(fault),
                  toDo(fault));
}

std::string movedText(Direction direction, const std::string& name) {
    return filled(
        Devices::tr("{} '{}' has gone; the sound server carries on with another device (choose one, or plug it "
        "in again)"),
        kind(direction), name);
}

std::string returnedText(Direction direction, const std::string& name) {
    return filled(Devices::tr("{} '{}' is back and in use again"), kind(direction), name);
}

std::string runsText(Direction direction, const std::string& name, int rate_hz, int channels,
                     double buffer_ms) {
    return filled(Devices::tr("{} '{}' runs: {} Hz, {} channels, {:.1f} ms buffer"), kind(direction), name,
                  rate_hz, channels, buffer_ms);
}

}  // namespace doubletalk::audio
