// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/g711_peers.h"

namespace doubletalk::cli {

std::vector<std::unique_ptr<G711Peer>> g711Peers(const G711Material& material) {
    std::vector<std::unique_ptr<G711Peer>> peers;
    for (auto* make : {libavcodecPeer, spandspPeer}) {
        if (auto peer = make(material)) peers.push_back(std::move(peer));
    }
    return peers;
}

}  // namespace doubletalk::cli
