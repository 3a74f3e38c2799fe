// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "engine/flow/node.h"

namespace doubletalk::flow {

/// What both ends of a transport (a socket, a pipe) say about themselves; see Node.
class PacketEnd {
public:
    virtual ~PacketEnd() = default;
    [[nodiscard]] virtual std::string_view name() const = 0;
    [[nodiscard]] virtual std::string_view error() const noexcept { return {}; }
    [[nodiscard]] virtual const Error* failure() const noexcept { return nullptr; }
    [[nodiscard]] virtual int waitHintUs() const noexcept { return 0; }
    [[nodiscard]] virtual WakeUp* wakeUp() noexcept { return nullptr; }
};

/// Where packets come from. Thread: one at a time, never rt.
class PacketSource : public PacketEnd {
public:
    /// ok: packet is valid until the next call. again: nothing now. eof: the other side has ended.
    virtual Status receive(PacketView& packet) noexcept = 0;
};

/// Where packets go. Thread: one at a time, never rt.
class PacketSink : public PacketEnd {
public:
    /// again: nothing taken, the other side is too slow.
    virtual Status send(const PacketView& packet) noexcept = 0;
    /// Nothing more comes. again: not all has left yet.
    virtual Status finish() noexcept = 0;
};

/// A source of packets as a reader. Thread: that of the source.
class PacketSourceReader final : public Reader {
public:
    static constexpr EndKind kOut = EndKind::packet;
    /// source: never null.
    explicit PacketSourceReader(std::unique_ptr<PacketSource> source)
        : source_(std::move(source)) {}
    [[nodiscard]] std::string_view name() const override { return source_->name(); }
    [[nodiscard]] EndKind out() const override { return kOut; }
    Status pull(Item& item) noexcept override;
    /// Does nothing: what was received does not come again.
    void reset() override {}
    [[nodiscard]] std::string_view error() const noexcept override { return source_->error(); }
    [[nodiscard]] const Error* failure() const noexcept override { return source_->failure(); }
    [[nodiscard]] int waitHintUs() const noexcept override { return source_->waitHintUs(); }
    [[nodiscard]] WakeUp* wakeUp() noexcept override { return source_->wakeUp(); }
    [[nodiscard]] PacketSource& source() noexcept { return *source_; }

private:
    std::unique_ptr<PacketSource> source_;
};

/// A sink of packets as a writer. Thread: that of the sink.
class PacketSinkWriter final : public Writer {
public:
    static constexpr EndKind kIn = EndKind::packet;
    /// sink: never null.
    explicit PacketSinkWriter(std::unique_ptr<PacketSink> sink) : sink_(std::move(sink)) {}
    [[nodiscard]] std::string_view name() const override { return sink_->name(); }
    [[nodiscard]] EndKind in() const override { return kIn; }
    Status push(const Item& item) noexcept override;
    /// Does nothing: what was sent cannot be taken back.
    void reset() override {}
    [[nodiscard]] std::string_view error() const noexcept override;
    [[nodiscard]] const Error* failure() const noexcept override {
        return wrong_kind_ ? nullptr : sink_->failure();
    }
    [[nodiscard]] int waitHintUs() const noexcept override { return sink_->waitHintUs(); }
    [[nodiscard]] WakeUp* wakeUp() noexcept override { return sink_->wakeUp(); }
    [[nodiscard]] PacketSink& sink() noexcept { return *sink_; }

private:
    std::unique_ptr<PacketSink> sink_;
    bool flushed_ = false;
    bool wrong_kind_ = false;
};

}  // namespace doubletalk::flow
