// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <complex>
#include <cstdint>
#include <memory>
#include <span>

namespace doubletalk::dsp {

/// Where a RealFft keeps its samples and its spectrum.
enum class FftBuffers : std::uint8_t {
    apart,     ///< forward() leaves time() alone
    one_place  ///< half the memory: time() and spectrum() are the same bytes
};

/// Real FFT of one size with its own aligned buffers: fill time(), call forward(), read spectrum();
/// or the other way round. Plans are made without measuring, so the bits are the same in every run;
/// all of one size share theirs.
/// Construction and destruction plan (any thread, slow); forward() and inverse() are real-time
/// safe. Ref: Frigo & Johnson 2005 (FFTW).
class RealFft {
public:
    using Complex = std::complex<float>;

    /// size: even, 2..1048576 (products of 2, 3, 5 are fast).
    explicit RealFft(int size, FftBuffers buffers = FftBuffers::apart);
    ~RealFft();
    RealFft(RealFft&&) noexcept;
    RealFft& operator=(RealFft&&) noexcept;

    [[nodiscard]] int size() const noexcept;
    [[nodiscard]] int bins() const noexcept;  ///< size / 2 + 1
    [[nodiscard]] std::span<float> time() noexcept;
    [[nodiscard]] std::span<Complex> spectrum() noexcept;
    /// time() to spectrum(), unscaled; time() stays when the buffers lie apart.
    void forward() noexcept;
    /// spectrum() to time() with the factor 1 / size; spectrum() is destroyed.
    void inverse() noexcept;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace doubletalk::dsp
