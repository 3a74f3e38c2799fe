// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jitter/fixed_buffer.h"

namespace doubletalk::jitter {

namespace {

/// Behind by more than this with the network well again: a spike was taken for a pause.
constexpr double kFarBehindMs = 500.0;

}  // namespace

Slot FixedBuffer::get(std::int64_t slot_ns) noexcept {
    if (!running(slot_ns)) return {};
    if (!store_.empty() && headDelayMs(slot_ns) > startDelayMs() + kFarBehindMs &&
        newestDelayMs() < startDelayMs()) {
        while (store_.size() > 1 && headDelayMs(slot_ns) > startDelayMs() + frameMs()) skipHead();
        ++counts_.adjustments;
    }
    switch (head()) {
        case Head::due:
            return playHead(slot_ns);
        case Head::pause:
            return pause();
        case Head::hole:
            return conceal();
        case Head::none:
            break;
    }
    if (silentForLong(slot_ns)) {
        endSpurt();
        return {};
    }
    return lastWasSpeech() ? conceal() : pause();
}

JitterState FixedBuffer::state() const noexcept {
    JitterState state = SequencedBuffer::state();
    state.target_ms = params_.target_ms;
    return state;
}

}  // namespace doubletalk::jitter
