// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <complex>
#include <memory>
#include <span>

namespace doubletalk::dsp {

/// Real FFT of one size with its own aligned buffers: fill time(), call forward(), read spectrum();
/// or the other way round. Plans are made without measuring, so the bits are the same in every run;
/// all of one size share theirs.
/// Construction and destruction plan (any thread, slow); forward() and inverse() are real-time
/// safe. Ref: Frigo & Johnson 2005 (FFTW).
class RealFft {
public:
    using Complex = std::complex<float>;

    /// size: even, 2..1048576 (products of 2, 3, 5 are fast).
    explicit RealFft(int size);
    ~RealFft();
    RealFft(RealFft&&) noexcept;
    RealFft& operator=(RealFft&&) noexcept;

    [[nodiscard]] int size() const noexcept;
    [[nodiscard]] int bins() const noexcept;  ///< size / 2 + 1
    [[nodiscard]] std::span<float> time() noexcept;
    [[nodiscard]] std::span<Complex> spectrum() noexcept;
    /// time() to spectrum(), unscaled; time() stays.
    void forward() noexcept;
    /// spectrum() to time() with the factor 1 / size; spectrum() is destroyed.
    void inverse() noexcept;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace doubletalk::dsp
