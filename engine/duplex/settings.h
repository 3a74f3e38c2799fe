// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/duplex/duplex_params.h"
#include "engine/echo/echo_params.h"
#include "engine/flow/buffer_params.h"
#include "engine/jitter/jitter_params.h"
#include "engine/network/network_params.h"
#include "engine/noise/noise_params.h"
#include "engine/room/room_params.h"
#include "engine/session/session_params.h"
#include "engine/speech/speech_params.h"

namespace doubletalk::duplex {

/// Every setting of one engine; trivially copyable.
struct Settings {
    EngineParams engine;
    StreamParams stream;
    echo::EchoParams echo;
    noise::NoiseParams noise;
    jitter::JitterParams jitter;
    jitter::LossParams loss;
    speech::VadParams vad;
    speech::SegmentParams segment;
    speech::BargeInParams barge_in;
    flow::BufferParams buffer;
    HealthParams health;
    network::NetworkParams network;
    room::RoomParams room;
    session::SessionParams session;
};

/// One module of Settings: its name is the part before the dot.
struct SettingsModule {
    std::string_view name;
    std::span<const params::ParamRow> rows;
    void* (*at)(Settings& settings);
};
[[nodiscard]] std::span<const SettingsModule> settingsModules();

/// One setting by its full name.
struct SettingRef {
    const SettingsModule* module = nullptr;
    const params::ParamRow* row = nullptr;
    [[nodiscard]] std::string fullName() const;
    [[nodiscard]] params::ParamValue get(const Settings& settings) const;
    /// Does not allocate. value must have passed checkParam.
    void set(Settings& settings, const params::ParamValue& value) const;
};

/// Errors: usage (unknown name; names the nearest one).
[[nodiscard]] Result<SettingRef> findSetting(std::string_view full_name);
/// Every setting, in table order.
[[nodiscard]] std::vector<SettingRef> allSettings();
/// All values as {"echo.tail_ms": 256, ...}.
[[nodiscard]] nlohmann::json settingsToJson(const Settings& settings);

}  // namespace doubletalk::duplex
