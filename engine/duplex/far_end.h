// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/packet.h"
#include "engine/duplex/block_io.h"
#include "engine/network/simulated_network.h"

namespace doubletalk::duplex {

/// One utterance of the assistant, ready to be sent: its own audio at the stream's rate.
struct FarEndItem {
    ItemId id = 0;
    double at_s = 0.0;
    std::vector<float> samples;
    std::string text;
    std::string kind;  ///< "speech", "file"
    bool direct = false;
    std::int64_t ticket = 0;  ///< name of an entry that was added live; 0: the scene's own
    bool open = false;        ///< more samples will come, by append()
};

/// The assistant's side of a scene: sends its items one after the other as packets, a frame at a
/// time at their pace, through the simulated network; direct items go to the engine block by block.
/// Thread: net (one at a time).
class FarEnd {
public:
    /// engine_rate: of the direct blocks. Items are sorted by at_s.
    FarEnd(const StreamFormat& format, SampleRate engine_rate, std::vector<FarEndItem> items,
           std::uint64_t seed, const network::NetworkParams& params);

    void setNetwork(const network::NetworkParams& params) { network_.setParams(params); }
    [[nodiscard]] Result<void> useTrace(const std::filesystem::path& csv) {
        return network_.useTrace(csv);
    }
    void spike(std::int64_t now_ns, double height_ms) { network_.spike(now_ns, height_ms); }
    /// Stops the item being sent and forgets those that wait; returns the newest item begun.
    ItemId interrupt();
    /// The next packets are lost.
    void loseNext(int packets) { lose_next_ += packets; }
    /// One more item, behind those that are due no later. Ids grow in the order of sending, so
    /// those of later ones move up; returns its id now.
    ItemId add(FarEndItem item);
    /// More of an open item's audio, as a speech service makes it; last: that was all. An item that
    /// is sent faster than it is made pauses: its packets then begin a new talk spurt.
    void append(std::int64_t ticket, std::span<const float> samples, bool last);
    /// Open items that got their last samples since the step before.
    [[nodiscard]] std::span<const FarEndItem* const> completed() const { return now_completed_; }
    /// Takes back what was added and has not begun. False: there is none (any more).
    bool remove(std::int64_t ticket);
    /// Puts what was added and waits so many places later (below 0: earlier) among its like.
    bool move(std::int64_t ticket, int places);
    /// Added items that have not begun, in order.
    [[nodiscard]] std::vector<std::int64_t> waiting() const;

    /// Everything up to now_ns: what arrived, what was lost, one block of direct audio.
    void step(std::int64_t now_ns);
    [[nodiscard]] std::span<const ArrivedPacket> arrived() const { return views_; }
    [[nodiscard]] std::span<const session::PacketRecord> lost() const { return lost_; }
    [[nodiscard]] DirectBlock direct() const { return {direct_samples_, direct_spans_}; }
    /// Items begun in the last step.
    [[nodiscard]] std::span<const FarEndItem* const> begun() const { return begun_; }
    [[nodiscard]] bool idle() const { return current_ == nullptr && next_ == items_.size(); }

private:
    [[nodiscard]] std::size_t findWaiting(std::int64_t ticket) const;
    void begin(std::int64_t now_ns);
    void sendDue(std::int64_t now_ns);
    [[nodiscard]] OwnedPacket makePacket();
    void fillDirect();

    StreamFormat format_;
    SampleRate engine_rate_;
    std::vector<std::unique_ptr<FarEndItem>> items_;
    int lose_next_ = 0;
    network::SimulatedNetwork network_;
    std::size_t next_ = 0;
    const FarEndItem* current_ = nullptr;
    std::int64_t position_ = 0;  ///< next sample of current_
    std::int64_t next_send_ns_ = 0;
    std::int64_t now_ns_ = 0;
    ItemId newest_begun_ = 0;
    std::uint16_t sequence_ = 0;
    std::uint32_t timestamp_ = 0;
    bool marker_ = true;
    std::int64_t spurt_end_ns_ = 0;
    std::vector<std::pair<OwnedPacket, std::int64_t>> inbox_;
    std::vector<ArrivedPacket> views_;
    std::vector<session::PacketRecord> lost_;
    std::vector<const FarEndItem*> begun_, completed_, now_completed_;
    bool paused_ = false;          ///< waits for more of an open item
    bool waits_for_lead_ = false;  ///< the next one is open and has too little yet
    std::vector<float> frame_, direct_samples_;
    std::vector<ProvenanceSpan> direct_spans_;
};

}  // namespace doubletalk::duplex
