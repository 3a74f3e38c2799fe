// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

struct AVMD5;

namespace doubletalk::codec {

using Md5Sum = std::array<std::uint8_t, 16>;

/// The checksum a FLAC file states of its samples. Ref: RFC 1321; RFC 9639 section 8.2.
class Md5 {
public:
    /// Floats as a decoder made them of integers of so many bits, up to 24.
    void addSamples(std::span<const float> samples, int bits);
    /// Once, at the end.
    [[nodiscard]] Md5Sum value();

private:
    struct Free {
        void operator()(AVMD5* p) const noexcept;
    };
    [[nodiscard]] AVMD5& state();
    std::unique_ptr<AVMD5, Free> state_;
    std::vector<std::uint8_t> bytes_;
};

}  // namespace doubletalk::codec
