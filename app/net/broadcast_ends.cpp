// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/broadcast_ends.h"

#include <algorithm>

#include "engine/codec/codec_nodes.h"

namespace doubletalk::net {
namespace {

using flow::Item;
using flow::Status;

constexpr int kPollUs = 4000;
constexpr double kNsPerMs = 1e6;
constexpr double kMsPerS = 1e3;

}  // namespace

void ArrivalTimes::add(std::int64_t frames, int rate_hz, std::int64_t entered_ns, double kept_s) {
    frames_ += frames;
    const double end_s = double(frames_) / rate_hz;
    stamps_.push_back({end_s, entered_ns});
    while (stamps_.front().end_s < end_s - kept_s) stamps_.pop_front();
}

double ArrivalTimes::enteredMs(double at_s) const {
    if (stamps_.empty()) return 0.0;
    const auto at = std::find_if(stamps_.begin(), stamps_.end(),
                                 [&](const Stamp& stamp) { return stamp.end_s >= at_s; });
    const auto& stamp = at == stamps_.end() ? stamps_.back() : *at;
    return double(stamp.entered_ns) / kNsPerMs - (stamp.end_s - at_s) * kMsPerS;
}

void ArrivalTimes::clear() {
    stamps_.clear();
    frames_ = 0;
}

bool StreamReader::begin() noexcept {
    if (!waiting_) waiting_ = source_.read(block_) == Fed::block;
    if (!waiting_) return false;
    rate_hz_ = block_.rate_hz;
    channels_ = block_.channels;
    given_frames_ = 0;
    times_.clear();
    return true;
}

Status StreamReader::pull(Item& item) noexcept {
    item = std::monostate{};
    if (!waiting_) {
        const Fed fed = source_.read(block_);
        if (fed != Fed::block) return fed == Fed::end ? Status::eof : Status::again;
    }
    waiting_ = block_.rate_hz != rate_hz_ || block_.channels != channels_;
    if (waiting_) return Status::eof;
    flow::PcmBlock block;
    block.samples = std::span(block_.interleaved).first(std::size_t(block_.samples));
    block.rate = SampleRate{rate_hz_};
    block.channels = channels_;
    block.first_frame = given_frames_;
    given_frames_ += block.frames();
    times_.add(block.frames(), rate_hz_, block_.entered_ns, kept_s_);
    item = block;
    return Status::ok;
}

int StreamReader::waitHintUs() const noexcept { return kPollUs; }

BroadcastWriter::BroadcastWriter(const ListenFormat& format, double begin_s,
                                 const codec::EncoderNode& encoder, const ArrivalTimes& times,
                                 const ListenSinks& sinks)
    : format_(format), begin_s_(begin_s), encoder_(encoder), times_(times), sinks_(sinks) {}

Status BroadcastWriter::push(const Item& item) noexcept {
    if (flushed_) return item.index() == 0 ? Status::ok : Status::eof;
    if (item.index() == 0) {
        flushed_ = true;
        if (given_) sinks_.ended(format_.number);
        return Status::ok;
    }
    const auto* packet = std::get_if<PacketView>(&item);
    if (packet == nullptr || packet->header.payload_type != codec::kCodedPayload) {
        error_ = "takes coded packets";
        return Status::error;
    }
    given_ = true;
    const double source_s = packet->header.item_sample / format_.rate_hz;
    const double delay_s = double(encoder_.encoder().delayFrames()) / format_.rate_hz;
    sinks_.packet({format_.number,
                   QByteArray(reinterpret_cast<const char*>(packet->payload.data()),
                              qsizetype(packet->payload.size())),
                   begin_s_ + source_s + delay_s, times_.enteredMs(source_s)});
    return Status::ok;
}

double BroadcastWriter::endS() const {
    return begin_s_ + double(encoder_.codedFrames()) / format_.rate_hz;
}

}  // namespace doubletalk::net
