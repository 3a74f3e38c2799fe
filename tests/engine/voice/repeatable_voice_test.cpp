// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "engine/voice/synthesizer.h"
#include "engine/voice/utterance_file.h"

using namespace doubletalk;
namespace fs = std::filesystem;

class RepeatableVoiceTest : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> cache_;

    fs::path folder() const {
        return fs::path(cache_->path().toStdString()) / "doubletalk" / "voice";
    }
    std::vector<fs::path> entries() const {
        std::vector<fs::path> found;
        for (const auto& entry : fs::directory_iterator(folder())) found.push_back(entry.path());
        return found;
    }

private slots:
    void init() {
        if (voice::espeakVersion().empty()) QSKIP("this build has no embedded voice");
        cache_ = std::make_unique<QTemporaryDir>();
        qputenv("XDG_CACHE_HOME", cache_->path().toUtf8());
        qputenv("DOUBLETALK_SPEAK", DT_SPEAK);
    }

    void theSameAudioWhateverWasSaidBefore() {
        const auto first = voice::renderRepeatable("Seven of hearts.", "en");
        QVERIFY2(first.has_value(), first ? "" : first.error().message().c_str());
        QVERIFY(first->samples.size() > std::size_t(first->rate_hz / 2));
        for (const fs::path& entry : entries()) fs::remove(entry);
        // Another utterance in between would change what one process says next.
        QVERIFY(voice::renderRepeatable("Something else.", "en").has_value());
        const auto again = voice::renderRepeatable("Seven of hearts.", "en");
        QVERIFY(again.has_value());
        QCOMPARE(again->samples, first->samples);
        QCOMPARE(again->words.size(), first->words.size());
    }

    void wordsAreMarked() {
        const std::string text = "Go forward ten meters.";
        const auto spoken = voice::renderRepeatable(text, "en");
        QVERIFY(spoken.has_value());
        QCOMPARE(int(spoken->words.size()), 4);
        QCOMPARE(spoken->words[1].text_position, 3);
        QCOMPARE(spoken->words[1].length, 7);
        double last = -1.0;
        const double end_ms = 1000.0 * double(spoken->samples.size()) / spoken->rate_hz;
        for (const auto& word : spoken->words) {
            QVERIFY(word.at_ms > last && word.at_ms < end_ms);
            last = word.at_ms;
        }
    }

    void theCacheIsUsedAndSeparatesVoices() {
        const auto plain = voice::renderRepeatable("Hello.", "en");
        QVERIFY(plain.has_value());
        QCOMPARE(int(entries().size()), 1);
        // With no helper to start, only the cache can answer.
        qputenv("DOUBLETALK_SPEAK", "/nowhere/doubletalk-speak");
        const auto cached = voice::renderRepeatable("Hello.", "en");
        QVERIFY(cached.has_value());
        QCOMPARE(cached->samples, plain->samples);
        QCOMPARE(cached->words.size(), plain->words.size());
        const auto missing = voice::renderRepeatable("Hello.", "en-us");
        QVERIFY(!missing.has_value());
        QCOMPARE(int(missing.error().kind), int(ErrorKind::not_found));
        QVERIFY(!missing.error().hint.empty());
        qputenv("DOUBLETALK_SPEAK", DT_SPEAK);
        const auto other = voice::renderRepeatable("Hello.", "en-us");
        QVERIFY(other.has_value());
        QVERIFY(other->samples != plain->samples);
        QCOMPARE(int(entries().size()), 2);
    }

    void aDamagedEntryIsRenderedAgain_data() {
        QTest::addColumn<int>("damage");
        QTest::newRow("one bit of the sound") << 0;
        QTest::newRow("cut") << 1;
        QTest::newRow("empty") << 2;
        QTest::newRow("another text") << 3;
        QTest::newRow("no JSON") << 4;
    }
    void aDamagedEntryIsRenderedAgain() {
        QFETCH(int, damage);
        const auto good = voice::renderRepeatable("Hello again.", "en");
        QVERIFY(good.has_value());
        const fs::path entry = entries().at(0);
        std::string bytes;
        {
            std::ifstream in(entry, std::ios::binary);
            bytes.assign(std::istreambuf_iterator<char>(in), {});
        }
        const std::string original = bytes;
        if (damage == 0) bytes[bytes.size() - 1000] ^= 1;
        if (damage == 1) bytes.resize(bytes.size() - 100);
        if (damage == 2) bytes.clear();
        if (damage == 3) bytes.replace(bytes.find("Hello"), 5, "Hullo");
        if (damage == 4) bytes[0] = 'x';
        std::ofstream(entry, std::ios::binary) << bytes;
        const auto again = voice::renderRepeatable("Hello again.", "en");
        QVERIFY(again.has_value());
        QCOMPARE(again->samples, good->samples);
        std::ifstream in(entry, std::ios::binary);
        const std::string repaired{std::istreambuf_iterator<char>(in), {}};
        QVERIFY(repaired == original);
        QCOMPARE(int(entries().size()), 1);  // nothing is left lying about
    }

    void worksWithoutACacheFolder() {
        const auto cached = voice::renderRepeatable("No cache.", "en");
        // A file where the folder should be: not even root can write there.
        const std::string file = (cache_->path() + "/file").toStdString();
        std::ofstream(file) << "x";
        qputenv("XDG_CACHE_HOME", QByteArray::fromStdString(file));
        const auto spoken = voice::renderRepeatable("No cache.", "en");
        QVERIFY2(spoken.has_value(), spoken ? "" : spoken.error().message().c_str());
        QCOMPARE(spoken->samples, cached->samples);
    }

    void namesWhatIsWrong() {
        const auto empty = voice::renderRepeatable("", "en");
        QVERIFY(!empty.has_value());
        QCOMPARE(int(empty.error().kind), int(ErrorKind::usage));
        const auto unknown = voice::renderRepeatable("Hello.", "klingon-9");
        QVERIFY(!unknown.has_value());
        QVERIFY(unknown.error().message().find("klingon-9") != std::string::npos);
        QCOMPARE(int(unknown.error().kind), int(ErrorKind::usage));
        const std::string tricky = "$(touch x); `id` \"quoted\" -h";
        QVERIFY(voice::renderRepeatable(tricky, "en").has_value());
        const auto option = voice::renderRepeatable("Hello.", "-h");
        QVERIFY(!option.has_value());
    }

    void aHelperThatFailsIsAnError() {
        for (const char* program : {"/bin/false", "/bin/true"}) {
            qputenv("DOUBLETALK_SPEAK", program);
            QVERIFY(!voice::renderRepeatable("Hello.", "en").has_value());
        }
    }

    void theHelperExplainsItself() {
        QProcess helper;
        helper.start(DT_SPEAK, QStringList{});
        QVERIFY(helper.waitForFinished());
        QCOMPARE(helper.exitCode(), 2);
        QVERIFY(helper.readAllStandardError().contains("usage"));
    }
};

QTEST_GUILESS_MAIN(RepeatableVoiceTest)
#include "repeatable_voice_test.moc"
