// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/room/image_source.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <span>
#include <string>
#include <utility>

#include "engine/core/random.h"
#include "engine/room/schroeder.h"

namespace doubletalk::room {
namespace {

constexpr double kMinDistanceM = 0.02;
constexpr double kDisplacementM = 0.04;  // of an image, at most, per axis
constexpr double kMinEarlyMs = 70.0;
constexpr double kCrossFadeMs = 20.0;
constexpr double kHighPassHz = 100.0;
constexpr int kSincHalf = 16;
constexpr double kTolerance = 0.08;                  // of the decay; 10 % is promised
constexpr double kDecayPerRt60 = 6.907755278982137;  // ln(1000): amplitude falls by 60 dB

double sincAt(double x) {
    if (std::abs(x) < 1e-9) return 1.0;
    const double p = std::numbers::pi * x;
    return std::sin(p) / p;
}

/// Adds a pulse between samples: a Hann-windowed sinc, exact on whole samples.
void addPulse(std::vector<double>& to, double at, double gain) {
    const auto centre = std::int64_t(std::floor(at));
    for (std::int64_t i = centre - kSincHalf + 1; i <= centre + kSincHalf; ++i) {
        if (i < 0 || i >= std::int64_t(to.size())) continue;
        const double x = double(i) - at;
        const double window = 0.5 + 0.5 * std::cos(std::numbers::pi * x / (kSincHalf + 1));
        to[std::size_t(i)] += gain * sincAt(x) * window;
    }
}

/// Image coordinates along one axis: for every image its place and how often it was reflected.
struct AxisImage {
    double offset_m;
    int reflections;
};

std::vector<AxisImage> axisImages(double size, double source, double receiver, double reach_m) {
    std::vector<AxisImage> images;
    const int n = int(std::ceil(reach_m / (2.0 * size))) + 1;
    for (int m = -n; m <= n; ++m) {
        images.push_back({2.0 * m * size + source - receiver, std::abs(2 * m)});
        images.push_back({2.0 * m * size - source - receiver, std::abs(2 * m - 1)});
    }
    return images;
}

/// The early reflections apart by how often they were reflected: h = Σ β^n h_n, so that the walls
/// can be solved for without placing the images again.
class EarlyReflections {
public:
    EarlyReflections(const ShoeBox& box, SampleRate rate, std::uint64_t seed, std::size_t frames)
        : frames_(frames) {
        const double reach_m = double(frames) / rate.hz * kSpeedOfSound;
        const auto xs = axisImages(box.size.x_m, box.source.x_m, box.receiver.x_m, reach_m);
        const auto ys = axisImages(box.size.y_m, box.source.y_m, box.receiver.y_m, reach_m);
        const auto zs = axisImages(box.size.z_m, box.source.z_m, box.receiver.z_m, reach_m);
        Random random(deriveSeed(seed, "image displacement"));
        for (const auto& x : xs) {
            for (const auto& y : ys) {
                for (const auto& z : zs) {
                    const int n = x.reflections + y.reflections + z.reflections;
                    // Drawn for each, so that a moved microphone keeps the same displacements.
                    const std::array move = {displacement(random), displacement(random),
                                             displacement(random)};
                    if (n == 0) continue;
                    const double r = std::hypot(x.offset_m + move[0], y.offset_m + move[1],
                                                z.offset_m + move[2]);
                    if (r >= reach_m || r < kMinDistanceM) continue;
                    addPulse(ofOrder(n), r / kSpeedOfSound * rate.hz, 1.0 / r);
                }
            }
        }
    }

    [[nodiscard]] std::vector<double> sum(double reflection) const {
        std::vector<double> total(frames_, 0.0);
        double gain = 1.0;
        for (const auto& order : orders_) {
            for (std::size_t i = 0; i < order.size(); ++i) total[i] += gain * order[i];
            gain *= reflection;
        }
        return total;
    }

private:
    static double displacement(Random& random) {
        return kDisplacementM * (2.0 * random.uniform() - 1.0);
    }
    std::vector<double>& ofOrder(int n) {
        if (std::size_t(n) >= orders_.size()) orders_.resize(std::size_t(n) + 1);
        auto& order = orders_[std::size_t(n)];
        if (order.empty()) order.assign(frames_, 0.0);
        return order;
    }

