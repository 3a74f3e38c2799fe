// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/codec/decoder.h"
#include "engine/codec/encoder.h"
#include "engine/codec/media_reader.h"
#include "engine/codec/media_writer.h"
#include "engine/flow/node.h"

namespace doubletalk::codec {

/// The nodes of this folder allocate and may wait for a disk: for a Runner on a thread of its own,
/// never for the worker. Blocks carry as many channels as the audio has.

/// Why a node of this folder answered error; the run that moved it ends with that.
class NodeFailure {
public:
    void set(Error error) {
        text_ = error.message();
        error_ = std::move(error);
    }
    void clear() noexcept { error_.reset(); }
    [[nodiscard]] const Error* error() const noexcept { return error_ ? &*error_ : nullptr; }
    [[nodiscard]] std::string_view text() const noexcept {
        return error_ ? std::string_view(text_) : std::string_view{};
    }

private:
    std::optional<Error> error_;
    std::string text_;
};

/// Payload type of a coded packet: the first of RTP's dynamic ones. Ref: RFC 3551 section 6.
inline constexpr auto kCodedPayload = static_cast<PayloadType>(96);

/// PCM blocks to packets of payload type kCodedPayload. item_sample says where the packet's first
/// sample lies in what was pushed (below 0: codec delay), frames how many of its samples count (the
/// rest is padding).
class EncoderNode final : public flow::Processor {
public:
    static constexpr auto kIn = flow::EndKind::pcm;
    static constexpr auto kOut = flow::EndKind::packet;
    /// Errors: those of Encoder::open(); usage (chunks above 65,535).
    [[nodiscard]] static Result<std::unique_ptr<EncoderNode>> open(const EncoderOptions& options,
                                                                   std::string name = "encoder");
    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] flow::EndKind in() const override { return kIn; }
    [[nodiscard]] flow::EndKind out() const override { return kOut; }
    /// error: another rate, another number of channels.
    flow::Status push(const flow::Item& item) noexcept override;
    flow::Status pull(flow::Item& item) noexcept override;
    void reset() override;
    [[nodiscard]] int maxChannels() const noexcept override { return options_.channels; }
    [[nodiscard]] std::string_view error() const noexcept override { return failure_.text(); }
    [[nodiscard]] const Error* failure() const noexcept override { return failure_.error(); }
    [[nodiscard]] const Encoder& encoder() const { return encoder_; }
    /// [frames] at the coded rate that came out, delay and padding among them.
    [[nodiscard]] std::int64_t codedFrames() const noexcept { return position_; }

private:
    EncoderNode(Encoder encoder, const EncoderOptions& options, std::string name);
    std::string name_;
    EncoderOptions options_;
    Encoder encoder_;
    CodedPacket packet_;
    std::int64_t position_ = 0;  ///< [frames] at the coded rate
    std::uint16_t sequence_ = 0;
    bool flushed_ = false;
    bool lost_ = false;  ///< reset() could not open it anew: error until it can
    NodeFailure failure_;
};

/// Packets of an EncoderNode back to PCM, without delay and padding.
class DecoderNode final : public flow::Processor {
public:
    static constexpr auto kIn = flow::EndKind::packet;
    static constexpr auto kOut = flow::EndKind::pcm;
    /// options.codec and what it says of packets is needed. Errors: those of Decoder::open();
    /// usage.
    [[nodiscard]] static Result<std::unique_ptr<DecoderNode>> open(const DecoderOptions& options,
                                                                   std::string name = "decoder");
    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] flow::EndKind in() const override { return kIn; }
    [[nodiscard]] flow::EndKind out() const override { return kOut; }
    /// error: a damaged packet.
    flow::Status push(const flow::Item& item) noexcept override;
    flow::Status pull(flow::Item& item) noexcept override;
    void reset() override;
    [[nodiscard]] std::string_view error() const noexcept override { return failure_.text(); }
    [[nodiscard]] const Error* failure() const noexcept override { return failure_.error(); }

private:
    DecoderNode(Decoder decoder, DecoderOptions options, std::string name);
    std::string name_;
    DecoderOptions options_;
    Decoder decoder_;
    PcmChunk chunk_;
    bool flushed_ = false;
    bool lost_ = false;  ///< reset() could not open it anew: error until it can
    NodeFailure failure_;
};

/// An audio file, or a stream of bytes that is one, as the beginning of a pipeline.
class MediaFileReader final : public flow::Reader {
public:
    static constexpr auto kOut = flow::EndKind::pcm;
    /// Errors: those of MediaReader::open().
    [[nodiscard]] static Result<std::unique_ptr<MediaFileReader>> open(
        const std::filesystem::path& file, const MediaReaderOptions& options,
        std::string name = "media_reader");
    /// From functions; where is what errors call it.
    [[nodiscard]] static Result<std::unique_ptr<MediaFileReader>> open(
        MediaSource source, const std::string& where, const MediaReaderOptions& options,
        std::string name = "media_reader");
    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] flow::EndKind out() const override { return kOut; }
    flow::Status pull(flow::Item& item) noexcept override;
    /// From the beginning again; what came out of functions cannot: the next pull is an error.
    void reset() override;
    [[nodiscard]] std::string_view error() const noexcept override { return failure_.text(); }
    [[nodiscard]] const Error* failure() const noexcept override { return failure_.error(); }
    [[nodiscard]] const MediaReader& media() const { return reader_; }

private:
    using Open = std::function<Result<MediaReader>()>;
    MediaFileReader(MediaReader reader, Open again, std::string name);
    std::string name_;
    Open open_again_;
    MediaReader reader_;
    PcmChunk chunk_;
    bool lost_ = false;  ///< reset() could not open it anew: error until it can
    NodeFailure failure_;
};

/// An audio file, or a stream of bytes that is one, as the end of a pipeline; a file appears with
/// the flush.
class MediaFileWriter final : public flow::Writer {
public:
    static constexpr auto kIn = flow::EndKind::pcm;
    /// Errors: those of MediaWriter::open().
    [[nodiscard]] static Result<std::unique_ptr<MediaFileWriter>> open(
        const std::filesystem::path& file, const MediaWriterOptions& options,
        std::string name = "media_writer");
    /// Into functions; options.kind is needed.
    [[nodiscard]] static Result<std::unique_ptr<MediaFileWriter>> open(
        MediaSink sink, const std::string& where, const MediaWriterOptions& options,
        std::string name = "media_writer");
    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] flow::EndKind in() const override { return kIn; }
    /// error: another rate or number of channels, a disk that is full.
    flow::Status push(const flow::Item& item) noexcept override;
    /// Drops what was written and begins anew; into functions it cannot: the next push is an error.
    void reset() override;
    [[nodiscard]] int maxChannels() const noexcept override { return options_.channels; }
    [[nodiscard]] const MediaWriter& media() const { return writer_; }
    [[nodiscard]] std::string_view error() const noexcept override { return failure_.text(); }
    [[nodiscard]] const Error* failure() const noexcept override { return failure_.error(); }

private:
    using Open = std::function<Result<MediaWriter>()>;
    MediaFileWriter(MediaWriter writer, Open again, MediaWriterOptions options, std::string name);
    std::string name_;
    Open open_again_;
    MediaWriterOptions options_;
    MediaWriter writer_;
    bool finished_ = false;
    bool lost_ = false;  ///< reset() could not open it anew: error until it can
    NodeFailure failure_;
};

}  // namespace doubletalk::codec
