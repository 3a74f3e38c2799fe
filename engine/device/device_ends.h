// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/ring.h"
#include "engine/device/audio_device.h"
#include "engine/flow/node.h"

namespace doubletalk::device {

struct DeviceEndsOptions {
    int block_ms = kBlockMs;  ///< [ms] of the blocks the reader gives
    int capture_ms = 500;     ///< [ms] held for a reader that is late, then frames are dropped
    int playback_ms = 200;    ///< [ms] held for the loudspeaker, then the writer answers again
};

/// A snapshot; the counters never go back.
struct DeviceEndsStats {
    std::int64_t captured_frames = 0;
    std::int64_t dropped_frames = 0;  ///< captured, but the reader was too late
    std::int64_t played_frames = 0;
    std::int64_t missing_frames = 0;  ///< silence between the first frame played and the flush
};

/// What lies between a device and its ends in a flow: a ring for each direction, so that the
/// device's callback copies and counts and nothing else. Thread: exchange() rt; the reader, the
/// writer and the owner one each.
class DeviceStream final : public DeviceCallback {
public:
    DeviceStream(SampleRate rate, const DeviceEndsOptions& options);
    void exchange(std::span<const float> in, std::span<float> out,
                  std::int64_t time_ns) noexcept override;

    /// Nothing more is exchanged: the reader gives what is left and then eof, or an error when why
    /// is not empty. Thread: owner; only the first call counts.
    void end(std::string why = {});
    /// Thread: any. Real-time safe.
    [[nodiscard]] DeviceEndsStats stats() const noexcept;
    [[nodiscard]] SampleRate rate() const noexcept { return rate_; }

private:
    friend class DeviceReader;
    friend class DeviceWriter;
    [[nodiscard]] int usOf(std::int64_t frames) const noexcept;

    SampleRate rate_;
    int block_frames_;
    std::int64_t playback_frames_;  ///< most that wait for the loudspeaker
    Ring<float> capture_;
    Ring<float> playback_;
    std::atomic<bool> playing_{false};  ///< the writer has given something and not flushed
    std::atomic<std::int64_t> missing_frames_{0};
    std::atomic<bool> ended_{false};
    std::string why_;  ///< set before ended_
};

/// The microphone of a device as a reader: blocks of block_ms, the last one may be shorter.
/// first_frame counts the frames that were kept: what was dropped because the reader came late
/// (DeviceEndsStats) leaves no gap in it. again comes with the time until the block is complete.
/// Thread: one at a time. pull() is real-time safe.
class DeviceReader final : public flow::Reader {
public:
    static constexpr flow::EndKind kOut = flow::EndKind::pcm;
    explicit DeviceReader(std::shared_ptr<DeviceStream> stream, std::string name = "microphone");
    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] flow::EndKind out() const override { return kOut; }
    flow::Status pull(flow::Item& item) noexcept override;
    /// Throws away what waits; the stream's positions go on.
    void reset() override;
    [[nodiscard]] std::string_view error() const noexcept override;
    [[nodiscard]] int waitHintUs() const noexcept override;

private:
    std::shared_ptr<DeviceStream> stream_;
    std::string name_;
    std::vector<float> block_;
};

/// The loudspeaker of a device as a writer; again while the ring is full, and to the flush until
/// the last frame was handed over. Thread: one at a time. push() is real-time safe.
class DeviceWriter final : public flow::Writer {
public:
    static constexpr flow::EndKind kIn = flow::EndKind::pcm;
    explicit DeviceWriter(std::shared_ptr<DeviceStream> stream, std::string name = "loudspeaker");
    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] flow::EndKind in() const override { return kIn; }
    /// error: another rate, a block longer than the ring, or the device ended.
    flow::Status push(const flow::Item& item) noexcept override;
    void reset() override;
    [[nodiscard]] std::string_view error() const noexcept override { return error_; }
    [[nodiscard]] int waitHintUs() const noexcept override;

private:
    flow::Status finish() noexcept;

    std::shared_ptr<DeviceStream> stream_;
    std::string name_;
    bool flushed_ = false;
    std::int64_t wanted_frames_ = 0;  ///< room the refused block needs
    std::string_view error_;
};

/// A running device with its two ends. Thread: the device's owner.
class DeviceEnds {
public:
    /// Opens and starts; device has to outlive this. Errors: usage (block or ring of no length),
    /// those of AudioDevice::open() and start().
    [[nodiscard]] static Result<std::unique_ptr<DeviceEnds>> open(
        AudioDevice& device, SampleRate rate, const DeviceEndsOptions& options = {});
    /// stop()
    ~DeviceEnds();
    DeviceEnds(const DeviceEnds&) = delete;
    DeviceEnds& operator=(const DeviceEnds&) = delete;

    /// The ends may outlive this. One of each.
    [[nodiscard]] std::unique_ptr<DeviceReader> reader() const;
    [[nodiscard]] std::unique_ptr<DeviceWriter> writer() const;
    /// Stops the device and ends the stream, with the device's own error if it has one.
    void stop();
    [[nodiscard]] DeviceStream& stream() noexcept { return *stream_; }

private:
    DeviceEnds(AudioDevice& device, std::shared_ptr<DeviceStream> stream);

    AudioDevice& device_;
    std::shared_ptr<DeviceStream> stream_;
};

}  // namespace doubletalk::device
