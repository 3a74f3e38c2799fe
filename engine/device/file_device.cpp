// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/device/file_device.h"

#include <algorithm>
#include <utility>

#include "engine/device/audio_file.h"

namespace doubletalk::device {

FileDevice::FileDevice(std::filesystem::path microphone, Pace pace, FileEnd end)
    : PumpedDevice(pace), file_(std::move(microphone)), end_(end) {}

Result<void> FileDevice::prepare(SampleRate rate) {
    auto samples = readMono(file_, rate.hz);
    if (!samples) return tl::unexpected(samples.error());
    microphone_ = std::move(*samples);
    at_ = 0;
    finished_ = microphone_.empty();
    played_.clear();
    played_.reserve(microphone_.size());
    return {};
}

void FileDevice::capture(std::span<float> in) {
    while (!in.empty()) {
        const auto n = std::min(in.size(), microphone_.size() - at_);
        std::copy_n(microphone_.begin() + std::ptrdiff_t(at_), n, in.begin());
        in = in.subspan(n);
        at_ += n;
        if (at_ < microphone_.size()) continue;
        finished_ = true;
        if (end_ == FileEnd::silence || microphone_.empty()) {
            std::fill(in.begin(), in.end(), 0.0F);
            return;
        }
        at_ = 0;
    }
}

void FileDevice::play(std::span<const float> out) {
    played_.insert(played_.end(), out.begin(), out.end());
}

Result<void> FileDevice::savePlayed(const std::filesystem::path& file) const {
    return writeAudio(file, AudioData{info().rate.hz, 1, played_}, true);
}

}  // namespace doubletalk::device
