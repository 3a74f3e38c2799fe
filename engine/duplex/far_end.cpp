// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/far_end.h"

#include <algorithm>

#include "engine/duplex/pcm_payload.h"

namespace doubletalk::duplex {
namespace {

constexpr int kOpenLeadMs = 300;  // of an open item before it begins

}  // namespace

FarEnd::FarEnd(const StreamFormat& format, SampleRate engine_rate, std::vector<FarEndItem> items,
               std::uint64_t seed, const network::NetworkParams& params)
    : format_(format), engine_rate_(engine_rate), network_(seed, params) {
    for (auto& item : items) items_.push_back(std::make_unique<FarEndItem>(std::move(item)));
    std::stable_sort(items_.begin(), items_.end(),
                     [](const auto& a, const auto& b) { return a->at_s < b->at_s; });
}

ItemId FarEnd::add(FarEndItem item) {
    const auto first = items_.begin() + std::ptrdiff_t(next_);
    const auto at = std::find_if(first, items_.end(),
                                 [&](const auto& other) { return other->at_s > item.at_s; });
    item.id = at == items_.begin() ? 1 : (*std::prev(at))->id + 1;
    const auto id = item.id;
    for (auto later = at; later != items_.end(); ++later) ++(*later)->id;
    items_.insert(at, std::make_unique<FarEndItem>(std::move(item)));
    return id;
}

std::size_t FarEnd::findWaiting(std::int64_t ticket) const {
    for (auto i = next_; i < items_.size(); ++i) {
        if (items_[i]->ticket == ticket && ticket != 0) return i;
    }
    return items_.size();
}

void FarEnd::append(std::int64_t ticket, std::span<const float> samples, bool last) {
    const auto found = std::find_if(items_.begin(), items_.end(), [&](const auto& item) {
        return item->ticket == ticket && item->open;
    });
    if (found == items_.end()) return;
    auto& item = **found;
    item.samples.insert(item.samples.end(), samples.begin(), samples.end());
    if (!last) return;
    item.open = false;
    if (item.id <= newest_begun_) completed_.push_back(&item);
    // Everything was sent before this was known: an empty end travels as one frame of silence.
    if (current_ == &item && position_ >= std::int64_t(item.samples.size())) {
        item.samples.resize(std::size_t(position_) + std::size_t(format_.frameFrames()), 0.0F);
    }
}

bool FarEnd::remove(std::int64_t ticket) {
    const auto at = findWaiting(ticket);
    if (at == items_.size()) return false;
    items_.erase(items_.begin() + std::ptrdiff_t(at));
    return true;
}

bool FarEnd::move(std::int64_t ticket, int places) {
    auto at = findWaiting(ticket);
    if (at == items_.size()) return false;
    for (const int step = places < 0 ? -1 : 1; places != 0; places -= step) {
        auto other = at + std::size_t(step);
        while (other >= next_ && other < items_.size() && items_[other]->ticket == 0) {
            other += std::size_t(step);
        }
        if (other < next_ || other >= items_.size()) break;
        // Places, ids and times stay; what is said there changes.
        std::swap(items_[at], items_[other]);
        std::swap(items_[at]->id, items_[other]->id);
        std::swap(items_[at]->at_s, items_[other]->at_s);
        at = other;
    }
    return true;
}

std::vector<std::int64_t> FarEnd::waiting() const {
    std::vector<std::int64_t> tickets;
    for (auto i = next_; i < items_.size(); ++i) {
        if (items_[i]->ticket != 0) tickets.push_back(items_[i]->ticket);
    }
    return tickets;
}

ItemId FarEnd::interrupt() {
    if (current_ != nullptr && current_->open) {
        items_[next_ - 1]->open = false;
        completed_.push_back(current_);
    }
    paused_ = false;
    current_ = nullptr;
    while (next_ < items_.size() && items_[next_]->at_s * 1e9 <= double(now_ns_)) ++next_;
    return newest_begun_;
}

void FarEnd::begin(std::int64_t now_ns) {
    if (current_ != nullptr || next_ == items_.size()) return;
    const auto due_ns = std::int64_t(items_[next_]->at_s * 1e9);
    if (due_ns > now_ns) return;
    const auto& first = *items_[next_];
    if (first.open && std::ssize(first.samples) < format_.rate.hz * kOpenLeadMs / 1000) {
        waits_for_lead_ = true;
        return;
    }
    // Its first frames are sent when they are there, not when their maker began.
    const auto ready_ns = std::exchange(waits_for_lead_, false) ? now_ns : due_ns;
    current_ = items_[next_++].get();
    position_ = 0;
    newest_begun_ = std::max(newest_begun_, current_->id);
    begun_.push_back(current_);
    const std::int64_t frame_ns = std::int64_t(format_.frame_ms) * 1'000'000;
    const auto earliest = std::max(ready_ns, spurt_end_ns_);
    // The sender's frames lie on one grid; its time stamps go on through the silence between items.
    const auto start = (earliest + frame_ns - 1) / frame_ns * frame_ns;
    marker_ = start > spurt_end_ns_ || spurt_end_ns_ == 0;
    timestamp_ += std::uint32_t((start - spurt_end_ns_) / frame_ns * format_.frameFrames());
    next_send_ns_ = start;
}

OwnedPacket FarEnd::makePacket() {
    OwnedPacket packet;
    auto& header = packet.header;
    const auto frames = format_.frameFrames();
    header.sequence = sequence_++;
    header.timestamp = timestamp_;
    header.marker = std::exchange(marker_, false);
    header.item = current_->id;
    header.item_sample = double(position_);
    header.send_ns = next_send_ns_;
    const auto total = std::int64_t(current_->samples.size());
    const auto n = std::min<std::int64_t>(frames, total - position_);
    frame_.assign(current_->samples.begin() + position_, current_->samples.begin() + position_ + n);
    // The last packet is as short as what is left; an item of nothing is one sample of silence.
    if (n == 0) frame_.resize(1, 0.0F);
    header.frames = std::uint16_t(frame_.size());
    packet.payload = toPcm16Payload(frame_);
    position_ += frames;
    timestamp_ += std::uint32_t(frames);
    header.last = position_ >= total && !current_->open;
    return packet;
}

void FarEnd::sendDue(std::int64_t now_ns) {
    const std::int64_t frame_ns = std::int64_t(format_.frame_ms) * 1'000'000;
    while (current_ != nullptr && !current_->direct && next_send_ns_ <= now_ns) {
        const bool starved =
            current_->open && position_ + format_.frameFrames() > std::ssize(current_->samples);
        if (starved) {
            paused_ = true;
            next_send_ns_ += frame_ns;
            timestamp_ += std::uint32_t(format_.frameFrames());
            continue;
        }
        marker_ |= std::exchange(paused_, false);
        auto packet = makePacket();
        const auto header = packet.header;
        if (lose_next_ > 0) {
            --lose_next_;
            lost_.push_back({.block = 0, .header = header});
        } else if (network_.send(std::move(packet)).lost) {
            lost_.push_back({.block = 0, .header = header});
        }
        next_send_ns_ += frame_ns;
        spurt_end_ns_ = next_send_ns_;
        if (header.last) {
            current_ = nullptr;
            begin(now_ns);
        }
    }
}

void FarEnd::fillDirect() {
    direct_samples_.clear();
    direct_spans_.clear();
    if (current_ == nullptr || !current_->direct) return;
    // The item's audio is at the engine's rate here; positions count in the stream's samples.
    const double scale = double(format_.rate.hz) / engine_rate_.hz;
    const auto total = std::int64_t(current_->samples.size());
    const auto n = std::min<std::int64_t>(engine_rate_.blockFrames(), total - position_);
    direct_samples_.assign(current_->samples.begin() + position_,
                           current_->samples.begin() + position_ + n);
    direct_spans_.push_back({.item = current_->id,
                             .frames = n,
                             .item_sample = double(position_) * scale,
                             .item_samples_per_frame = scale,
                             .last = position_ + n >= total});
    position_ += n;
    if (position_ >= total) current_ = nullptr;
}

void FarEnd::step(std::int64_t now_ns) {
    now_ns_ = now_ns;
    inbox_.clear();
    views_.clear();
    lost_.clear();
    begun_.clear();
    std::swap(completed_, now_completed_);
    completed_.clear();
    begin(now_ns);
    sendDue(now_ns);
    fillDirect();
    network_.receive(now_ns, inbox_);
    for (const auto& [packet, arrival_ns] : inbox_) views_.push_back({packet.view(), arrival_ns});
}

}  // namespace doubletalk::duplex
