// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QHttpServer;

namespace doubletalk::net {

/// Routes of the page that listens: "/", its script, style and icon, out of the program itself; no
/// path of a request is ever looked up. The page may load nothing from elsewhere and be in no
/// frame.
void serveListenPage(QHttpServer& http);

}  // namespace doubletalk::net
