// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <cmath>
#include <thread>

#include "engine/voice/synthesizer.h"

using namespace doubletalk;

class EspeakSynthesizerTest : public QObject {
    Q_OBJECT

    std::unique_ptr<voice::Synthesizer> voice_;

private slots:
    void init() {
        if (voice::espeakVersion().empty()) QSKIP("this build has no embedded voice");
        auto made = voice::createEspeakSynthesizer();
        QVERIFY2(made.has_value(), made ? "" : made.error().message().c_str());
        voice_ = std::move(*made);
    }

    void longerTextIsLongerSpeech() {
        const auto word = voice_->speak("One.", "en");
        const auto sentence = voice_->speak("One two three four five six seven.", "en");
        QVERIFY(word.has_value() && sentence.has_value());
        QCOMPARE(word->rate_hz, 22050);
        QVERIFY(sentence->samples.size() > 2 * word->samples.size());
        QCOMPARE(int(sentence->words.size()), 7);
        double power = 0.0;
        for (const float x : sentence->samples) {
            QVERIFY(std::abs(x) <= 1.0F);
            power += double(x) * x;
        }
        const double dbfs = 10.0 * std::log10(power / double(sentence->samples.size()));
        QVERIFY2(dbfs > -40.0 && dbfs < -6.0, qPrintable(QString::number(dbfs)));
    }

    void piecesComeInOrderAndAddUp() {
        std::size_t samples = 0;
        int pieces = 0;
        int words = 0;
        const auto done =
            voice_->speakStreaming("This is said in several pieces, one after another.", "en",
                                   [&](const voice::SpeechChunk& chunk) {
                                       ++pieces;
                                       samples += chunk.samples.size();
                                       words += int(chunk.words.size());
                                       return true;
                                   });
        QVERIFY(done.has_value());
        QVERIFY(pieces > 10);
        QCOMPARE(words, 9);
        QVERIFY(samples > 22050);
    }

    void theSinkStopsItAtOnce() {
        int pieces = 0;
        const auto stopped =
            voice_->speakStreaming(std::string(2000, 'a') + " and so on and on.", "en",
                                   [&](const voice::SpeechChunk&) { return ++pieces < 3; });
        QVERIFY(stopped.has_value());
        QCOMPARE(pieces, 3);
        const auto next = voice_->speak("Fine.", "en");
        QVERIFY(next.has_value());
        QCOMPARE(int(next->words.size()), 1);
    }

    void twoOwnersTakeTurns() {
        auto other = voice::createEspeakSynthesizer();
        QVERIFY(other.has_value());
        int wrong = 0;
        const auto talk = [&wrong](voice::Synthesizer& who) {
            for (int i = 0; i < 20; ++i) {
                const auto said = who.speak("Two of clubs.", "en");
                if (!said || said->words.size() != 3) ++wrong;
            }
        };
        std::thread a([&] { talk(*voice_); });
        int wrong_here = 0;
        for (int i = 0; i < 20; ++i) {
            const auto said = (*other)->speak("Queen of hearts now.", "en");
            if (!said || said->words.size() != 4) ++wrong_here;
        }
        a.join();
        QCOMPARE(wrong, 0);
        QCOMPARE(wrong_here, 0);
    }

    void refusesNoTextAndUnknownVoices() {
        QVERIFY(!voice_->speak("", "en").has_value());
        const auto unknown = voice_->speak("Hello.", "no-such-voice");
        QVERIFY(!unknown.has_value());
        QVERIFY(unknown.error().message().find("no-such-voice") != std::string::npos);
        QVERIFY(!voice_->speak(std::string(200'000, 'a'), "en").has_value());
    }
};

QTEST_APPLESS_MAIN(EspeakSynthesizerTest)
#include "espeak_synthesizer_test.moc"
