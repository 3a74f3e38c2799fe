// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/request_server.h"

#include <algorithm>

#include "engine/echo/canceller_factory.h"
#include "engine/jitter/concealer_registry.h"
#include "engine/jitter/jitter_buffer_registry.h"
#include "engine/noise/reducer_registry.h"
#include "engine/speech/headroom.h"
#include "engine/speech/vad_registry.h"

namespace doubletalk::duplex {
namespace {

constexpr BlockIndex kHeadroomDueBlocks = 10;
constexpr BlockIndex kBuildDueBlocks = 1;

template <class Stage, class... Params>
Result<void> buildInto(std::unique_ptr<Stage>& slot, Result<std::unique_ptr<Stage>> created,
                       const Params&... params) {
    if (!created) return tl::unexpected(created.error());
    if (auto ok = (*created)->prepare(params...); !ok) return ok;
    slot = std::move(*created);
    return {};
}

}  // namespace

Result<Swaps> buildStages(const Settings& settings, const Requests& requests,
                          std::string_view running_canceller, std::string_view failure) {
    Swaps swaps;
    swaps.built_for = settings;
    const SampleRate rate{settings.engine.rate_hz};
    const StreamFormat format{SampleRate{settings.stream.rate_hz}, settings.stream.frame_ms};
    if (requests.canceller || requests.canceller_failed) {
        auto built = requests.canceller_failed
                         ? echo::buildFallback(rate, settings.echo, running_canceller, failure)
                         : echo::buildCanceller(rate, settings.echo);
        if (!built) return tl::unexpected(built.error());
        swaps.canceller = std::move(built->canceller);
        swaps.canceller_reason = Name(built->reason);
    }
    Result<void> ok;
    if (requests.reducer) {
        ok = buildInto(swaps.reducer, noise::createNoiseReducer(settings.noise.reducer), rate,
                       settings.noise);
    }
    if (ok && requests.jitter_buffer) {
        ok = buildInto(swaps.jitter_buffer, jitter::createJitterBuffer(settings.jitter.buffer),
                       format, settings.jitter);
    }
    if (ok && requests.concealer) {
        ok = buildInto(swaps.concealer, jitter::createConcealer(settings.loss.concealer), format,
                       settings.loss);
    }
    if (ok && requests.detector) {
        ok = buildInto(swaps.detector, speech::createVoiceActivityDetector(settings.vad.detector),
                       rate, settings.vad);
    }
    if (!ok) return tl::unexpected(ok.error());
    return swaps;
}

RequestServer::RequestServer(std::vector<session::AnswerRecord> recorded)
    : replaying_(true), recorded_(std::move(recorded)) {}

void RequestServer::build(const Requests& requests, BlockLoop& loop, BlockIndex due) {
    building_ = true;
    auto swaps = buildStages(loop.settings(), requests, loop.uplink().traits().name,
                             loop.uplink().canceller().failure());
    Pending pending;
    pending.answer = {.block = due, .name = "stage", .value = 0.0, .text = {}};
    if (swaps) {
        pending.swaps = std::move(*swaps);
    } else {
        notices_.push_back(swaps.error().message());
        pending.answer.text = Name("not built");
    }
    pending_.push_back(std::move(pending));
}

void RequestServer::serve(const Requests& requests, BlockLoop& loop, BlockIndex block) {
    if (replaying_) {
        const auto next = std::find_if(
            recorded_.begin() + std::ptrdiff_t(next_answer_), recorded_.end(),
            [](const session::AnswerRecord& answer) { return answer.name == "stage"; });
        const bool asked_here = next != recorded_.end() && BlockIndex(next->value) == block;
        if (requests.anyStage() && !building_ && asked_here) build(requests, loop, next->block);
        return;
    }
    if (requests.headroom) {
        const auto& settings = loop.settings();
        residual_.resize(loop.turn().residualCapacity());
        const auto n = loop.turn().readResidual(residual_);
        const auto found = speech::bargeInHeadroomDb(std::span<const float>(residual_).first(n),
                                                     SampleRate{settings.engine.rate_hz},
                                                     settings.vad, settings.barge_in);
        if (found) {
            Pending pending;
            pending.answer = {.block = block + kHeadroomDueBlocks,
                              .name = "headroom",
                              .value = *found,
                              .text = {}};
            pending_.push_back(std::move(pending));
        }
    }
    if (requests.anyStage() && !building_) build(requests, loop, block + kBuildDueBlocks);
}

std::span<const session::AnswerRecord> RequestServer::answers(BlockIndex block) {
    now_.clear();
    for (auto it = pending_.begin(); it != pending_.end();) {
        if (it->answer.block > block) {
            ++it;
            continue;
        }
        if (!replaying_) now_.push_back(it->answer);
        if (it->swaps) {
            swaps_ = std::move(*it->swaps);
            has_swaps_ = true;
        }
        if (it->answer.name == "stage") building_ = false;
        it = pending_.erase(it);
    }
    while (next_answer_ < recorded_.size() && recorded_[next_answer_].block <= block) {
        now_.push_back(recorded_[next_answer_++]);
    }
    for (auto& answer : now_) answer.block = block;
    return now_;
}

void RequestServer::finish(BlockLoop& loop) {
    if (has_swaps_) swaps_ = {};
    has_swaps_ = false;
    (void)loop.uplink().takeRetired();
}

}  // namespace doubletalk::duplex
