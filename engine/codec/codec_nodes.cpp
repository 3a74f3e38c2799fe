// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/codec_nodes.h"

#include <algorithm>
#include <exception>
#include <limits>
#include <utility>

namespace doubletalk::codec {
namespace {

using flow::Item;
using flow::Status;

constexpr int kMaxPacketFrames = std::numeric_limits<std::uint16_t>::max();

/// Runs what may fail or throw where neither may leave; keeps the message.
template <class Fn>
Status guarded(std::string& error, Fn fn) noexcept {
    try {
        Result<Status> done = fn();
        if (done) return *done;
        error = done.error().message();
    } catch (const std::exception&) {
        error.clear();
    }
    return Status::error;
}

tl::unexpected<Error> refused(const std::string& what) {
    return fail(ErrorKind::usage, what, "codec");
}

Result<const flow::PcmBlock*> blockOf(const Item& item, int rate_hz) {
    const auto* block = std::get_if<flow::PcmBlock>(&item);
    if (block == nullptr) return refused("takes PCM blocks, not packets");
    if (block->rate.hz != rate_hz) {
        return refused("a block of " + std::to_string(block->rate.hz) + " Hz in a stream of " +
                       std::to_string(rate_hz));
    }
    return block;
}

/// True: there is nothing new in place of the old one; error says why.
template <class T>
bool lostTo(Result<T> opened, T& current, std::string& error) {
    error = opened ? std::string() : opened.error().message();
    if (opened) current = std::move(*opened);
    return !opened;
}

Item blockItem(PcmChunk& chunk) {
    flow::PcmBlock block;
    block.samples = chunk.samples;
    block.rate = SampleRate{chunk.rate_hz};
    block.first_frame = chunk.first_frame;
    return block;
}

Status statusOf(Got got) {
    if (got == Got::packet) return Status::ok;
    return got == Got::end ? Status::eof : Status::again;
}

}  // namespace

EncoderNode::EncoderNode(Encoder encoder, const EncoderOptions& options, std::string name)
    : name_(std::move(name)), options_(options), encoder_(std::move(encoder)) {}

Result<std::unique_ptr<EncoderNode>> EncoderNode::open(const EncoderOptions& options,
                                                       std::string name) {
    if (options.channels != 1) return refused("blocks are mono");
    if (options.chunk_samples > kMaxPacketFrames) return refused("a packet holds 65,535 samples");
    auto encoder = Encoder::open(options);
    if (!encoder) return tl::unexpected(encoder.error());
    return std::unique_ptr<EncoderNode>(
        new EncoderNode(std::move(*encoder), options, std::move(name)));
}

Status EncoderNode::push(const Item& item) noexcept {
    if (lost_) return Status::error;
    if (item.index() == 0) {
        flushed_ = true;
        return Status::ok;
    }
    if (flushed_) return Status::eof;
    return guarded(error_, [&]() -> Result<Status> {
        const auto block = blockOf(item, options_.rate_hz);
        if (!block) return tl::unexpected(block.error());
        const auto put = encoder_.put(std::span<const float>((*block)->samples));
        if (!put) return tl::unexpected(put.error());
        return Status::ok;
    });
}

Status EncoderNode::pull(Item& item) noexcept {
    if (lost_) return Status::error;
    return guarded(error_, [&]() -> Result<Status> {
        const auto got = encoder_.get(packet_, flushed_);
        if (!got) return tl::unexpected(got.error());
        if (*got != Got::packet) return statusOf(*got);
        PacketHeader header;
        header.sequence = sequence_++;
        header.timestamp = std::uint32_t(position_);
        header.payload_type = kCodedPayload;
        header.frames = std::uint16_t(packet_.frames - packet_.discard_frames);
        header.last = packet_.discard_frames > 0;
        header.item_sample = double(position_ - encoder_.delayFrames());
        position_ += packet_.frames;
        item = PacketView{header, packet_.bytes};
        return Status::ok;
    });
}

void EncoderNode::reset() {
    lost_ = lostTo(Encoder::open(options_), encoder_, error_);
    position_ = 0;
    sequence_ = 0;
    flushed_ = false;
}

DecoderNode::DecoderNode(Decoder decoder, DecoderOptions options, std::string name)
    : name_(std::move(name)), options_(std::move(options)), decoder_(std::move(decoder)) {}

Result<std::unique_ptr<DecoderNode>> DecoderNode::open(const DecoderOptions& options,
                                                       std::string name) {
    if (!options.codec) return refused("packets do not say which codec they are of");
    DecoderOptions mono = options;
    mono.channels = 1;
    auto decoder = Decoder::open(mono);
    if (!decoder) return tl::unexpected(decoder.error());
    return std::unique_ptr<DecoderNode>(
        new DecoderNode(std::move(*decoder), std::move(mono), std::move(name)));
}

Status DecoderNode::push(const Item& item) noexcept {
    if (lost_) return Status::error;
    if (item.index() == 0) {
        flushed_ = true;
        return Status::ok;
    }
    if (flushed_) return Status::eof;
    return guarded(error_, [&]() -> Result<Status> {
        const auto* packet = std::get_if<PacketView>(&item);
        if (packet == nullptr || packet->header.payload_type != kCodedPayload) {
            return refused("takes coded packets");
        }
        CodedPacket coded;
        coded.bytes.assign(packet->payload.begin(), packet->payload.end());
        coded.skip_frames = int(std::clamp(-packet->header.item_sample, 0.0, 65535.0));
        // What is decoded behind the frames is padding. A packet of nothing else is decoded all the
        // same; 0 would mean all of it.
        coded.frames = std::max<int>(packet->header.frames, 1);
        coded.discard_frames = coded.frames - packet->header.frames;
        const auto put = decoder_.put(coded);
        if (!put) return tl::unexpected(put.error());
        return Status::ok;
    });
}

Status DecoderNode::pull(Item& item) noexcept {
    if (lost_) return Status::error;
    return guarded(error_, [&]() -> Result<Status> {
        const auto got = decoder_.get(chunk_, flushed_);
        if (!got) return tl::unexpected(got.error());
        if (*got == Got::packet) item = blockItem(chunk_);
        return statusOf(*got);
    });
}

void DecoderNode::reset() {
    lost_ = lostTo(Decoder::open(options_), decoder_, error_);
    flushed_ = false;
}

MediaFileReader::MediaFileReader(MediaReader reader, std::filesystem::path file,
                                 MediaReaderOptions options, std::string name)
    : name_(std::move(name)),
      file_(std::move(file)),
      options_(options),
      reader_(std::move(reader)) {}

Result<std::unique_ptr<MediaFileReader>> MediaFileReader::open(const std::filesystem::path& file,
                                                               int rate_hz, int block_frames,
                                                               std::string name) {
    const MediaReaderOptions options{rate_hz, 1, block_frames};
    auto reader = MediaReader::open(file, options);
    if (!reader) return tl::unexpected(reader.error());
    return std::unique_ptr<MediaFileReader>(
        new MediaFileReader(std::move(*reader), file, options, std::move(name)));
}

Status MediaFileReader::pull(Item& item) noexcept {
    if (lost_) return Status::error;
    return guarded(error_, [&]() -> Result<Status> {
        const auto got = reader_.get(chunk_);
        if (!got) return tl::unexpected(got.error());
        if (*got == Got::packet) item = blockItem(chunk_);
        return statusOf(*got);
    });
}

void MediaFileReader::reset() {
    lost_ = lostTo(MediaReader::open(file_, options_), reader_, error_);
}

MediaFileWriter::MediaFileWriter(MediaWriter writer, std::filesystem::path file,
                                 MediaWriterOptions options, std::string name)
    : name_(std::move(name)),
      file_(std::move(file)),
      options_(options),
      writer_(std::move(writer)) {}

Result<std::unique_ptr<MediaFileWriter>> MediaFileWriter::open(const std::filesystem::path& file,
                                                               const MediaWriterOptions& options,
                                                               std::string name) {
    if (options.channels != 1) return refused("blocks are mono");
    auto writer = MediaWriter::open(file, options);
    if (!writer) return tl::unexpected(writer.error());
    return std::unique_ptr<MediaFileWriter>(
        new MediaFileWriter(std::move(*writer), file, options, std::move(name)));
}

Status MediaFileWriter::push(const Item& item) noexcept {
    if (lost_) return Status::error;
    if (finished_) return Status::eof;
    return guarded(error_, [&]() -> Result<Status> {
        if (item.index() == 0) {
            finished_ = true;
            if (auto done = writer_.finish(); !done) return tl::unexpected(done.error());
            return Status::ok;
        }
        const auto block = blockOf(item, options_.rate_hz);
        if (!block) return tl::unexpected(block.error());
        const auto put = writer_.put((*block)->samples);
        if (!put) return tl::unexpected(put.error());
        return Status::ok;
    });
}

void MediaFileWriter::reset() {
    finished_ = false;
    lost_ = lostTo(MediaWriter::open(file_, options_), writer_, error_);
}

}  // namespace doubletalk::codec
