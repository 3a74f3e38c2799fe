// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/g711_peers.h"

#if DT_SPANDSP
#include <spandsp.h>
#include <spandsp/version.h>

namespace doubletalk::cli {
namespace {

struct Release {
    void operator()(g711_state_t* state) const { g711_free(state); }
};

class SpandspPeer final : public G711Peer {
public:
    SpandspPeer(const G711Material& material, g711_state_t* state)
        : material_(material),
          state_(state),
          codes_(material.pcm.size()),
          pcm_(material.codes.size()) {}
    [[nodiscard]] std::string name() const override { return "spandsp"; }
    [[nodiscard]] std::string detail() const override { return SPANDSP_RELEASE_DATETIME_STRING; }

    std::span<const std::byte> encode() override {
        const int n = g711_encode(state_.get(), reinterpret_cast<std::uint8_t*>(codes_.data()),
                                  material_.pcm.data(), int(material_.pcm.size()));
        return std::span(codes_).first(std::size_t(n));
    }
    std::span<const std::int16_t> decode() override {
        const int n = g711_decode(state_.get(), pcm_.data(),
                                  reinterpret_cast<const std::uint8_t*>(material_.codes.data()),
                                  int(material_.codes.size()));
        return std::span(pcm_).first(std::size_t(n));
    }

private:
    const G711Material& material_;
    std::unique_ptr<g711_state_t, Release> state_;
    std::vector<std::byte> codes_;
    std::vector<std::int16_t> pcm_;
};

}  // namespace

std::unique_ptr<G711Peer> spandspPeer(const G711Material& material) {
    const bool mu = material.law == codec::G711Law::mu;
    auto* state = g711_init(nullptr, mu ? G711_ULAW : G711_ALAW);
    if (state == nullptr) return nullptr;
    return std::make_unique<SpandspPeer>(material, state);
}

}  // namespace doubletalk::cli
#else
namespace doubletalk::cli {
std::unique_ptr<G711Peer> spandspPeer(const G711Material&) { return nullptr; }
}  // namespace doubletalk::cli
#endif
