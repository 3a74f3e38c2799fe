// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/flow/packet_ends.h"

namespace doubletalk::flow {

Status PacketSourceReader::pull(Item& item) noexcept {
    PacketView packet;
    const Status status = source_->receive(packet);
    if (status == Status::ok) {
        item = packet;
    } else {
        item = std::monostate{};
    }
    return status;
}

Status PacketSinkWriter::push(const Item& item) noexcept {
    if (item.index() == 0) {
        flushed_ = true;
        return sink_->finish();
    }
    if (flushed_) return Status::eof;
    const auto* packet = std::get_if<PacketView>(&item);
    wrong_kind_ = packet == nullptr;
    return wrong_kind_ ? Status::error : sink_->send(*packet);
}

std::string_view PacketSinkWriter::error() const noexcept {
    return wrong_kind_ ? std::string_view("takes packets, not PCM blocks") : sink_->error();
}

}  // namespace doubletalk::flow
