// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/av_handles.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/frame.h>
#include <libavutil/log.h>
#include <libswresample/swresample.h>
}

#include <algorithm>
#include <array>
#include <cerrno>
#include <mutex>
#include <new>
#include <system_error>

namespace doubletalk::codec {

void AvFree::operator()(AVCodecContext* p) const noexcept { avcodec_free_context(&p); }
void AvFree::operator()(AVCodecParserContext* p) const noexcept { av_parser_close(p); }
void AvFree::operator()(AVFrame* p) const noexcept { av_frame_free(&p); }
void AvFree::operator()(AVPacket* p) const noexcept { av_packet_free(&p); }
void AvFree::operator()(SwrContext* p) const noexcept { swr_free(&p); }

FramePtr makeFrame() {
    FramePtr frame(av_frame_alloc());
    if (!frame) throw std::bad_alloc();
    return frame;
}

PacketPtr makePacket() {
    PacketPtr packet(av_packet_alloc());
    if (!packet) throw std::bad_alloc();
    return packet;
}

void silenceLibrary() {
    static std::once_flag once;
    std::call_once(once, [] { av_log_set_callback([](void*, int, const char*, va_list) {}); });
}

tl::unexpected<Error> avFail(int code, ErrorKind kind, const std::string& what, std::string where,
                             std::string hint) {
    if (code == AVERROR(ENOMEM)) kind = ErrorKind::internal;
    constexpr std::array kTold{ENOMEM, EIO, ENOSPC, EPIPE, EFBIG, EDQUOT};
    const int system = AVUNERROR(code);
    const bool told = std::find(kTold.begin(), kTold.end(), system) != kTold.end();
    return fail(kind, told ? what + ": " + std::generic_category().message(system) : what,
                std::move(where), std::move(hint));
}

}  // namespace doubletalk::codec
