// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/spoken_stream.h"

#include "app/bench/bench.h"

namespace doubletalk::ui {

SpokenStream::SpokenStream(bench::Bench& bench, const QString& title)
    : bench_(bench), ticket_(bench.speakStream(title)) {}

Result<void> SpokenStream::append(std::span<const float> samples, int rate_hz) {
    if (samples.empty()) return {};
    const int to_hz = bench_.requested().stream.rate_hz;
    if (from_hz_ != rate_hz) {
        if (auto ok = resampler_.prepare(rate_hz, to_hz); !ok) return ok;
        from_hz_ = rate_hz;
    }
    out_.resize(samples.size() * std::size_t(to_hz) / std::size_t(rate_hz) + 2);
    const int n = resampler_.process(samples, out_);
    bench_.append(ticket_, {out_.begin(), out_.begin() + n}, false);
    length_s_ += double(samples.size()) / rate_hz;
    return {};
}

bool SpokenStream::cut() const { return !bench_.takesMore(ticket_); }

void SpokenStream::end() { bench_.append(ticket_, {}, true); }

void SpokenStream::fail(const QString& why) { bench_.failStream(ticket_, why); }

}  // namespace doubletalk::ui
