// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <api/audio/echo_control.h>

#include <memory>

namespace doubletalk::echo {

/// A factory of AEC3 instances that export their linear stage. The library's own factory leaves
/// that off inside, and asking for the output then crashes (webrtc-audio-processing 1.3).
[[nodiscard]] std::unique_ptr<webrtc::EchoControlFactory> makeAec3LinearFactory();

}  // namespace doubletalk::echo