    std::size_t frames_;
    std::vector<std::vector<double>> orders_;
};

/// All images are positive, so their sum has a mean that no loudspeaker radiates (Allen & Berkley
/// take it out the same way). Second-order Butterworth.
void highPass(std::vector<double>& h, SampleRate rate) {
    const double k = std::tan(std::numbers::pi * kHighPassHz / rate.hz);
    const double norm = 1.0 / (1.0 + std::numbers::sqrt2 * k + k * k);
    const double a1 = 2.0 * (k * k - 1.0) * norm;
    const double a2 = (1.0 - std::numbers::sqrt2 * k + k * k) * norm;
    double x1 = 0.0, x2 = 0.0, y1 = 0.0, y2 = 0.0;
    for (double& x : h) {
        const double y = norm * (x - 2.0 * x1 + x2) - a1 * y1 - a2 * y2;
        x2 = x1;
        x1 = x;
        y2 = y1;
        y1 = y;
        x = y;
    }
}

std::uint64_t mix(std::uint64_t seed, double value) {
    const auto millimetres = std::to_string(std::llround(value * 1000.0));
    return deriveSeed(seed, millimetres.c_str());
}

/// White noise that depends on all places: a moved microphone hears another tail.
std::vector<double> diffuseNoise(const ShoeBox& box, std::uint64_t seed, std::size_t frames) {
    std::uint64_t key = deriveSeed(seed, "diffuse tail");
    for (const auto& p : {box.size, box.source, box.receiver}) {
        key = mix(mix(mix(key, p.x_m), p.y_m), p.z_m);
    }
    Random random(key);
    std::vector<double> noise(frames);
    for (double& x : noise) x = random.normal();
    return noise;
}

/// Everything that stays the same while the walls are solved for.
struct Recipe {
    SampleRate rate;
    double rt60_s = 0.0;
    std::size_t fade_from = 0, fade_to = 0;  // frames in which images hand over to the tail
    std::vector<double> noise;
    std::vector<float> direct;
};

std::vector<float> assemble(const Recipe& recipe, const EarlyReflections& early,
                            double reflection) {
    std::vector<double> h = early.sum(reflection);
    highPass(h, recipe.rate);
    const double decay = kDecayPerRt60 / (recipe.rt60_s * recipe.rate.hz);  // a frame
    // Level of the images over the hand-over, with their decay taken out, is that of the tail.
    double energy = 0.0;
    for (std::size_t i = recipe.fade_from; i < recipe.fade_to; ++i) {
        energy += h[i] * h[i] * std::exp(2.0 * decay * double(i));
    }
    const double level = std::sqrt(energy / double(recipe.fade_to - recipe.fade_from));

    std::vector<float> samples(recipe.noise.size());
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const double through = std::clamp(
            (double(i) - double(recipe.fade_from)) / double(recipe.fade_to - recipe.fade_from), 0.0,
            1.0);
        const double angle = 0.5 * std::numbers::pi * through;
        double x = i < h.size() ? std::cos(angle) * h[i] : 0.0;
        x += std::sin(angle) * level * std::exp(-decay * double(i)) * recipe.noise[i];
        if (i < recipe.direct.size()) x += recipe.direct[i];
        samples[i] = float(x);
    }
    return samples;
}

/// How far the decay is from the wanted one: the larger error of T20 and T30, so that either
/// reading is right. Infinite when there is no such decay.
double decayError(std::span<const float> samples, const Recipe& recipe) {
    const double wanted_ms = recipe.rt60_s * 1000.0;
    double worst = 0.0;
    for (const double to_db : {-25.0, -35.0}) {
        const double measured = schroederRt60Ms(samples, recipe.rate, {-5.0, to_db});
        if (!std::isfinite(measured)) return std::numeric_limits<double>::infinity();
        worst = std::max(worst, std::abs(measured / wanted_ms - 1.0));
    }
    return worst;
}

/// Close to the source the direct sound hides the decay: there it is measured without.
double hiddenDecayError(std::vector<float> samples, const Recipe& recipe) {
    for (std::size_t i = 0; i < recipe.direct.size(); ++i) samples[i] -= recipe.direct[i];
    return decayError(samples, recipe);
}

struct Walls {
    double reflection = 0.0;
    double error = std::numeric_limits<double>::infinity();
};

/// Searches around Eyring's formula, which wins where several walls give the same decay.
Walls solveWalls(const Recipe& recipe, const EarlyReflections& early, double eyring, bool hidden) {
    constexpr double kPull = 0.2;
    Walls best;
    double best_cost = std::numeric_limits<double>::infinity();
    const auto attempt = [&](double reflection) {
        if (reflection < 0.02 || reflection > 0.995) return;
        auto samples = assemble(recipe, early, reflection);
        const double error =
            hidden ? hiddenDecayError(std::move(samples), recipe) : decayError(samples, recipe);
        const double cost = error + kPull * std::abs(reflection - eyring);
        if (cost < best_cost) {
            best_cost = cost;
            best = {reflection, error};
        }
    };
    attempt(eyring);
    for (double reflection = 0.05; reflection < 0.99; reflection += 0.03) attempt(reflection);
    for (double step = 0.015; step > 0.001; step *= 0.5) {
        const double centre = best.reflection;
        attempt(centre - step);
        attempt(centre + step);
    }
    return best;
}

/// Ref: Eyring 1930: T = 24 ln(10) V / (c S (-ln(1 - α))), reflection = √(1 - α).
double eyringReflection(const ShoeBox& box) {
    const auto& s = box.size;
    const double volume = s.x_m * s.y_m * s.z_m;
    const double surface = 2.0 * (s.x_m * s.y_m + s.y_m * s.z_m + s.z_m * s.x_m);
    const double exponent =
        24.0 * std::numbers::ln10 * volume / (kSpeedOfSound * surface * box.rt60_ms / 1000.0);
    return std::exp(-0.5 * exponent);
}

bool inside(const Point& place, const Point& size) {
    const auto within = [](double at, double length) { return at > 0.0 && at < length; };
    return within(place.x_m, size.x_m) && within(place.y_m, size.y_m) &&
           within(place.z_m, size.z_m);
}

Result<void> check(const ShoeBox& box) {
    if (!inside(box.source, box.size) || !inside(box.receiver, box.size)) {
        return fail(ErrorKind::usage, "a loudspeaker, microphone or talker stands outside the room",
                    "room", "choose places between 0 and the room's length, width and height");
    }
    if (distanceM(box.source, box.receiver) < kMinDistanceM) {
        return fail(ErrorKind::usage,
                    "the microphone stands closer than 2 cm to the loudspeaker or talker", "room",
                    "move them apart");
    }
    return {};
}

std::vector<float> directSound(const ShoeBox& box, SampleRate rate) {
    const double r = distanceM(box.source, box.receiver);
    const double at = r / kSpeedOfSound * rate.hz;
    std::vector<double> direct(std::size_t(at) + kSincHalf + 1, 0.0);
    addPulse(direct, at, 1.0 / r);
    return {direct.begin(), direct.end()};
}

}  // namespace

