// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <vector>

#include "engine/jitter/concealer.h"

namespace doubletalk::jitter {

/// Goes on with the last pitch period and lets it fade exponentially. The fade adapts to the last
/// ten packets: unvoiced sound and a lossy stretch fade faster. Both edges are joined: the
/// continuation bends into the last real sample, and returning audio is cross-faded with it.
/// Ref: after ITU-T G.711 Appendix I, without its delay.
class RepeatConcealer final : public Concealer {
public:
    [[nodiscard]] std::string_view name() const override { return "repeat"; }
    [[nodiscard]] Result<void> prepare(const StreamFormat& format,
                                       const LossParams& params) override;
    void process(std::span<const float> in, std::span<float> out) noexcept override;
    void reset() override;
    void setParams(const LossParams&) noexcept override {}

private:
    static constexpr int kPackets = 10;
    void begin() noexcept;
    void synthesize(std::span<float> out) noexcept;
    void merge(std::span<float> frame) noexcept;
    void remember(std::span<const float> frame) noexcept;
    [[nodiscard]] int findPeriod(float& likeness) const noexcept;

    int frame_ = 0, min_period_ = 0, max_period_ = 0, fade_ = 0, step_ = 1;
    std::vector<float> history_;  ///< newest last; two periods and a correlation window
    std::vector<float> cycle_;    ///< one pitch period, closed upon itself
    std::vector<float> tail_;     ///< what the continuation would have been, for the cross-fade
    std::array<bool, kPackets> lost_{};  ///< ring of the last packets
    int packet_ = 0;
    int period_ = 0, phase_ = 0, done_ = 0;  ///< of the loss under way; done_ in samples
    float gain_ = 0.0F, decay_ = 1.0F, bend_ = 0.0F;
    int hold_ = 0;  ///< [samples] at full level first
};

}  // namespace doubletalk::jitter
