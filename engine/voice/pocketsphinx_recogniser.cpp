// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/voice/recogniser.h"

#ifdef DT_HAVE_POCKETSPHINX
#include <pocketsphinx.h>
#include <sphinxbase/err.h>

#include <cstdint>
#include <filesystem>
#include <vector>

#endif

namespace doubletalk::voice {

#ifdef DT_HAVE_POCKETSPHINX
namespace {

constexpr int kRateHz = 16000;
constexpr int kPaddingFrames =
    kRateHz / 5;  // silence around a segment: words at its edges are kept

struct FreeConfig {
    void operator()(cmd_ln_t* config) const { cmd_ln_free_r(config); }
};
struct FreeDecoder {
    void operator()(ps_decoder_t* decoder) const { ps_free(decoder); }
};

class PocketsphinxRecogniser final : public Recogniser {
public:
    [[nodiscard]] Result<void> open() {
        err_set_logfp(nullptr);  // the library would write to our standard error
        const std::filesystem::path model = std::filesystem::path(DT_POCKETSPHINX_MODELS) / "en-us";
        if (!std::filesystem::exists(model / "en-us.lm.bin")) {
            return fail(ErrorKind::not_found, "there is no speech model", model.string(),
                        "install the package pocketsphinx-en-us");
        }
        config_.reset(cmd_ln_init(nullptr, ps_args(), 1, "-hmm", (model / "en-us").c_str(), "-lm",
                                  (model / "en-us.lm.bin").c_str(), "-dict",
                                  (model / "cmudict-en-us.dict").c_str(), nullptr));
        if (!config_) return fail(ErrorKind::internal, "pocketsphinx refuses its model");
        return start();
    }

    [[nodiscard]] Result<std::string> recognise(std::span<const float> samples,
                                                int rate_hz) override {
        if (rate_hz != kRateHz) {
            return fail(ErrorKind::unsupported,
                        "recognition needs 16000 Hz, not " + std::to_string(rate_hz), {},
                        "set engine.rate_hz to 16000");
        }
        std::vector<std::int16_t> words(samples.size() + 2 * kPaddingFrames, 0);
        for (std::size_t i = 0; i < samples.size(); ++i) {
            const float scaled = samples[i] * 32768.0F;
            words[i + kPaddingFrames] = static_cast<std::int16_t>(
                scaled > 32767.0F ? 32767.0F : (scaled > -32768.0F ? scaled : -32768.0F));
        }
        // A used decoder remembers the channel of what it heard before.
        if (used_) {
            if (auto ok = start(); !ok) return tl::unexpected(ok.error());
        }
        used_ = true;
        ps_start_utt(decoder_.get());
        ps_process_raw(decoder_.get(), words.data(), words.size(), FALSE, TRUE);
        ps_end_utt(decoder_.get());
        int score = 0;
        const char* text = ps_get_hyp(decoder_.get(), &score);
        return std::string(text != nullptr ? text : "");
    }

private:
    [[nodiscard]] Result<void> start() {
        decoder_.reset();
        decoder_.reset(ps_init(config_.get()));
        used_ = false;
        if (!decoder_) return fail(ErrorKind::internal, "pocketsphinx does not start");
        return {};
    }

    std::unique_ptr<cmd_ln_t, FreeConfig> config_;
    std::unique_ptr<ps_decoder_t, FreeDecoder> decoder_;
    bool used_ = false;
};

}  // namespace

Result<std::unique_ptr<Recogniser>> createPocketsphinxRecogniser() {
    auto recogniser = std::make_unique<PocketsphinxRecogniser>();
    if (auto ok = recogniser->open(); !ok) return tl::unexpected(ok.error());
    return recogniser;
}
#else
Result<std::unique_ptr<Recogniser>> createPocketsphinxRecogniser() {
    return fail(ErrorKind::unsupported, "this build has no speech recognition", {},
                "install libpocketsphinx-dev and build again");
}
#endif

}  // namespace doubletalk::voice
