// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <variant>

#include "engine/core/frames.h"
#include "engine/core/packet.h"
#include "engine/core/result.h"

namespace doubletalk {
class WakeUp;
}

namespace doubletalk::flow {

/// One block of audio on its way through a pipeline. Memory belongs to whoever made the block and
/// stays valid until that node is asked again; stages write in place or into buffers of their own.
/// Mono; more channels, interleaved, pass only between nodes that take them: Node::maxChannels().
struct PcmBlock {
    std::span<float> samples;
    SampleRate rate{16000};
    std::int64_t first_frame = 0;  ///< on the stream's clock
    std::span<const float> far;    ///< aligned reference of these frames; may be empty
    std::span<float> linear;       ///< room for the canceller's linear output; may be empty
    bool lost = false;
    bool concealed = false;
    bool clipped = false;
    int far_shift_samples = 0;
    int channels = 1;

    [[nodiscard]] std::int64_t frames() const noexcept {
        return std::int64_t(samples.size()) / channels;
    }
};

/// A node's end carries PCM blocks or coded packets, never both.
enum class EndKind : std::uint8_t { none, pcm, packet };

/// nothing: a push of nothing flushes; a pull that returns Again leaves it here.
using Item = std::variant<std::monostate, PcmBlock, PacketView>;

/// ok; again: nothing now, push more (or ask later); eof: after the last; error: see Node::error().
enum class Status : std::uint8_t { ok, again, eof, error };

/// Common face of everything in a pipeline. push()/pull() of engine nodes are real-time safe.
/// Contract: push(item) hands one item in, push of nothing = flush; pull gives the next item, again
/// when more input is needed, eof once everything flushed has come out. A writer may answer again
/// to a push and takes nothing then (it is full), also to the flush: not all of it is out yet.
/// Nodes whose ends are known at compile time say so in kIn and kOut, for TypedPipeline.
class Node {
public:
    virtual ~Node() = default;
    [[nodiscard]] virtual std::string_view name() const = 0;
    [[nodiscard]] virtual EndKind in() const = 0;
    [[nodiscard]] virtual EndKind out() const = 0;
    virtual Status push(const Item& item) noexcept = 0;
    virtual Status pull(Item& item) noexcept = 0;
    virtual void reset() = 0;
    /// True while a part of what was pushed is not used up: pull before the next push, and leave
    /// the memory of the item alone until then.
    [[nodiscard]] virtual bool holdsInput() const noexcept { return false; }
    /// Of the blocks it takes, at most; whoever moves items refuses to push more.
    [[nodiscard]] virtual int maxChannels() const noexcept { return 1; }
    /// Why the last call returned error.
    [[nodiscard]] virtual std::string_view error() const noexcept { return {}; }
    /// The same with its kind, place and hint, from nodes that know these; a run ends with it.
    [[nodiscard]] virtual const Error* failure() const noexcept { return nullptr; }
    /// After again: [us] when it is worth asking anew; 0: no idea.
    [[nodiscard]] virtual int waitHintUs() const noexcept { return 0; }
    /// Signalled whenever again may no longer hold: what to sleep on before asking anew; null for
    /// ends that have to be polled. Lives as long as the node.
    [[nodiscard]] virtual WakeUp* wakeUp() noexcept { return nullptr; }
};

/// False: a block with more channels than the node takes.
[[nodiscard]] inline bool takesChannels(const Node& node, const Item& item) noexcept {
    const auto* block = std::get_if<PcmBlock>(&item);
    return block == nullptr || block->channels == 1 || block->channels <= node.maxChannels();
}
inline constexpr std::string_view kTooManyChannels =
    "takes fewer channels than the block has; mix them into one before";

inline constexpr int kAnyChannels = std::numeric_limits<int>::max();

/// Both ends open.
class Processor : public Node {};

/// Only pulled: a file, a generator, a network end.
class Reader : public Node {
public:
    static constexpr EndKind kIn = EndKind::none;
    [[nodiscard]] EndKind in() const final { return kIn; }
    Status push(const Item&) noexcept final { return Status::error; }
};

/// Only pushed.
class Writer : public Node {
public:
    static constexpr EndKind kOut = EndKind::none;
    [[nodiscard]] EndKind out() const final { return kOut; }
    Status pull(Item&) noexcept final { return Status::again; }
};

}  // namespace doubletalk::flow
