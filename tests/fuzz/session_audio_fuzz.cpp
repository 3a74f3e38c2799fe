// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/session/wav_file.h"
#include "tests/fuzz/fuzz_input.h"

using namespace doubletalk::session;

/// audio.wav and the tracks
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const MemoryFile file({data, size});
    int rate_hz = 0;
    const auto audio = readWav(file.path(), 0, 1 << 20, rate_hz);
    if (audio) require(!audio->empty() && rate_hz > 0);
    return 0;
}
