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

Result<void> Monitor::play(std::vector<float> samples, const std::string& device, int rate_hz) {
    stop();
    rate_hz_ = rate_hz;
    audio::StreamWish wish;
    wish.device = device;
    wish.buffer_ms = 40.0;
    if (auto ok = output_.start(wish, rate_hz, {}); !ok) return ok;
    playing_ = true;
    fed_frames_ = 0;
    thread_ = std::thread([this, samples = std::move(samples)] { feed(samples); });
    return {};
}

void Monitor::stop() {
    tap_ = -1;
    ending_ = true;
    if (thread_.joinable()) thread_.join();
    ending_ = false;
    playing_ = false;
    output_.stop();
}

double Monitor::positionS() const {
    return double(std::max<std::int64_t>(fed_frames_ - output_.fillFrames(), 0)) / rate_hz_;
}

void Monitor::feed(const std::vector<float>& samples) {
    std::size_t at = 0;
    while (!ending_ && (at < samples.size() || output_.fillFrames() > 0)) {
        if (at < samples.size() && output_.fillFrames() < rate_hz_ * kLeadMs / 1000) {
            const auto n = std::min(kPieceFrames, samples.size() - at);
            at += std::size_t(output_.write(std::span(samples).subspan(at, n)));
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
