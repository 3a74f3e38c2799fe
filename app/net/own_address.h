// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHostAddress>

namespace doubletalk::net {

/// What others connect to when a server is bound to bound: for every address (0.0.0.0, ::) the
/// first one of this computer that others can reach, loopback when it is in no network; else bound.
[[nodiscard]] QHostAddress reachableAddress(const QHostAddress& bound);

}  // namespace doubletalk::net
