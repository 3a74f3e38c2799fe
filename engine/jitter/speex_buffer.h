// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "engine/jitter/jitter_buffer.h"

namespace doubletalk::jitter {

/// The jitter buffer of SpeexDSP, fed from our own memory so that put() and get() allocate nothing.
/// It picks its delay itself; target_ms, min_ms and max_ms do not reach it.
class SpeexBuffer final : public JitterBuffer {
public:
    SpeexBuffer();
    ~SpeexBuffer() override;
    [[nodiscard]] std::string_view name() const override { return "speexdsp"; }
    [[nodiscard]] Result<void> prepare(const StreamFormat& format,
                                       const JitterParams& params) override;
    PutResult put(const PacketView& packet, std::int64_t arrival_ns) noexcept override {
        return take(packet, arrival_ns, true);
    }
    void passBy(const PacketView& packet, std::int64_t arrival_ns) noexcept override {
        take(packet, arrival_ns, false);
    }
    Slot get(std::int64_t slot_ns) noexcept override;
    void stretched(int) noexcept override {}
    void discardItem(ItemId item) noexcept override;
    bool takeOldest(PacketView& packet, std::int64_t& arrival_ns) noexcept override;
    void reset() override;
    void setParams(const JitterParams&) noexcept override {}
    [[nodiscard]] JitterState state() const noexcept override;

private:
    PutResult take(const PacketView& packet, std::int64_t arrival_ns, bool wanted) noexcept;

    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace doubletalk::jitter
