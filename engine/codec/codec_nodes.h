// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "engine/codec/decoder.h"
#include "engine/codec/encoder.h"
#include "engine/codec/media_reader.h"
#include "engine/codec/media_writer.h"
#include "engine/flow/node.h"

namespace doubletalk::codec {

/// The nodes of this folder allocate and may wait for a disk: for a Runner on a thread of its own,
/// never for the worker. Blocks are mono.

/// Payload type of a coded packet: the first of RTP's dynamic ones. Ref: RFC 3551 section 6.
inline constexpr auto kCodedPayload = static_cast<PayloadType>(96);

/// PCM blocks to packets of payload type kCodedPayload. item_sample says where the packet's first
/// sample lies in what was pushed (below 0: codec delay), frames how many of its samples count (the
/// rest is padding).
class EncoderNode final : public flow::Processor {
public:
    static constexpr auto kIn = flow::EndKind::pcm;
    static constexpr auto kOut = flow::EndKind::packet;
    /// Errors: those of Encoder::open(); usage (two channels, chunks above 65,535).
    [[nodiscard]] static Result<std::unique_ptr<EncoderNode>> open(const EncoderOptions& options,
                                                                   std::string name = "encoder");
    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] flow::EndKind in() const override { return kIn; }
    [[nodiscard]] flow::EndKind out() const override { return kOut; }
    /// error: another rate.
    flow::Status push(const flow::Item& item) noexcept override;
    flow::Status pull(flow::Item& item) noexcept override;
    void reset() override;
    [[nodiscard]] std::string_view error() const noexcept override { return error_; }
    [[nodiscard]] const Encoder& encoder() const { return encoder_; }

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
    std::string error_;
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
    [[nodiscard]] std::string_view error() const noexcept override { return error_; }

private:
    DecoderNode(Decoder decoder, DecoderOptions options, std::string name);
    std::string name_;
    DecoderOptions options_;
    Decoder decoder_;
    PcmChunk chunk_;
    bool flushed_ = false;
    bool lost_ = false;  ///< reset() could not open it anew: error until it can
    std::string error_;
};

/// An audio file as the beginning of a pipeline: the mean of its channels.
class MediaFileReader final : public flow::Reader {
public:
    static constexpr auto kOut = flow::EndKind::pcm;
    /// rate_hz 0: the file's. Errors: those of MediaReader::open().
    [[nodiscard]] static Result<std::unique_ptr<MediaFileReader>> open(
        const std::filesystem::path& file, int rate_hz, int block_frames,
        std::string name = "media_reader");
    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] flow::EndKind out() const override { return kOut; }
    flow::Status pull(flow::Item& item) noexcept override;
    /// From the beginning again.
    void reset() override;
    [[nodiscard]] std::string_view error() const noexcept override { return error_; }
    [[nodiscard]] const MediaReader& media() const { return reader_; }

private:
    MediaFileReader(MediaReader reader, std::filesystem::path file, MediaReaderOptions options,
                    std::string name);
    std::string name_;
    std::filesystem::path file_;
    MediaReaderOptions options_;
    MediaReader reader_;
    PcmChunk chunk_;
    bool lost_ = false;  ///< reset() could not open it anew: error until it can
    std::string error_;
};

/// An audio file as the end of a pipeline; it appears with the flush.
class MediaFileWriter final : public flow::Writer {
public:
    static constexpr auto kIn = flow::EndKind::pcm;
    /// Errors: those of MediaWriter::open(); usage (two channels).
    [[nodiscard]] static Result<std::unique_ptr<MediaFileWriter>> open(
        const std::filesystem::path& file, const MediaWriterOptions& options,
        std::string name = "media_writer");
    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] flow::EndKind in() const override { return kIn; }
    /// error: another rate, a disk that is full.
    flow::Status push(const flow::Item& item) noexcept override;
    /// Drops what was written and begins anew.
    void reset() override;
    [[nodiscard]] std::string_view error() const noexcept override { return error_; }

private:
    MediaFileWriter(MediaWriter writer, std::filesystem::path file, MediaWriterOptions options,
                    std::string name);
    std::string name_;
    std::filesystem::path file_;
    MediaWriterOptions options_;
    MediaWriter writer_;
    bool finished_ = false;
    bool lost_ = false;  ///< reset() could not open it anew: error until it can
    std::string error_;
};

}  // namespace doubletalk::codec
