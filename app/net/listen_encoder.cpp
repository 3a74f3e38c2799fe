// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/listen_encoder.h"

#include <chrono>

#include "engine/codec/codec_nodes.h"
#include "engine/flow/runner.h"

namespace doubletalk::net {
namespace {

using namespace std::chrono_literals;
using flow::Status;

constexpr auto kPollPause = 4ms;
constexpr double kKeptS = 5.0;  // longer than any codec holds back beside its chunk

}  // namespace

/// The streams of a source, one after the other. Thread: the encoder's.
class ListenEncoder::Streams {
public:
    Streams(ListenSource& source, const Options& options, const ListenSinks& sinks,
            const std::atomic<bool>& ending)
        : reader_(source, times_), options_(options), sinks_(sinks), ending_(ending) {}

    void carryAll() {
        while (!ending_) {
            if (reader_.begin()) {
                carry();
            } else {
                std::this_thread::sleep_for(kPollPause);
            }
        }
    }

private:
    void carry() {
        codec::EncoderOptions wanted;
        wanted.codec = options_.codec;
        wanted.rate_hz = reader_.next().rate_hz;
        wanted.channels = reader_.next().channels;
        wanted.bitrate_bps = options_.bitrate_bps;
        wanted.chunk_samples = options_.chunk_samples;
        ++number_;
        auto opened = codec::EncoderNode::open(wanted);
        if (!opened) {
            fail(opened.error());
            return skip();
        }
        auto& encoder = **opened;
        const ListenFormat format{number_, options_.codec, encoder.encoder().codedRateHz(),
                                  wanted.channels, encoder.encoder().chunkSamples()};
        reader_.keepTimes(kKeptS + double(format.chunk_samples) / format.rate_hz);
        BroadcastWriter writer(format, end_s_, encoder, times_, sinks_);
        sinks_.format(format);

        flow::Node* const row[] = {&encoder};
        flow::RunOptions run;
        run.cancel = &ending_;
        run.flush_on_cancel = false;
        run.max_wait_ms = 0;  // a source may be silent for as long as it likes
        const auto carried = flow::Runner::run(reader_, row, writer, run);
        end_s_ = writer.endS();
        if (carried) return;
        fail(carried.error());
        skip();
        writer.push(std::monostate{});
    }

    void fail(const Error& error) { sinks_.failed(QString::fromStdString(error.message())); }

    /// What cannot be coded is not heard, up to the next stream.
    void skip() {
        flow::Item item;
        for (Status status = Status::ok; status != Status::eof && !ending_;) {
            status = reader_.pull(item);
            if (status == Status::again) std::this_thread::sleep_for(kPollPause);
        }
    }

    ArrivalTimes times_;
    StreamReader reader_;
    const Options& options_;
    const ListenSinks& sinks_;
    const std::atomic<bool>& ending_;
    int number_ = 0;
    double end_s_ = 0.0;  ///< of all streams so far
};

void ListenEncoder::start(std::unique_ptr<ListenSource> source, const Options& options,
                          ListenSinks sinks) {
    stop();
    thread_ = std::thread([this, options, source = std::move(source), sinks = std::move(sinks)] {
        Streams(*source, options, sinks, ending_).carryAll();
    });
}

void ListenEncoder::stop() {
    ending_ = true;
    if (thread_.joinable()) thread_.join();
    ending_ = false;
}

}  // namespace doubletalk::net
