// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/dsp/partitioned_convolver.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/dsp/fft.h"

namespace doubletalk::dsp {
namespace {

using Complex = std::complex<float>;

PartitionedResponse cut(std::span<const float> response, int block_frames) {
    RealFft fft(2 * block_frames);
    PartitionedResponse result;
    const auto block = std::size_t(block_frames);
    const auto bins = std::size_t(fft.bins());
    result.block_frames = block_frames;
    result.partitions = int(std::max<std::size_t>(1, (response.size() + block - 1) / block));
    result.spectra.resize(std::size_t(result.partitions) * bins);
    for (std::size_t p = 0; p < std::size_t(result.partitions); ++p) {
        const auto part = response.subspan(std::min(p * block, response.size()));
        std::ranges::fill(fft.time(), 0.0F);
        std::ranges::copy(part.first(std::min(block, part.size())), fft.time().begin());
        fft.forward();
        std::ranges::copy(fft.spectrum(), result.spectra.begin() + std::ptrdiff_t(p * bins));
    }
    return result;
}

/// sum += a * b. Written out: the library's complex product checks for NaN and is not vectorised.
void multiplyAdd(const Complex* a, const Complex* b, Complex* sum, std::size_t n) noexcept {
    const auto* x = reinterpret_cast<const float*>(a);
    const auto* y = reinterpret_cast<const float*>(b);
    auto* s = reinterpret_cast<float*>(sum);
    for (std::size_t i = 0; i < 2 * n; i += 2) {
        s[i] += x[i] * y[i] - x[i + 1] * y[i + 1];
        s[i + 1] += x[i] * y[i + 1] + x[i + 1] * y[i];
    }
}

}  // namespace

struct PartitionedConvolver::Impl {
    Impl(int block, int max_partitions)
        : block_frames(block),
          partitions(max_partitions),
          fft(2 * block),
          last(std::size_t(block)),
          history(std::size_t(max_partitions) * std::size_t(block + 1)) {}

    int block_frames;
    int partitions;  ///< room in the ring of input spectra
    RealFft fft;
    std::vector<float> last;       ///< input block before the current one
    std::vector<Complex> history;  ///< ring of input spectra
    int newest = 0;
    PartitionedResponse response;
};

PartitionedConvolver::PartitionedConvolver() = default;
PartitionedConvolver::~PartitionedConvolver() = default;
PartitionedConvolver::PartitionedConvolver(PartitionedConvolver&&) noexcept = default;
PartitionedConvolver& PartitionedConvolver::operator=(PartitionedConvolver&&) noexcept = default;

Result<void> PartitionedConvolver::prepare(int block_frames, std::span<const float> response,
                                           int max_response_frames) {
    if (block_frames < 1 || block_frames > 4096) {
        return fail(ErrorKind::usage,
                    fmt::format("block of {} frames, 1 to 4096 work", block_frames));
    }
    const int room = max_response_frames > 0 ? max_response_frames : int(response.size());
    if (int(response.size()) > room) {
        return fail(ErrorKind::usage,
                    fmt::format("response of {} frames is longer than the {} allowed",
                                response.size(), room));
    }
    impl_ =
        std::make_unique<Impl>(block_frames, std::max(1, (room + block_frames - 1) / block_frames));
    impl_->response = cut(response, block_frames);
    return {};
}

PartitionedResponse PartitionedConvolver::analyse(std::span<const float> response) const {
    const auto room = std::size_t(impl_->partitions) * std::size_t(impl_->block_frames);
    return cut(response.first(std::min(room, response.size())), impl_->block_frames);
}

bool PartitionedConvolver::setResponse(PartitionedResponse& response) noexcept {
    if (response.block_frames != impl_->block_frames || response.partitions > impl_->partitions) {
        return false;
    }
    std::swap(impl_->response, response);
    return true;
}

void PartitionedConvolver::setResponse(std::span<const float> response) {
    auto spectra = analyse(response);
    setResponse(spectra);
}

void PartitionedConvolver::process(std::span<const float> in, std::span<float> out) noexcept {
    Impl& m = *impl_;
    const auto block = std::size_t(m.block_frames);
    const auto bins = block + 1;
    std::ranges::copy(m.last, m.fft.time().begin());
    std::copy_n(in.begin(), block, m.fft.time().begin() + std::ptrdiff_t(block));
    std::copy_n(in.begin(), block, m.last.begin());
    m.fft.forward();
    m.newest = m.newest == 0 ? m.partitions - 1 : m.newest - 1;
    std::ranges::copy(m.fft.spectrum(),
                      m.history.begin() + std::ptrdiff_t(std::size_t(m.newest) * bins));
    std::ranges::fill(m.fft.spectrum(), Complex{});
    for (int p = 0; p < m.response.partitions; ++p) {
        const int slot = (m.newest + p) % m.partitions;
        multiplyAdd(m.history.data() + std::size_t(slot) * bins,
                    m.response.spectra.data() + std::size_t(p) * bins, m.fft.spectrum().data(),
                    bins);
    }
    m.fft.inverse();
    std::copy_n(m.fft.time().begin() + std::ptrdiff_t(block), block, out.begin());
}

void PartitionedConvolver::reset() noexcept {
    std::ranges::fill(impl_->last, 0.0F);
    std::ranges::fill(impl_->history, Complex{});
}

}  // namespace doubletalk::dsp
