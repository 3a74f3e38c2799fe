// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>
#include <thread>
#include <vector>

#include "engine/device/null_device.h"
#include "engine/duplex/duplex_stream.h"

using namespace doubletalk;

int main() {
    const duplex::Settings settings;  // the defaults: 16 kHz, speexdsp, barge-in on
    auto opened = duplex::DuplexStream::open(settings, std::make_unique<device::NullDevice>());
    if (!opened) {
        std::fprintf(stderr, "%s\n", opened.error().message().c_str());
        return 1;
    }
    auto& stream = **opened;
    stream.setInputCallback([](std::span<const float> chunk) {
        (void)chunk;  // 20 ms of the microphone without its echo: for a recogniser
    });
    if (!stream.start()) return 1;

    std::vector<float> speech(std::size_t(stream.rate().hz) / 2);  // half a second of a tone
    for (std::size_t i = 0; i < speech.size(); ++i) speech[i] = 0.3F * std::sin(0.17F * float(i));
    stream.beginItem();
    const auto written = stream.write(speech, 1000);  // waits for room, at most a second
    if (!written || *written != int(speech.size())) return 1;

    while (stream.position().audible_frames < stream.rate().hz / 5) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    const auto heard = stream.interrupt().get();  // fades out, drops the rest
    std::printf("interrupted: %.1f of 500 ms were heard\n", heard.heard_ms);
    return heard.interrupted && heard.heard_ms > 0.0 ? 0 : 1;
}
