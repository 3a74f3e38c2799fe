// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/decoder.h"
#include "tests/fuzz/fuzz_input.h"

using namespace doubletalk;

namespace {

constexpr int kKinds = 6;  // five codecs, and none said
// 64 KiB of FLAC hold hundreds of millions of frames; this many are enough to look at.
constexpr std::int64_t kEnoughFrames = std::int64_t(1) << 24;
// What waits before decoding pauses, and the longest frame behind it: 65,535 samples of 1 kHz in
// 8 channels at 48 kHz.
constexpr std::size_t kMaxChunkSamples = (std::size_t(1) << 22) + std::size_t(48) * 8 * 65'536;

/// False: the decoder said that it is over, or enough came out.
bool drain(codec::Decoder& decoder, bool force, std::int64_t& frames) {
    codec::PcmChunk chunk;
    for (;;) {
        const auto got = decoder.get(chunk, force);
        if (!got) require(!got.error().what.empty());
        if (!got || *got == codec::Got::end) return false;
        if (*got == codec::Got::again) return true;
        require(chunk.rate_hz > 0 && chunk.channels > 0 && !chunk.samples.empty());
        require(chunk.samples.size() % std::size_t(chunk.channels) == 0);
        for (const float sample : chunk.samples) require(sample - sample == 0.0F);
        frames += std::int64_t(chunk.samples.size()) / chunk.channels;
        require(chunk.samples.size() <= kMaxChunkSamples);
        if (frames > kEnoughFrames) return false;
    }
}

}  // namespace

/// A byte for the codec, one for the size of the pieces; then a stream, or packets of that size.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    codec::DecoderOptions options;
    const int kind = data[0] % kKinds;
    if (kind < kKinds - 1) options.codec = codec::CodecId(kind);
    const bool packets = (data[0] & 0x80) != 0 && options.codec;
    const std::size_t piece = data[1] + std::size_t(1);
    options.packet_rate_hz = 48000;
    options.packet_channels = 1;
    if ((data[0] & 0x40) != 0) options.channels = 1;
    if ((data[0] & 0x20) != 0) options.rate_hz = 48000;
    auto rest = std::as_bytes(std::span(data + 2, size - 2));
    if (packets && *options.codec != codec::CodecId::mp3) {
        const auto n = std::min<std::size_t>(rest.size(), 42);
        options.header.assign(rest.begin(), rest.begin() + std::ptrdiff_t(n));
        rest = rest.subspan(n);
    }
    auto decoder = codec::Decoder::open(options);
    require(bool(decoder));
    std::int64_t frames = 0;
    while (!rest.empty()) {
        const auto part = rest.first(std::min(piece, rest.size()));
        rest = rest.subspan(part.size());
        Result<void> put;
        if (packets) {
            put = decoder->put(codec::CodedPacket{.bytes = {part.begin(), part.end()}});
        } else {
            put = decoder->put(part);
        }
        if (!put) require(!put.error().what.empty());
        if (!drain(*decoder, false, frames)) break;
    }
    (void)drain(*decoder, true, frames);
    return 0;
}
