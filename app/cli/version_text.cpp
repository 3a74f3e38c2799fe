// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/version_text.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "app/cli/features.h"

namespace doubletalk::cli {
namespace {

struct Feature {
    std::string_view name;
    std::string_view text;
};

constexpr std::array kFeatures{
    Feature{"webrtc", features::kWebrtc},
    Feature{"espeak-ng", features::kEspeak},
    Feature{"speexdsp", features::kSpeexdsp},
    Feature{"sndfile", features::kSndfile},
    Feature{"fftw", features::kFftw},
    Feature{"soxr", features::kSoxr},
    Feature{"nlohmann-json", features::kJson},
    Feature{"CLI11", features::kCli11},
    Feature{"fmt", features::kFmt},
    Feature{"sanitizers", features::kSanitizers},
};

}  // namespace

std::string versionText() {
    auto text = fmt::format("doubletalk-cli {}\nbuild: {}, {}, {}\nfeatures:\n", features::kVersion,
                            features::kBuildType, features::kCompiler, features::kSystem);
    for (const auto& feature : kFeatures) {
        text +=
            fmt::format("  {:<14} {}\n", feature.name, feature.text.empty() ? "no" : feature.text);
    }
    text.pop_back();
    return text;
}

}  // namespace doubletalk::cli
