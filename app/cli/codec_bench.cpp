// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/codec_bench.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <functional>
#include <memory>

#include "app/cli/g711_peers.h"
#include "engine/codec/g711_kernels.h"
#include "engine/core/random.h"

namespace doubletalk::cli {
namespace {

using codec::G711Kernel;
using codec::G711Law;

constexpr std::size_t kBlockSamples = 32768;  // 64 KiB
constexpr double kLevel = 3277.0;             // -20 dBFS

/// Tells the compiler that somebody reads what was written.
void keep(const void* data) { asm volatile("" : : "r"(data) : "memory"); }

/// Noise at the level of speech: its codes come from all segments.
G711Material noise(G711Law law) {
    G711Material material{law, std::vector<std::int16_t>(kBlockSamples),
                          std::vector<std::byte>(kBlockSamples)};
    Random random(1);
    for (auto& sample : material.pcm) {
        sample = std::int16_t(std::clamp(kLevel * random.normal(), -32768.0, 32767.0));
    }
    codec::kG711Scalar.encode[int(law)](material.pcm.data(), material.codes.data(), kBlockSamples);
    return material;
}

/// Every sample and every code once.
G711Material everything(G711Law law) {
    G711Material material{law, std::vector<std::int16_t>(65536), std::vector<std::byte>(256)};
    for (std::size_t i = 0; i < 65536; ++i) material.pcm[i] = std::int16_t(std::uint16_t(i));
    for (std::size_t i = 0; i < 256; ++i) material.codes[i] = std::byte(i);
    return material;
}

class KernelPeer final : public G711Peer {
public:
    KernelPeer(const G711Material& material, const G711Kernel& kernel)
        : material_(material),
          kernel_(kernel),
          codes_(material.pcm.size()),
          pcm_(material.codes.size()) {}
    [[nodiscard]] std::string name() const override { return std::string(kernel_.name); }
    [[nodiscard]] std::string detail() const override { return std::string(kernel_.detail); }
    std::span<const std::byte> encode() override {
        kernel_.encode[int(material_.law)](material_.pcm.data(), codes_.data(), codes_.size());
        return codes_;
    }
    std::span<const std::int16_t> decode() override {
        kernel_.decode[int(material_.law)](material_.codes.data(), pcm_.data(), pcm_.size());
        return pcm_;
    }

private:
    const G711Material& material_;
    const G711Kernel& kernel_;
    std::vector<std::byte> codes_;
    std::vector<std::int16_t> pcm_;
};

std::vector<std::unique_ptr<G711Peer>> everyone(const G711Material& material) {
    std::vector<std::unique_ptr<G711Peer>> all;
    for (const auto* kernel : {&codec::kG711Scalar, &codec::kG711Table}) {
        all.push_back(std::make_unique<KernelPeer>(material, *kernel));
    }
    for (const auto* kernel : codec::g711SimdKernels()) {
        all.push_back(std::make_unique<KernelPeer>(material, *kernel));
    }
    for (auto& peer : g711Peers(material)) all.push_back(std::move(peer));
    return all;
}

template <class Value>
int differences(std::span<const Value> got, std::span<const Value> expected) {
    int count = int(expected.size());
    for (std::size_t i = 0; i < std::min(got.size(), expected.size()); ++i) {
        if (got[i] == expected[i]) --count;
    }
    return count;
}

void compareBits(std::span<CodecBenchRow> rows, G711Law law) {
    const auto material = everything(law);
    const auto all = everyone(material);
    for (std::size_t i = 0; i < all.size(); ++i) {  // the first one is the reference
        rows[i].different_codes = differences(all[i]->encode(), all[0]->encode());
        rows[i].different_samples = differences(all[i]->decode(), all[0]->decode());
    }
}

/// One thing to measure and where its best rate goes. run: false when it failed.
struct Measurement {
    std::function<bool()> run;
    double* samples_per_s;
    int calls = 1;  ///< that fill a round
};

double secondsOf(const Measurement& what) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < what.calls; ++i) {
        if (!what.run()) return 0.0;
    }
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void measure(std::vector<Measurement>& all, const CodecBenchOptions& options) {
    for (auto& what : all) {
        static_cast<void>(secondsOf(what));  // pages and caches
        const double seconds = secondsOf(what);
        if (seconds > 0.0) what.calls = std::max(1, int(options.round_ms * 1e-3 / seconds));
    }
    for (int round = 0; round < options.rounds; ++round) {
        for (const auto& what : all) {
            const double seconds = secondsOf(what);
            if (seconds <= 0.0) continue;
            const double rate = double(what.calls) * double(kBlockSamples) / seconds;
            *what.samples_per_s = std::max(*what.samples_per_s, rate);
        }
    }
}

void addMeasurements(std::vector<Measurement>& all, G711Peer& peer, CodecBenchRow& row) {
    const auto encode = [&peer] {
        const auto codes = peer.encode();
        keep(codes.data());
        return !codes.empty();
    };
    const auto decode = [&peer] {
        const auto pcm = peer.decode();
        keep(pcm.data());
        return !pcm.empty();
    };
    all.push_back({encode, &row.encode_samples_per_s});
    all.push_back({decode, &row.decode_samples_per_s});
    all.push_back(
        {[encode, decode] { return encode() && decode(); }, &row.round_trip_samples_per_s});
}

}  // namespace

CodecBenchReport runCodecBench(const CodecBenchOptions& options) {
    const std::array materials{noise(G711Law::mu), noise(G711Law::a)};
    CodecBenchReport report;
    report.block_bytes = int(kBlockSamples * sizeof(std::int16_t));
    std::vector<std::unique_ptr<G711Peer>> peers;
    for (const auto& material : materials) {
        const std::size_t first = report.rows.size();
        for (auto& peer : everyone(material)) {
            report.rows.push_back({material.law, peer->name(), peer->detail()});
            peers.push_back(std::move(peer));
        }
        compareBits(std::span(report.rows).subspan(first), material.law);
    }
    std::vector<Measurement> all;
    std::vector<std::int16_t> copy(kBlockSamples);
    all.push_back({[&] {
                       std::memcpy(copy.data(), materials[0].pcm.data(),
                                   kBlockSamples * sizeof(std::int16_t));
                       keep(copy.data());
                       return true;
                   },
                   &report.memcpy_samples_per_s});
    for (std::size_t i = 0; i < peers.size(); ++i) {
        addMeasurements(all, *peers[i], report.rows[i]);
    }
    measure(all, options);
    return report;
}

}  // namespace doubletalk::cli
