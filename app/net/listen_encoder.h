// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <memory>
#include <thread>

#include "app/net/broadcast_ends.h"

namespace doubletalk::net {

/// Codes a source in a thread of its own, one flow (source, encoder, broadcast) a stream. At the
/// end of a stream of the source all of it is given, what the codec held back too. Thread: start(),
/// stop() owner's; the sinks are called on the encoder's.
class ListenEncoder {
public:
    struct Options {
        codec::CodecId codec = codec::CodecId::mp3;  ///< one with a MIME type
        int bitrate_bps = 128'000;
        int chunk_samples = 0;  ///< [frames] of a packet; 0: the codec's own
    };

    ~ListenEncoder() { stop(); }
    void start(std::unique_ptr<ListenSource> source, const Options& options, ListenSinks sinks);
    void stop();

private:
    class Streams;

    std::atomic<bool> ending_{false};
    std::thread thread_;
};

}  // namespace doubletalk::net
