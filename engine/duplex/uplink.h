// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/duplex/block_io.h"
#include "engine/duplex/reference_path.h"
#include "engine/duplex/settings.h"
#include "engine/echo/canceller_switch.h"
#include "engine/flow/pipeline.h"

namespace doubletalk::duplex {

/// Algorithmic delay of the running canceller's outputs.
struct CancellerLags {
    int linear_frames = 0;
    int out_frames = 0;
};

/// What the assistant hears: a pipeline alignment → canceller → noise reduction. Off means passed
/// by: the engine keeps running and stays converged. Thread: worker. process() is real-time safe.
class Uplink {
public:
    /// Builds the wanted engines; a fallback is told in cancellerReason().
    [[nodiscard]] Result<void> prepare(const Settings& settings);
    void setParams(const Settings& settings) noexcept;
    void reset();

    /// One block of the capture clock. far_concealed: part of the reference was made up.
    void process(const BlockInput& input, std::span<const float> near, bool far_concealed) noexcept;
    /// Takes over what is set; what it replaces is left there.
    void swap(Swaps& swaps) noexcept;
    /// An engine whose fade is over, for deletion elsewhere.
    [[nodiscard]] std::unique_ptr<echo::Canceller> takeRetired() noexcept {
        return canceller_.takeRetired();
    }

    [[nodiscard]] std::span<const float> near() const noexcept { return near_; }
    [[nodiscard]] std::span<const float> linear() const noexcept { return linear_; }
    [[nodiscard]] bool hasLinear() const noexcept { return traits_.linear_output; }
    [[nodiscard]] std::span<const float> out() const noexcept { return out_; }      ///< canceller
    [[nodiscard]] std::span<const float> clean() const noexcept { return clean_; }  ///< after noise
    [[nodiscard]] bool clipped() const noexcept { return clipped_; }
    [[nodiscard]] ReferencePath& reference() noexcept { return reference_; }
    [[nodiscard]] const ReferencePath& reference() const noexcept { return reference_; }
    [[nodiscard]] const echo::CancellerTraits& traits() const noexcept { return traits_; }
    [[nodiscard]] echo::CancellerState cancellerState() const noexcept {
        return canceller_.active()->state();
    }
    /// Passed by, the output has no lag.
    [[nodiscard]] CancellerLags cancellerLags() const noexcept {
        return {lags_.linear_frames, echo_enabled_ ? lags_.out_frames : 0};
    }
    /// What the canceller was told of the last block.
    [[nodiscard]] const echo::BlockInfo& cancellerInfo() const noexcept { return info_; }
    [[nodiscard]] const echo::CancellerSwitch& canceller() const noexcept { return canceller_; }
    [[nodiscard]] int reducerLagFrames() const noexcept { return reducer_->lagFrames(); }
    [[nodiscard]] std::string_view reducerName() const noexcept { return reducer_->name(); }
    /// Why the running canceller is not the wanted one; empty when it is.
    [[nodiscard]] const Name& cancellerReason() const noexcept { return reason_; }

private:
    void lookAtCanceller() noexcept;
    void cancel(flow::PcmBlock& block, std::span<float> out) noexcept;
    void reduce(flow::PcmBlock& block, std::span<float> out) noexcept;

    SampleRate rate_;
    bool echo_enabled_ = true;
    bool noise_enabled_ = true;
    ReferencePath reference_;
    echo::CancellerSwitch canceller_;
    echo::CancellerTraits traits_;
    CancellerLags lags_;
    echo::BlockInfo info_;
    std::unique_ptr<noise::NoiseReducer> reducer_;
    std::unique_ptr<flow::Pipeline> pipeline_;
    std::vector<float> near_, linear_, out_, clean_;
    bool clipped_ = false;
    Name reason_;
};

}  // namespace doubletalk::duplex
