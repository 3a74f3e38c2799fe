// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <atomic>
#include <functional>
#include <memory>
#include <thread>

#include "app/net/listen_source.h"
#include "engine/codec/codec_list.h"

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

/// Codes a source in a thread of its own and hands the packets on. At the end of a stream of the
/// source all of it is given, what the codec held back too.
/// Thread: start(), stop() owner's; the sinks are called on the encoder's.
class ListenEncoder {
public:
    struct Options {
        codec::CodecId codec = codec::CodecId::mp3;  ///< one with a MIME type
        int bitrate_bps = 128'000;
        int chunk_samples = 0;  ///< [frames] of a packet; 0: the codec's own
    };
    struct Sinks {
        std::function<void(const ListenFormat&)> format;
        std::function<void(const ListenPacket&)> packet;
        /// All of a stream has been given; nothing follows for now.
        std::function<void(int number)> ended;
        /// This format cannot be coded; the next one may.
        std::function<void(const QString& why)> failed;
    };

    ~ListenEncoder() { stop(); }
    void start(std::unique_ptr<ListenSource> source, const Options& options, Sinks sinks);
    void stop();

private:
    class Stream;
    void work(ListenSource& source, const Options& options, const Sinks& sinks) const;

    std::atomic<bool> ending_{false};
    std::thread thread_;
};

}  // namespace doubletalk::net
