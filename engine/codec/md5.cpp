// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/md5.h"

extern "C" {
#include <libavutil/md5.h>
#include <libavutil/mem.h>
}

#include <cmath>
#include <new>

namespace doubletalk::codec {

void Md5::Free::operator()(AVMD5* p) const noexcept { av_free(p); }

AVMD5& Md5::state() {
    if (!state_) {
        state_.reset(av_md5_alloc());
        if (!state_) throw std::bad_alloc();
        av_md5_init(state_.get());
    }
    return *state_;
}

void Md5::addSamples(std::span<const float> samples, int bits) {
    const auto width = std::size_t(bits + 7) / 8;
    const auto scale = float(1 << (bits - 1));
    bytes_.resize(samples.size() * width);
    auto* to = bytes_.data();
    for (const float sample : samples) {
        auto value = std::uint32_t(std::int32_t(std::lrint(sample * scale)));
        for (std::size_t i = 0; i < width; ++i, value >>= 8) *to++ = std::uint8_t(value);
    }
    av_md5_update(&state(), bytes_.data(), bytes_.size());
}

Md5Sum Md5::value() {
    Md5Sum sum{};
    av_md5_final(&state(), sum.data());
    return sum;
}

}  // namespace doubletalk::codec
