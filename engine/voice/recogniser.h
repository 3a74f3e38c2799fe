// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>
#include <string>

#include "engine/core/result.h"

namespace doubletalk::voice {

/// Speech recognition of whole segments. Slow and memory-hungry (a decoder with a language model
/// takes some 92 MiB and 15 % of real time). Thread: speech (one owner), never the worker.
class Recogniser {
public:
    virtual ~Recogniser() = default;
    /// What was said in these samples (float ±1.0), in lower case; empty: nothing understood. Each
    /// call starts afresh, so that a segment's text does not depend on the ones before.
    /// Errors: rate other than 16000 Hz, library failure.
    [[nodiscard]] virtual Result<std::string> recognise(std::span<const float> samples,
                                                        int rate_hz) = 0;
};

/// pocketsphinx with its US English model. Errors: unsupported (not in this build), not_found
/// (names the package that brings the model).
[[nodiscard]] Result<std::unique_ptr<Recogniser>> createPocketsphinxRecogniser();

}  // namespace doubletalk::voice
