// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "engine/core/frames.h"
#include "engine/core/result.h"

namespace doubletalk::room {

inline constexpr double kSpeedOfSound = 343.0;  ///< [m/s] at 20 °C

struct Point {
    double x_m = 0.0, y_m = 0.0, z_m = 0.0;
};

[[nodiscard]] double distanceM(const Point& a, const Point& b);

/// A box with equal walls, a source and a receiver in it.
struct ShoeBox {
    Point size;  ///< [m] inner length, width, height
    Point source;
    Point receiver;
    double rt60_ms = 250.0;  ///< 0: direct sound only
};

struct RoomResponse {
    std::vector<float> direct;     ///< direct sound alone, 1 / distance
    std::vector<float> samples;    ///< with all reflections
    double wall_reflection = 0.0;  ///< pressure reflection coefficient of the walls
};

/// Response from source to receiver; sample i is time i / rate after the sound left the source.
/// Early reflections are image sources (slightly displaced against sweeping echoes), the rest is a
/// diffuse decay that continues their level. The walls' reflection is solved so that the measured
/// reverberation time is the wanted one. The same seed and box give the same bits. Not real-time
/// safe. Errors: usage (a place outside the room, source and receiver closer than 2 cm, a
/// reverberation time this room cannot have). Ref: Allen & Berkley 1979; De Sena et al. 2015.
[[nodiscard]] Result<RoomResponse> imageSourceResponse(const ShoeBox& box, SampleRate rate,
                                                       std::uint64_t seed);

}  // namespace doubletalk::room
