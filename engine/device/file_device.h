// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <filesystem>
#include <vector>

#include "engine/device/pumped_device.h"

namespace doubletalk::device {

enum class FileEnd : std::uint8_t { silence, repeat };

/// Plays a file as the microphone (mean of its channels, at the rate of open()) and keeps what was
/// played in memory.
class FileDevice final : public PumpedDevice {
public:
    explicit FileDevice(std::filesystem::path microphone, Pace pace = Pace::stepped,
                        FileEnd end = FileEnd::silence);
    ~FileDevice() override { stopPump(); }

    /// The file has been played to its end at least once. Any thread.
    [[nodiscard]] bool finished() const noexcept { return finished_.load(); }
    [[nodiscard]] std::int64_t microphoneFrames() const noexcept {
        return std::int64_t(microphone_.size());
    }
    /// Everything played since open(); only while stopped or between steps.
    [[nodiscard]] const std::vector<float>& played() const noexcept { return played_; }
    /// Writes it as a 32-bit float file. Errors: those of writeAudio().
    [[nodiscard]] Result<void> savePlayed(const std::filesystem::path& file) const;

private:
    [[nodiscard]] Result<void> prepare(SampleRate rate) override;
    void capture(std::span<float> in) override;
    void play(std::span<const float> out) override;
    [[nodiscard]] std::string deviceName() const override { return "file:" + file_.string(); }

    std::filesystem::path file_;
    FileEnd end_;
    std::vector<float> microphone_;
    std::size_t at_ = 0;
    std::atomic<bool> finished_{false};
    std::vector<float> played_;
};

}  // namespace doubletalk::device
