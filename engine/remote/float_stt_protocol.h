// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>

#include "engine/remote/sent_clock.h"
#include "engine/remote/stt_protocol.h"

namespace doubletalk::remote {

inline constexpr int kFloatSttRateHz = 16000;
inline constexpr int kFloatSttMessageFrames = 1024;
/// Such a service collects whole messages until a second is full.
inline constexpr int kFloatSttBufferFrames = 16 * kFloatSttMessageFrames;

/// float32 little endian, mono, 16 kHz, 1024 samples a message; the answers are JSON texts
/// {"text", "start", "end"} with times [s] relative to the service's buffer. Where that buffer
/// began is told by "buffer_start" ([s] since the first sample of the connection; our own server
/// says so). Without it the newest buffer that is whole is meant, or as many of them as "end"
/// needs.
class FloatSttClient final : public SttClientProtocol {
public:
    [[nodiscard]] int rateHz() const override { return kFloatSttRateHz; }
    void open(std::vector<Message>& out) override;
    void audio(std::span<const float> samples, std::int64_t call_frame,
               std::vector<Message>& out) override;
    void finish(std::vector<Message>& out) override;
    void receive(const MessageView& message, std::vector<SttEvent>& out) override;

private:
    void put(float sample, std::vector<Message>& out);
    [[nodiscard]] double bufferStart(double end_s) const;

    SentClock clock_;  ///< counts samples when they come; those of the unfinished message too
    std::array<float, std::size_t(kFloatSttMessageFrames)> part_{};
    std::size_t have_ = 0;
    std::int64_t messages_ = 0;
};

class FloatSttServer final : public SttServerProtocol {
public:
    [[nodiscard]] int rateHz() const override { return kFloatSttRateHz; }
    /// Messages of any whole number of samples.
    void receive(const MessageView& message, std::vector<SttRequest>& out) override;
    /// The buffer begins where the segment before ended.
    [[nodiscard]] Message answer(const Transcript& transcript) override;

private:
    double buffer_start_s_ = 0.0;
};

}  // namespace doubletalk::remote
