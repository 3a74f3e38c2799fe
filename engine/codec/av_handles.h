// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "engine/core/result.h"

struct AVCodecContext;
struct AVCodecParserContext;
struct AVFrame;
struct AVPacket;
struct SwrContext;

namespace doubletalk::codec {

/// Frees what the libav* libraries gave.
struct AvFree {
    void operator()(AVCodecContext* p) const noexcept;
    void operator()(AVCodecParserContext* p) const noexcept;
    void operator()(AVFrame* p) const noexcept;
    void operator()(AVPacket* p) const noexcept;
    void operator()(SwrContext* p) const noexcept;
};
using CodecContextPtr = std::unique_ptr<AVCodecContext, AvFree>;
using ParserPtr = std::unique_ptr<AVCodecParserContext, AvFree>;
using FramePtr = std::unique_ptr<AVFrame, AvFree>;
using PacketPtr = std::unique_ptr<AVPacket, AvFree>;
using SwrPtr = std::unique_ptr<SwrContext, AvFree>;

[[nodiscard]] FramePtr makeFrame();
[[nodiscard]] PacketPtr makePacket();

/// Keeps the libraries' own messages off standard error; any number of calls, any thread.
void silenceLibrary();
/// An error of the library, of the kind given. What its code says is added where that helps: no
/// memory (the kind is internal then), a disk or pipe that failed; its other codes are about
/// itself.
[[nodiscard]] tl::unexpected<Error> avFail(int code, ErrorKind kind, const std::string& what,
                                           std::string where = {}, std::string hint = {});

}  // namespace doubletalk::codec
