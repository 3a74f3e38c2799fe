// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/source_reader.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "engine/dsp/pcm16.h"

namespace doubletalk::net {
namespace {

static_assert(std::endian::native == std::endian::little, "payloads are the samples as they lie");

constexpr int kPollUs = 2000;

}  // namespace

SourceReader::SourceReader(std::unique_ptr<ListenSource> source, std::int64_t frames,
                           std::string name)
    : source_(std::move(source)),
      frames_(frames),
      name_(std::move(name)),
      samples_(std::size_t(PcmBlock::kMostSamples)) {}

flow::Status SourceReader::pull(flow::Item& item) noexcept {
    item = std::monostate{};
    if (frames_ > 0 && given_frames_ >= frames_) return flow::Status::eof;
    const Fed fed = source_->read(block_);
    if (fed != Fed::block) return fed == Fed::end ? flow::Status::eof : flow::Status::again;
    std::int64_t frames = block_.samples / block_.channels;
    if (frames_ > 0) frames = std::min(frames, frames_ - given_frames_);
    const auto part = std::span(samples_).first(std::size_t(frames * block_.channels));
    dsp::toPcm16(block_.audio().first(part.size()), part);
    header_.timestamp = std::uint32_t(given_frames_);
    header_.frames = std::uint16_t(frames);
    item = PacketView{header_, std::as_bytes(part)};
    ++header_.sequence;
    given_frames_ += frames;
    return flow::Status::ok;
}

int SourceReader::waitHintUs() const noexcept { return kPollUs; }

}  // namespace doubletalk::net
