// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/net/listen_source.h"
#include "engine/flow/node.h"

namespace doubletalk::net {

/// A source as the beginning of a flow, at its own pace: a packet of 16-bit PCM a block, channels
/// interleaved, header.frames in each of them. Thread: one at a time, never rt.
class SourceReader final : public flow::Reader {
public:
    static constexpr flow::EndKind kOut = flow::EndKind::packet;
    /// source: never null; frames: eof after so many, 0: with the end of the source only.
    SourceReader(std::unique_ptr<ListenSource> source, std::int64_t frames, std::string name);
    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] flow::EndKind out() const override { return kOut; }
    flow::Status pull(flow::Item& item) noexcept override;
    /// Does nothing: a source has no way back.
    void reset() override {}
    [[nodiscard]] int waitHintUs() const noexcept override;

private:
    std::unique_ptr<ListenSource> source_;
    std::int64_t frames_;
    std::int64_t given_frames_ = 0;
    std::string name_;
    PcmBlock block_;
    std::vector<std::int16_t> samples_;
    PacketHeader header_;
};

}  // namespace doubletalk::net
