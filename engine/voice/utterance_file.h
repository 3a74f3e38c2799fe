// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "engine/core/result.h"
#include "engine/voice/synthesizer.h"

namespace doubletalk::voice {

/// What an utterance was made of: two with equal keys sound the same.
struct UtteranceKey {
    std::string text;
    std::string voice;
    std::string version;  ///< of the library
    friend bool operator==(const UtteranceKey&, const UtteranceKey&) = default;
    /// Thirty-two hexadecimal digits for a file name.
    [[nodiscard]] std::string hash() const;
};

/// One utterance in one file: a line of JSON (key, rate, words, checksum), then 16-bit little
/// endian samples. Errors: io, format (damaged, or of another key; renders again).
[[nodiscard]] Result<Utterance> readUtterance(const std::filesystem::path& file,
                                              const UtteranceKey& key);
[[nodiscard]] Result<void> writeUtterance(const std::filesystem::path& file,
                                          const UtteranceKey& key, const Utterance& utterance);
/// A file that holds an error instead, so that a helper process can say what went wrong.
[[nodiscard]] Result<void> writeUtteranceError(const std::filesystem::path& file,
                                               const Error& error);

}  // namespace doubletalk::voice
