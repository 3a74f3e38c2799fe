// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/media_reader.h"
#include "tests/fuzz/fuzz_input.h"

using namespace doubletalk;

/// A byte that says whether the source can seek and what is asked for; then a file of any kind.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    const auto bytes = std::as_bytes(std::span(data + 1, size - 1));
    std::size_t at = 0;
    codec::MediaSource source;
    source.read = [&](std::span<std::byte> to) -> std::int64_t {
        const auto n = std::min(to.size(), bytes.size() - at);
        std::copy_n(bytes.begin() + std::ptrdiff_t(at), n, to.begin());
        at += n;
        return std::int64_t(n);
    };
    if ((data[0] & 1) != 0) {
        source.size_bytes = std::int64_t(bytes.size());
        source.seek = [&](std::int64_t position) {
            at = std::min(std::size_t(position), bytes.size());
            return true;
        };
    }
    codec::MediaReaderOptions options;
    if ((data[0] & 2) != 0) options = {16000, 1, 160};
    auto reader = codec::MediaReader::open(std::move(source), "fuzz", options);
    if (!reader) {
        require(!reader.error().what.empty());
        return 0;
    }
    require(reader->info().rate_hz > 0 && reader->info().channels > 0);
    codec::PcmChunk chunk;
    // Compressed silence may be long; what is here must come without end only if it has one.
    for (std::int64_t frames = 0; frames < 1 << 22;) {
        const auto got = reader->get(chunk);
        if (!got || *got == codec::Got::end) break;
        require(*got == codec::Got::packet && !chunk.samples.empty());
        for (const float sample : chunk.samples) require(sample - sample == 0.0F);
        frames += std::int64_t(chunk.samples.size());
    }
    return 0;
}
