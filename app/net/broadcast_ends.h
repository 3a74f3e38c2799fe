// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <cstdint>
#include <deque>
#include <functional>

#include "app/net/listen_source.h"
#include "engine/codec/codec_list.h"
#include "engine/flow/node.h"

namespace doubletalk::codec {
class EncoderNode;
}

namespace doubletalk::net {

/// A coded stream from one end of the source, or change of its format, to the next.
struct ListenFormat {
    int number = 0;  ///< which stream, from 1
    codec::CodecId codec = codec::CodecId::mp3;
    int rate_hz = 0;  ///< coded
    int channels = 0;
    int chunk_samples = 0;
};

/// Whole coded frames.
struct ListenPacket {
    int number = 0;  ///< of the stream
    QByteArray bytes;
    double at_s = 0.0;        ///< where they begin when all streams are played in a row
    double entered_ms = 0.0;  ///< steady clock: what sounds there came in
};

/// Who sends it all to the listeners; called on the thread of the flow.
struct ListenSinks {
    std::function<void(const ListenFormat&)> format;
    std::function<void(const ListenPacket&)> packet;
    /// All of a stream has been given; nothing follows for now.
    std::function<void(int number)> ended;
    /// This format cannot be coded; the next one may.
    std::function<void(const QString& why)> failed;
};

/// When the audio of a stream came in. Thread: the flow's.
class ArrivalTimes {
public:
    /// The next frames; entered_ns: the last of them, steady clock. kept_s: what is older than this
    /// is forgotten.
    void add(std::int64_t frames, int rate_hz, std::int64_t entered_ns, double kept_s);
    /// [ms] of a place in what was added; 0: nothing was.
    [[nodiscard]] double enteredMs(double at_s) const;
    void clear();

private:
    struct Stamp {
        double end_s;  ///< of a block
        std::int64_t entered_ns;
    };
    std::deque<Stamp> stamps_;
    std::int64_t frames_ = 0;
};

/// A source stream by stream: PCM blocks, then eof with the end of its stream or before a block of
/// another format; begin() leads to the next stream. Thread: one at a time, never rt.
class StreamReader final : public flow::Reader {
public:
    static constexpr flow::EndKind kOut = flow::EndKind::pcm;
    /// source, times: outlive this.
    StreamReader(ListenSource& source, ArrivalTimes& times) : source_(source), times_(times) {}
    /// True: the first block of the next stream waits in next().
    [[nodiscard]] bool begin() noexcept;
    [[nodiscard]] const PcmBlock& next() const noexcept { return block_; }
    /// [s] the times are kept: longer than what comes behind holds back.
    void keepTimes(double seconds) noexcept { kept_s_ = seconds; }

    [[nodiscard]] std::string_view name() const override { return "listen source"; }
    [[nodiscard]] flow::EndKind out() const override { return kOut; }
    flow::Status pull(flow::Item& item) noexcept override;
    /// Does nothing: a source has no way back.
    void reset() override {}
    [[nodiscard]] int waitHintUs() const noexcept override;

private:
    ListenSource& source_;
    ArrivalTimes& times_;
    PcmBlock block_;
    bool waiting_ = false;  ///< block_ is the next stream's first
    int rate_hz_ = 0;       ///< of the stream
    int channels_ = 0;
    std::int64_t given_frames_ = 0;
    double kept_s_ = 5.0;
};

/// The end of a stream's flow: its coded packets to all listeners, each with its place and time.
/// Thread: one at a time, never rt.
class BroadcastWriter final : public flow::Writer {
public:
    static constexpr flow::EndKind kIn = flow::EndKind::packet;
    /// begin_s: where the stream begins when all are played in a row. encoder: who codes it; all
    /// but the format outlives this.
    BroadcastWriter(const ListenFormat& format, double begin_s, const codec::EncoderNode& encoder,
                    const ArrivalTimes& times, const ListenSinks& sinks);
    [[nodiscard]] std::string_view name() const override { return "broadcast"; }
    [[nodiscard]] flow::EndKind in() const override { return kIn; }
    /// The flush says ended, when there was a packet.
    flow::Status push(const flow::Item& item) noexcept override;
    /// Does nothing: what was sent cannot be taken back.
    void reset() override {}
    [[nodiscard]] std::string_view error() const noexcept override { return error_; }
    /// [s] where what was given ends, as begin_s.
    [[nodiscard]] double endS() const;

private:
    const ListenFormat format_;
    const double begin_s_;
    const codec::EncoderNode& encoder_;
    const ArrivalTimes& times_;
    const ListenSinks& sinks_;
    bool given_ = false;
    bool flushed_ = false;
    std::string_view error_;
};

}  // namespace doubletalk::net
