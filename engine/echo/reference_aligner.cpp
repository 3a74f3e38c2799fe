// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/echo/reference_aligner.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include "engine/dsp/sinc_table.h"

namespace doubletalk::echo {
namespace {

using dsp::SincTable;

constexpr int kMinHistoryMs = 100;

}  // namespace

struct ReferenceAligner::Impl {
    const SincTable& table = SincTable::instance();
    std::vector<float> ring;  ///< a power of two
    std::int64_t pushed = 0;

    [[nodiscard]] std::int64_t oldest() const noexcept {
        return std::max<std::int64_t>(0, pushed - std::int64_t(ring.size()));
    }
    [[nodiscard]] bool holds(std::int64_t frame) const noexcept {
        return frame >= oldest() && frame < pushed;
    }
    [[nodiscard]] float sample(std::int64_t frame) const noexcept {
        return holds(frame) ? ring[std::size_t(frame) & (ring.size() - 1)] : 0.0F;
    }
    /// Before the start nothing was played: silence is what is known.
    [[nodiscard]] bool known(std::int64_t frame) const noexcept {
        return frame < pushed && (frame < 0 || frame >= oldest());
    }
    float at(double position, bool& complete) const noexcept;
};

float ReferenceAligner::Impl::at(double position, bool& complete) const noexcept {
    const double floor = std::floor(position);
    const auto whole = std::int64_t(floor);
    if (position == floor) {
        complete &= known(whole);
        return sample(whole);
    }
    const std::int64_t first = whole - SincTable::kBefore;
    const std::int64_t last = whole + SincTable::kAfter;
    complete &= known(first) && known(last);
    const std::size_t start = std::size_t(first) & (ring.size() - 1);
    if (first >= oldest() && last < pushed && start + SincTable::kTaps <= ring.size()) {
        return table.at(ring.data() + start, position - floor);
    }
    float window[SincTable::kTaps];
    for (int i = 0; i < SincTable::kTaps; ++i) window[i] = sample(first + i);
    return table.at(window, position - floor);
}

ReferenceAligner::ReferenceAligner() : impl_(std::make_unique<Impl>()) {}
ReferenceAligner::~ReferenceAligner() = default;

Result<void> ReferenceAligner::prepare(SampleRate rate, int history_ms) {
    if (!rate.isEngineRate()) {
        return fail(ErrorKind::unsupported, fmt::format("sample rate of {} Hz", rate.hz), {},
                    "8000, 16000, 32000 or 48000 Hz work");
    }
    const int frames = rate.framesOf(std::max(history_ms, kMinHistoryMs)) + SincTable::kTaps;
    impl_->ring.assign(std::bit_ceil(std::size_t(frames)), 0.0F);
    impl_->pushed = 0;
    return {};
}

void ReferenceAligner::push(std::span<const float> playback) noexcept {
    Impl& m = *impl_;
    const std::size_t mask = m.ring.size() - 1;
    for (const float x : playback) m.ring[std::size_t(m.pushed++) & mask] = x;
}

bool ReferenceAligner::read(double start, double ratio, double shift_frames,
                            std::span<float> out) noexcept {
    Impl& m = *impl_;
    bool complete = true;
    const double first = start - shift_frames;
    if (ratio == 1.0 && first == std::floor(first)) {  // both clocks agree: a copy
        const auto from = std::int64_t(first);
        const auto n = std::int64_t(out.size());
        for (std::int64_t i = 0; i < n; ++i) out[std::size_t(i)] = m.sample(from + i);
        return n == 0 || (m.known(from) && m.known(from + n - 1));
    }
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = m.at(first + double(i) * ratio, complete);
    return complete;
}

std::int64_t ReferenceAligner::pushedFrames() const noexcept { return impl_->pushed; }

void ReferenceAligner::reset() noexcept {
    std::ranges::fill(impl_->ring, 0.0F);
    impl_->pushed = 0;
}

}  // namespace doubletalk::echo
