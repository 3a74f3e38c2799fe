// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <vector>

#include "app/audio/device_status.h"

namespace doubletalk::audio {

/// What users are told of devices that come and go: a loss once, however often it is tried again,
/// and a return when sound moves, not when a stream opens. Thread: any one.
class DeviceWatch {
public:
    /// Events since the last call, and then the status.
    void follow(std::span<const DeviceEvent> events, const DeviceStatus& status);
    /// Of the devices that are lost now, as it began. Empty: none.
    [[nodiscard]] std::string problem() const;
    /// What happened since the last call, in words.
    [[nodiscard]] std::vector<std::string> takeNews();

private:
    struct Side {
        std::string problem;  ///< empty: not lost
        std::string opened;   ///< what the newest opening said
    };
    void hear(Side& side, const DeviceEvent& event);
    void look(Side& side, const StreamStatus& status);

    Side input_, output_;
    std::vector<std::string> news_;
};

}  // namespace doubletalk::audio
