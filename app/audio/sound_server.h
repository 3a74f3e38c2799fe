// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace doubletalk::audio {

/// Qt's own connection to a PulseAudio server: when the server goes Qt tries once, three seconds
/// later, to reach it again, and gives up for good. This notices and has it try again. It knows
/// Qt's object and what it says by name; where a Qt has other names nothing happens.
class SoundServer {
public:
    /// Looks on from now on; once, before the first device. Thread: any.
    static void watch();
    /// Has Qt try again where it has given up, on Qt's own thread; nothing waits. What comes of it
    /// is seen by the next opening of a device. Thread: any.
    static void reconnect();
};

}  // namespace doubletalk::audio
