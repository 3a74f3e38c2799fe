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
Status guarded(NodeFailure& failure, Fn fn) noexcept {
    try {
        Result<Status> done = fn();
        if (done) return *done;
        failure.set(std::move(done.error()));
    } catch (const std::exception&) {
        failure.clear();
    }
    return Status::error;
}

tl::unexpected<Error> refused(const std::string& what) {
    return fail(ErrorKind::usage, what, "codec");
}

Result<const flow::PcmBlock*> blockOf(const Item& item, int rate_hz, int channels) {
    const auto* block = std::get_if<flow::PcmBlock>(&item);
    if (block == nullptr) return refused("takes PCM blocks, not packets");
    if (block->rate.hz != rate_hz) {
        return refused("a block of " + std::to_string(block->rate.hz) + " Hz in a stream of " +
                       std::to_string(rate_hz));
    }
    if (block->channels != channels) {
        return refused("a block of " + std::to_string(block->channels) +
                       " channels in a stream of " + std::to_string(channels));
    }
    return block;
}

tl::unexpected<Error> passedBy(const std::string& where) {
    return fail(ErrorKind::state, "a stream cannot begin anew", where, "open it again");
}

/// True: there is nothing new in place of the old one; failure says why.
template <class T>
bool lostTo(Result<T> opened, T& current, NodeFailure& failure) {
    failure.clear();
    if (opened) {
        current = std::move(*opened);
    } else {
        failure.set(std::move(opened.error()));
    }
    return !opened;
}

Item blockItem(PcmChunk& chunk) {
    flow::PcmBlock block;
    block.samples = chunk.samples;
    block.rate = SampleRate{chunk.rate_hz};
    block.first_frame = chunk.first_frame;
    block.channels = chunk.channels;
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
    return guarded(failure_, [&]() -> Result<Status> {
        const auto block = blockOf(item, options_.rate_hz, options_.channels);
        if (!block) return tl::unexpected(block.error());
        const auto put = encoder_.put(std::span<const float>((*block)->samples));
        if (!put) return tl::unexpected(put.error());
        return Status::ok;
    });
}

Status EncoderNode::pull(Item& item) noexcept {
    if (lost_) return Status::error;
    return guarded(failure_, [&]() -> Result<Status> {
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
    lost_ = lostTo(Encoder::open(options_), encoder_, failure_);
    position_ = 0;
    sequence_ = 0;
    flushed_ = false;
}

DecoderNode::DecoderNode(Decoder decoder, DecoderOptions options, std::string name)
    : name_(std::move(name)), options_(std::move(options)), decoder_(std::move(decoder)) {}

Result<std::unique_ptr<DecoderNode>> DecoderNode::open(const DecoderOptions& options,
                                                       std::string name) {
    if (!options.codec) return refused("packets do not say which codec they are of");
    auto decoder = Decoder::open(options);
    if (!decoder) return tl::unexpected(decoder.error());
    return std::unique_ptr<DecoderNode>(
        new DecoderNode(std::move(*decoder), options, std::move(name)));
}

Status DecoderNode::push(const Item& item) noexcept {
    if (lost_) return Status::error;
    if (item.index() == 0) {
        flushed_ = true;
        return Status::ok;
    }
    if (flushed_) return Status::eof;
    return guarded(failure_, [&]() -> Result<Status> {
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
    return guarded(failure_, [&]() -> Result<Status> {
        const auto got = decoder_.get(chunk_, flushed_);
        if (!got) return tl::unexpected(got.error());
        if (*got == Got::packet) item = blockItem(chunk_);
        return statusOf(*got);
    });
}

void DecoderNode::reset() {
    lost_ = lostTo(Decoder::open(options_), decoder_, failure_);
    flushed_ = false;
}

MediaFileReader::MediaFileReader(MediaReader reader, Open again, std::string name)
    : name_(std::move(name)), open_again_(std::move(again)), reader_(std::move(reader)) {}

Result<std::unique_ptr<MediaFileReader>> MediaFileReader::open(const std::filesystem::path& file,
                                                               const MediaReaderOptions& options,
                                                               std::string name) {
    const auto again = [file, options] { return MediaReader::open(file, options); };
    auto reader = again();
    if (!reader) return tl::unexpected(reader.error());
    return std::unique_ptr<MediaFileReader>(
        new MediaFileReader(std::move(*reader), again, std::move(name)));
}

Result<std::unique_ptr<MediaFileReader>> MediaFileReader::open(MediaSource source,
                                                               const std::string& where,
                                                               const MediaReaderOptions& options,
                                                               std::string name) {
    auto reader = MediaReader::open(std::move(source), where, options);
    if (!reader) return tl::unexpected(reader.error());
    const auto never = [where]() -> Result<MediaReader> { return passedBy(where); };
    return std::unique_ptr<MediaFileReader>(
        new MediaFileReader(std::move(*reader), never, std::move(name)));
}

Status MediaFileReader::pull(Item& item) noexcept {
    if (lost_) return Status::error;
    return guarded(failure_, [&]() -> Result<Status> {
        const auto got = reader_.get(chunk_);
        if (!got) return tl::unexpected(got.error());
        if (*got == Got::packet) item = blockItem(chunk_);
        return statusOf(*got);
    });
}

void MediaFileReader::reset() { lost_ = lostTo(open_again_(), reader_, failure_); }

MediaFileWriter::MediaFileWriter(MediaWriter writer, Open again, MediaWriterOptions options,
                                 std::string name)
    : name_(std::move(name)),
      open_again_(std::move(again)),
      options_(options),
      writer_(std::move(writer)) {}

Result<std::unique_ptr<MediaFileWriter>> MediaFileWriter::open(const std::filesystem::path& file,
                                                               const MediaWriterOptions& options,
                                                               std::string name) {
    const auto again = [file, options] { return MediaWriter::open(file, options); };
    auto writer = again();
    if (!writer) return tl::unexpected(writer.error());
    return std::unique_ptr<MediaFileWriter>(
        new MediaFileWriter(std::move(*writer), again, options, std::move(name)));
}

Result<std::unique_ptr<MediaFileWriter>> MediaFileWriter::open(MediaSink sink,
                                                               const std::string& where,
                                                               const MediaWriterOptions& options,
                                                               std::string name) {
    auto writer = MediaWriter::open(std::move(sink), where, options);
    if (!writer) return tl::unexpected(writer.error());
    const auto never = [where]() -> Result<MediaWriter> { return passedBy(where); };
    return std::unique_ptr<MediaFileWriter>(
        new MediaFileWriter(std::move(*writer), never, options, std::move(name)));
}

Status MediaFileWriter::push(const Item& item) noexcept {
    if (lost_) return Status::error;
    if (finished_) return Status::eof;
    return guarded(failure_, [&]() -> Result<Status> {
        if (item.index() == 0) {
            finished_ = true;
            if (auto done = writer_.finish(); !done) return tl::unexpected(done.error());
            return Status::ok;
        }
        const auto block = blockOf(item, options_.rate_hz, options_.channels);
        if (!block) return tl::unexpected(block.error());
        const auto put = writer_.put((*block)->samples);
        if (!put) return tl::unexpected(put.error());
        return Status::ok;
    });
}

void MediaFileWriter::reset() {
    finished_ = false;
    lost_ = lostTo(open_again_(), writer_, failure_);
}

}  // namespace doubletalk::codec
