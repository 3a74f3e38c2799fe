// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/device/audio_file.h"
#include "tests/fuzz/fuzz_input.h"

/// WAV, RF64, FLAC of any rate and channel count
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const MemoryFile file({data, size});
    const auto audio = doubletalk::device::readAudio(file.path(), 1 << 20);
    if (!audio) {
        require(!audio.error().what.empty());
        return 0;
    }
    require(audio->rate_hz > 0 && audio->channels > 0 && audio->frames() <= 1 << 20);
    for (const float sample : audio->samples) require(sample - sample == 0.0F);
    return 0;
}
