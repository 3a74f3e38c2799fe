// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/voice/synthesizer.h"

#ifdef DT_HAVE_ESPEAK

#include <espeak-ng/speak_lib.h>

#include <array>
#include <mutex>

namespace doubletalk::voice {
namespace {

constexpr std::size_t kMaxTextBytes = 100'000;

/// The library has one state for the whole process and no protection of its own.
std::mutex& libraryMutex() {
    static std::mutex mutex;
    return mutex;
}

/// Opens the library with the first user and closes it with the last.
class Library {
public:
    static Result<int> acquire() {
        const std::scoped_lock lock(libraryMutex());
        if (users_ == 0) {
            rate_hz_ =
                espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, nullptr, espeakINITIALIZE_DONT_EXIT);
            if (rate_hz_ <= 0) {
                return fail(ErrorKind::internal, "the embedded voice does not start", "espeak-ng",
                            "install the package espeak-ng-data");
            }
        }
        ++users_;
        return rate_hz_;
    }
    static void release() {
        const std::scoped_lock lock(libraryMutex());
        if (--users_ == 0) espeak_Terminate();
    }

private:
    static inline int users_ = 0;
    static inline int rate_hz_ = 0;
};

/// What one synthesis carries through the library's callback.
struct Job {
    int rate_hz = 0;
    const SpeechSink* sink = nullptr;
    std::vector<float> samples;
    std::vector<WordMark> words;
};

int onAudio(short* audio, int frames, espeak_EVENT* events) {
    Job& job = *static_cast<Job*>(events->user_data);
    job.samples.clear();
    job.words.clear();
    for (const espeak_EVENT* e = events; e->type != espeakEVENT_LIST_TERMINATED; ++e) {
        if (e->type != espeakEVENT_WORD) continue;
        // Characters count from 1; from the second call on an empty word may follow the last.
        if (e->text_position < 1 || e->length < 1) continue;
        job.words.push_back({double(e->audio_position), e->text_position - 1, e->length});
    }
    if (audio != nullptr) {
        for (int i = 0; i < frames; ++i) job.samples.push_back(float(audio[i]) / 32768.0F);
    }
    if (job.samples.empty() && job.words.empty()) return 0;
    return (*job.sink)({job.rate_hz, job.samples, job.words}) ? 0 : 1;
}

class EspeakSynthesizer final : public Synthesizer {
public:
    explicit EspeakSynthesizer(int rate_hz) : rate_hz_(rate_hz) {}
    ~EspeakSynthesizer() override { Library::release(); }
    EspeakSynthesizer(const EspeakSynthesizer&) = delete;
    EspeakSynthesizer& operator=(const EspeakSynthesizer&) = delete;

    Result<Utterance> speak(const std::string& text, const std::string& voice) override {
        Utterance utterance;
        utterance.rate_hz = rate_hz_;
        const SpeechSink gather = [&](const SpeechChunk& chunk) {
            auto& to = utterance.samples;
            to.insert(to.end(), chunk.samples.begin(), chunk.samples.end());
            utterance.words.insert(utterance.words.end(), chunk.words.begin(), chunk.words.end());
            return true;
        };
        if (auto done = speakStreaming(text, voice, gather); !done) {
            return tl::unexpected(done.error());
        }
        return utterance;
    }

    Result<void> speakStreaming(const std::string& text, const std::string& voice,
                                const SpeechSink& sink) override {
        if (text.empty()) {
            return fail(ErrorKind::usage, "there is no text to speak", {}, "give some words");
        }
        if (text.size() > kMaxTextBytes || text.find('\0') != std::string::npos) {
            return fail(ErrorKind::usage, "the text is too long or holds a zero byte", {},
                        "speak at most " + std::to_string(kMaxTextBytes) + " bytes at once");
        }
        const std::scoped_lock lock(libraryMutex());
        if (voice.empty() || espeak_SetVoiceByName(voice.c_str()) != EE_OK) {
            return fail(ErrorKind::usage, "the embedded voice has no voice '" + voice + "'", {},
                        "choose one of 'espeak-ng --voices', such as en or en-us");
        }
        espeak_SetSynthCallback(&onAudio);
        Job job{rate_hz_, &sink, {}, {}};
        const auto code = espeak_Synth(text.c_str(), text.size() + 1, 0, POS_CHARACTER, 0,
                                       espeakCHARS_UTF8, nullptr, &job);
        if (code != EE_OK) {
            return fail(ErrorKind::internal, "the embedded voice failed", "espeak-ng");
        }
        return {};
    }

private:
    int rate_hz_;
};

}  // namespace

Result<std::unique_ptr<Synthesizer>> createEspeakSynthesizer() {
    const auto rate_hz = Library::acquire();
    if (!rate_hz) return tl::unexpected(rate_hz.error());
    return std::make_unique<EspeakSynthesizer>(*rate_hz);
}

std::string espeakVersion() {
    const char* data_path = nullptr;
    const char* version = espeak_Info(&data_path);
    return version != nullptr ? version : "unknown";
}

}  // namespace doubletalk::voice

#else

namespace doubletalk::voice {

Result<std::unique_ptr<Synthesizer>> createEspeakSynthesizer() {
    return fail(ErrorKind::unsupported, "this build has no embedded voice", {},
                "install libespeak-ng-dev and build again, or use files");
}

std::string espeakVersion() { return {}; }

}  // namespace doubletalk::voice

#endif
