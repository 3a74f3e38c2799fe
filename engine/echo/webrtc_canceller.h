// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "engine/echo/canceller.h"

namespace doubletalk::echo {

class WebrtcBackend;

/// The WebRTC audio processing library's echo canceller: the legacy one (0.3, delay-agnostic, with
/// the extended filter) or AEC3 (1.x), whichever the build found. Both search the delay themselves
/// and want the microphone to lag the reference by 20 ms. tail_ms has no effect.
/// The library takes uncontended locks in process(), and AEC3 a few short-lived pieces of memory
/// every 10 s. Thread: worker.
class WebrtcCanceller final : public Canceller {
public:
    WebrtcCanceller();
    ~WebrtcCanceller() override;

    [[nodiscard]] CancellerTraits traits() const override;
    [[nodiscard]] Result<void> prepare(SampleRate rate, const EchoParams& params) override;
    void process(std::span<const float> far, std::span<const float> near, std::span<float> out,
                 std::span<float> linear_out, const BlockInfo& info) noexcept override;
    /// A new instance of the library: the same bits as fresh.
    void reset() override;
    void setParams(const EchoParams&) noexcept override {}
    [[nodiscard]] CancellerState state() const noexcept override;

private:
    SampleRate rate_;
    std::unique_ptr<WebrtcBackend> backend_;
    std::vector<float> far_, near_;
};

}  // namespace doubletalk::echo
