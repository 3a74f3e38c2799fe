// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The engine's service thread: everything slow that the worker asks for, and its listener.
#include <chrono>

#include "engine/core/thread_role.h"
#include "engine/duplex/engine.h"
#include "engine/speech/headroom.h"

namespace doubletalk::duplex {
namespace {

constexpr std::chrono::milliseconds kServiceNap{5};

}  // namespace

void Engine::answerHeadroom() {
    const auto& settings = headroom_.settings;
    const auto found =
        speech::bargeInHeadroomDb(std::span(headroom_.residual).first(headroom_.frames), rate_,
                                  settings.vad, settings.barge_in);
    if (found) {
        const session::AnswerRecord answer{
            .block = 0, .name = "headroom", .value = *found, .text = {}};
        answers_->write(std::span(&answer, 1));
    }
    headroom_busy_ = false;
}

void Engine::buildWanted() {
    auto built =
        buildStages(stage_.settings, stage_.wanted, stage_.running.view(), stage_.failure.view());
    // The value says when it was asked for: a replay builds from the settings of that block.
    session::AnswerRecord answer{
        .block = 0, .name = "stage", .value = double(stage_.block), .text = {}};
    if (built) {
        built_ = std::make_unique<Swaps>(std::move(*built));
    } else {
        answer.text = "not built";
    }
    stage_state_ = Stage::built;
    answers_->write(std::span(&answer, 1));
}

void Engine::tellListener() {
    ToldEvent told;
    while (events_->read(std::span(&told, 1), false) == 1) {
        if (listener_) listener_(told);
    }
}

void Engine::serve() {
    setThreadRole(ThreadRole::speech);
    while (serving_) {
        tellListener();
        if (headroom_busy_) answerHeadroom();
        if (stage_state_ == Stage::wanted) buildWanted();
        if (stage_state_ == Stage::taken) {
            built_.reset();  // the old stages
            stage_state_ = Stage::idle;
        }
        std::this_thread::sleep_for(kServiceNap);
    }
    tellListener();
}

}  // namespace doubletalk::duplex
