// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <vector>

#include "tests/bench/loop_rig.h"

// Resident memory: one engine above an empty process with the same libraries, and each further
// stream. Goals: 10 MiB, 200 KiB (speexdsp, 1024 taps).

namespace {

/// [KiB] resident now. Ref: proc(5), statm.
long residentKib() {
    long pages = 0;
    long resident = 0;
    std::FILE* file = std::fopen("/proc/self/statm", "r");
    if (file == nullptr) return -1;
    const int got = std::fscanf(file, "%ld %ld", &pages, &resident);
    std::fclose(file);
    return got == 2 ? resident * 4 : -1;
}

}  // namespace

int main() {
    using namespace doubletalk;
    constexpr int kStreams = 50;
    const bench::Material material(SampleRate{16000});
    duplex::Settings settings;
    settings.echo.canceller = "speexdsp";
    settings.echo.tail_ms = 64;  // 1024 taps at 16 kHz
    const long empty = residentKib();
    std::vector<std::unique_ptr<bench::LoopRig>> rigs;
    long first = 0;
    for (int i = 0; i < kStreams; ++i) {
        auto rig = bench::LoopRig::make(settings, material);
        if (!rig) {
            fmt::print(stderr, "{}\n", rig.error().message());
            return 1;
        }
        for (int block = 0; block < 300; ++block) (**rig)(block);
        rigs.push_back(std::move(*rig));
        if (i == 0) first = residentKib();
    }
    const long all = residentKib();
    fmt::print("empty process      {} KiB\n", empty);
    fmt::print("one engine         +{} KiB (goal 10240)\n", first - empty);
    fmt::print("each further one   +{} KiB (goal 200)\n", (all - first) / (kStreams - 1));
    return 0;
}