double distanceM(const Point& a, const Point& b) {
    return std::hypot(a.x_m - b.x_m, a.y_m - b.y_m, a.z_m - b.z_m);
}

Result<RoomResponse> imageSourceResponse(const ShoeBox& box, SampleRate rate, std::uint64_t seed) {
    if (auto checked = check(box); !checked) return tl::unexpected(checked.error());
    RoomResponse response;
    response.direct = directSound(box, rate);
    response.samples = response.direct;
    if (box.rt60_ms <= 0.0) return response;

    Recipe recipe;
    recipe.rate = rate;
    recipe.rt60_s = box.rt60_ms / 1000.0;
    recipe.direct = response.direct;
    // Mixed when images are dense: about twice the square root of the volume, in ms.
    const double volume = box.size.x_m * box.size.y_m * box.size.z_m;
    const double early_ms = std::max(kMinEarlyMs, 2.0 * std::sqrt(volume));
    const auto framesOf = [&](double ms) { return std::size_t(ms / 1000.0 * rate.hz); };
    recipe.fade_from = framesOf(early_ms);
    recipe.fade_to = framesOf(early_ms + kCrossFadeMs);
    recipe.noise = diffuseNoise(box, seed, recipe.direct.size() + framesOf(box.rt60_ms) + 1);
    const EarlyReflections early(box, rate, seed, recipe.fade_to + kSincHalf);

    const double eyring = eyringReflection(box);
    Walls walls = solveWalls(recipe, early, eyring, false);
    if (walls.error > kTolerance) walls = solveWalls(recipe, early, eyring, true);
    if (walls.error > kTolerance) {
        return fail(ErrorKind::usage,
                    "a room of this size cannot have a reverberation time of " +
                        std::to_string(std::lround(box.rt60_ms)) + " ms",
                    "room.rt60_ms", "choose a longer one, a smaller room, or 0 for none at all");
    }
    response.wall_reflection = walls.reflection;
    response.samples = assemble(recipe, early, walls.reflection);
    return response;
}

}  // namespace doubletalk::room
