// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bench/monitor.h"

#include <algorithm>
#include <chrono>

namespace doubletalk::bench {
namespace {

using namespace std::chrono_literals;

constexpr int kLeadMs = 100;  // of a track in front of the device
constexpr std::size_t kPieceFrames = 480;

}  // namespace

Monitor::~Monitor() { stop(); }

Result<void> Monitor::start(FeedTap tap, const std::string& device, int rate_hz,
                            const std::string& loudspeaker_id) {
    stop();
    rate_hz_ = rate_hz;
    audio::StreamWish wish;
    wish.device = device;
    wish.buffer_ms = 40.0;
    if (auto ok = output_.start(wish, rate_hz, loudspeaker_id); !ok) return ok;
    tap_ = static_cast<int>(tap);
    return {};
}

Result<void> Monitor::play(std::vector<float> samples, const std::string& device, int rate_hz,
                           double from_s) {
    stop();
    rate_hz_ = rate_hz;
    audio::StreamWish wish;
    wish.device = device;
    wish.buffer_ms = 40.0;
    if (auto ok = output_.start(wish, rate_hz, {}); !ok) return ok;
    playing_ = true;
    from_frames_ = fed_frames_ = 0;
    seek(from_s);
    thread_ = std::thread([this, samples = std::move(samples)] { feed(samples); });
    return {};
}

void Monitor::seek(double at_s) {
    if (playing_) wanted_frame_ = std::int64_t(std::max(at_s, 0.0) * rate_hz_);
}

void Monitor::stop() {
    tap_ = -1;
    ending_ = true;
    if (thread_.joinable()) thread_.join();
    ending_ = false;
    playing_ = false;
    wanted_frame_ = -1;
    output_.stop();
}

double Monitor::positionS() const {
    if (const auto wanted = wanted_frame_.load(); wanted >= 0) return double(wanted) / rate_hz_;
    // What still waits of the place before is not counted.
    const auto heard = fed_frames_ - output_.fillFrames();
    return double(std::max<std::int64_t>(heard, from_frames_)) / rate_hz_;
}

void Monitor::feed(const std::vector<float>& samples) {
    const std::vector<float> silence(kPieceFrames);
    std::size_t at = 0;
    const auto goesOn = [&] {
        return wanted_frame_ >= 0 ||
               std::int64_t(at) - output_.fillFrames() < std::int64_t(samples.size());
    };
    while (!ending_ && goesOn()) {
        if (auto wanted = wanted_frame_.load(); wanted >= 0) {
            at = std::min(std::size_t(wanted), samples.size());
            from_frames_ = fed_frames_ = std::int64_t(at);
            wanted_frame_.compare_exchange_strong(wanted, -1);
        } else if (output_.fillFrames() < rate_hz_ * kLeadMs / 1000) {
            // The output takes whole pieces only: silence pushes the last one out.
            const auto rest = at < samples.size() ? std::span<const float>(samples).subspan(at)
                                                  : std::span<const float>(silence);
            at += std::size_t(output_.write(rest.first(std::min(kPieceFrames, rest.size()))));
            fed_frames_ = std::int64_t(at);
        } else {
            std::this_thread::sleep_for(5ms);
        }
    }
    playing_ = false;
}

void Monitor::hear(const duplex::BlockLoop& loop, const duplex::BlockInput& input) noexcept {
    switch (tap_.load()) {
        case static_cast<int>(FeedTap::far):
            output_.write(input.playback);
            break;
        case static_cast<int>(FeedTap::microphone):
            output_.write(loop.uplink().near());
            break;
        case static_cast<int>(FeedTap::output):
            output_.write(loop.uplink().clean());
            break;
        default:
            break;
    }
}

}  // namespace doubletalk::bench
