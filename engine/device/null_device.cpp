// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/device/null_device.h"

#include <algorithm>

namespace doubletalk::device {

void NullDevice::capture(std::span<float> in) { std::fill(in.begin(), in.end(), 0.0F); }

}  // namespace doubletalk::device
