// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/codec/g711.h"

namespace doubletalk::cli {

/// What the peers work on, over and over.
struct G711Material {
    codec::G711Law law = codec::G711Law::mu;
    std::vector<std::int16_t> pcm;
    std::vector<std::byte> codes;
};

/// Somebody else's G.711, to compare bits and speed with. Each call does all of the material anew;
/// what it gives is valid until the next one, and empty when the library failed. Thread: user.
class G711Peer {
public:
    virtual ~G711Peer() = default;
    [[nodiscard]] virtual std::string name() const = 0;    ///< "libavcodec"
    [[nodiscard]] virtual std::string detail() const = 0;  ///< version
    virtual std::span<const std::byte> encode() = 0;
    virtual std::span<const std::int16_t> decode() = 0;
};

/// Those this program was built with. material outlives them.
[[nodiscard]] std::vector<std::unique_ptr<G711Peer>> g711Peers(const G711Material& material);

/// Null when the library has no such codec, or the program was built without it.
[[nodiscard]] std::unique_ptr<G711Peer> libavcodecPeer(const G711Material& material);
[[nodiscard]] std::unique_ptr<G711Peer> spandspPeer(const G711Material& material);

}  // namespace doubletalk::cli
