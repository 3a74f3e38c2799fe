// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "parec_capture.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "engine/core/clock.h"

namespace doubletalk::test {
namespace {

constexpr int kRateHz = 48000;
constexpr std::size_t kMostFrames = std::size_t(kRateHz) * 120;

}  // namespace

ParecCapture::ParecCapture(const std::string& source) {
    frames.reserve(kMostFrames);
    pieces.reserve(kMostFrames / 48);
    const auto command = "exec parec -d " + source +
                         " --raw --format=s16le --rate=48000 --channels=1 --latency-msec=2";
    pipe_ = popen(command.c_str(), "r");
    thread_ = std::thread([this] { run(); });
}

ParecCapture::~ParecCapture() { stop(); }

void ParecCapture::run() {
    const SteadyClock clock;
    std::array<std::int16_t, 4096> buffer{};
    std::size_t odd = 0;  // bytes of a sample that is not complete yet
    auto* bytes = reinterpret_cast<char*>(buffer.data());
    while (running_ && pipe_ != nullptr && frames.size() + buffer.size() < kMostFrames) {
        const auto got = read(fileno(pipe_), bytes + odd, sizeof(buffer) - odd);
        if (got <= 0) break;
        const auto time_ns = clock.nowNs();
        const auto all = std::size_t(got) + odd;
        for (std::size_t i = 0; i < all / 2; ++i) frames.push_back(float(buffer[i]) / 32768.0F);
        odd = all % 2;
        if (odd != 0) bytes[0] = bytes[all - 1];
        pieces.push_back({time_ns, std::int64_t(frames.size())});
    }
}

void ParecCapture::stop() {
    if (!thread_.joinable()) return;
    running_ = false;
    thread_.join();
    if (pipe_ != nullptr) pclose(pipe_);  // parec ends at the closed pipe
    pipe_ = nullptr;
}

std::int64_t ParecCapture::timeNs(std::int64_t frame) const {
    const auto piece =
        std::ranges::find_if(pieces, [&](const Piece& p) { return p.end_frame > frame; });
    if (piece == pieces.end()) return -1;
    return piece->time_ns - (piece->end_frame - 1 - frame) * 1'000'000'000 / kRateHz;
}

std::int64_t ParecCapture::frameAt(std::int64_t time_ns) const {
    std::int64_t newest = -1;
    for (const auto& piece : pieces) {
        if (piece.time_ns > time_ns) break;
        newest = piece.end_frame - 1;
    }
    return newest;
}

}  // namespace doubletalk::test
