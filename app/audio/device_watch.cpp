// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/audio/device_watch.h"

#include <utility>

namespace doubletalk::audio {

void DeviceWatch::follow(std::span<const DeviceEvent> events, const DeviceStatus& status) {
    for (const auto& event : events) {
        hear(event.direction == Direction::input ? input_ : output_, event);
    }
    look(input_, status.input);
    look(output_, status.output);
}

void DeviceWatch::hear(Side& side, const DeviceEvent& event) {
    const bool was_lost = !side.problem.empty();
    if (event.state == StreamState::starting && was_lost) {
        side.opened = event.text;
        return;
    }
    if (event.state == StreamState::lost) {
        side.opened.clear();
        if (was_lost) return;
        side.problem = event.text;
    }
    news_.push_back(event.text);
}

void DeviceWatch::look(Side& side, const StreamStatus& status) {
    if (status.state == StreamState::lost && side.problem.empty()) side.problem = status.message;
    const bool open = status.state == StreamState::running || status.state == StreamState::moved;
    if (!open || side.problem.empty()) return;
    if (!side.opened.empty()) news_.push_back(std::exchange(side.opened, {}));
    side.problem.clear();
}

std::string DeviceWatch::problem() const {
    if (input_.problem.empty() || output_.problem.empty()) return input_.problem + output_.problem;
    return input_.problem + "; " + output_.problem;
}

std::vector<std::string> DeviceWatch::takeNews() { return std::exchange(news_, {}); }

}  // namespace doubletalk::audio
