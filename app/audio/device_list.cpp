// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/audio/device_list.h"

#include <fmt/format.h>

#include <QCoreApplication>
#include <QMediaDevices>
#include <algorithm>
#include <memory>

#include "app/audio/device_lookup.h"
#include "app/audio/device_thread.h"

namespace doubletalk::audio {
namespace {

struct Devices {
    Q_DECLARE_TR_FUNCTIONS(Devices)
};

constexpr std::chrono::seconds kListWait{3};

// After a restart of the sound server old entries may stay beside the new ones: the last one counts.
QList<QAudioDevice> uniqueDevices(Direction direction) {
    QList<QAudioDevice> unique;
    const auto all = direction == Direction::input ? QMediaDevices::audioInputs()
                                                   : QMediaDevices::audioOutputs();
    for (const auto& device : all) {
        const auto same = std::ranges::find_if(
            unique, [&](const QAudioDevice& other) { return other.id() == device.id(); });
        if (same == unique.end()) {
            unique.append(device);
        } else {
            *same = device;
        }
    }
    return unique;
}

}  // namespace

std::vector<ListedDevice> listedNow(Direction direction) {
    std::vector<ListedDevice> listed;
    for (const auto& device : uniqueDevices(direction)) {
        const auto format = device.preferredFormat();
        listed.push_back({.id = device.id().toStdString(),
                          .name = device.description().toStdString(),
                          .is_default = device.isDefault(),
                          .rate_hz = format.sampleRate(),
                          .channels = format.channelCount()});
    }
    return listed;
}

Result<DeviceList> listDevices() {
    auto thread = DeviceThread::instance();
    if (!thread) return tl::unexpected(thread.error());
    auto list = std::make_shared<DeviceList>();
    auto done = (*thread)->call(
        [list] {
            list->inputs = listedNow(Direction::input);
            list->outputs = listedNow(Direction::output);
        },
        kListWait);
    if (!done) return tl::unexpected(done.error());
    return *list;
}

bool isListed(Direction direction, std::string_view id) {
    return std::ranges::any_of(uniqueDevices(direction),
                               [&](const QAudioDevice& d) { return d.id().toStdString() == id; });
}

Result<QAudioDevice> findDevice(Direction direction, std::string_view id_or_name) {
    const auto devices = uniqueDevices(direction);
    const auto what = direction == Direction::input ? Devices::tr("microphone").toStdString() : Devices::tr("loudspeaker").toStdString();
    if (devices.isEmpty()) {
        return fail(ErrorKind::not_found, Devices::tr("there is no such device at all").toStdString(), what,
                    Devices::tr("plug one in; if the sound server was started after this program, "
                         "start the program again").toStdString());
    }
    if (id_or_name.empty()) {
        const auto marked = std::ranges::find_if(devices, &QAudioDevice::isDefault);
        return marked != devices.end() ? *marked : devices.first();
    }
    for (const auto& device : devices) {
        if (device.id().toStdString() == id_or_name) return device;
    }
    for (const auto& device : devices) {
        if (device.description().toStdString() == id_or_name) return device;
    }
    std::string there;
    for (const auto& device : devices) {
        there += (there.empty() ? "" : ", ") + device.id().toStdString();
    }
    return fail(ErrorKind::not_found, fmt::format(fmt::runtime(Devices::tr("no device '{}'").toStdString()), id_or_name),
                what, fmt::format(fmt::runtime(Devices::tr("there is: {}").toStdString()), there));
}

}  // namespace doubletalk::audio
