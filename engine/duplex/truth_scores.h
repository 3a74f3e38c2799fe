// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/duplex/scene_material.h"
#include "engine/duplex/truth_taps.h"

namespace doubletalk::duplex {

struct TruthScoreInput {
    const TruthTaps& taps;
    std::span<const LabelledTurn> turns;
    const echo::CreateCanceller& create;  ///< another instance of the running engine
};

/// erle_true_linear_db, convergence and reconvergence of the linear stage, erle_after_change_db,
/// echo_attenuation_db and echo_loss_db of METRICS; what cannot be said is null. Off-line.
void addEchoTruth(nlohmann::json& metrics, const TruthScoreInput& input);

/// near_si_sdr_db, near_si_sdr_linear_db, near_loss_db and near_loss_silent_db: the reference is
/// the talker alone through the linear stage of a second engine with a silent far end.
void addNearEndScores(nlohmann::json& metrics, const TruthScoreInput& input);

}  // namespace doubletalk::duplex
