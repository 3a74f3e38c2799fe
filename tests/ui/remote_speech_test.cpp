// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Remote speech in the running window, with our own services in this process: what the talker says
// is transcribed, what the service speaks is heard, and the engine keeps its pace meanwhile.

#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QRegularExpression>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QThread>
#include <QUrl>
#include <QtTest>
#include <cmath>
#include <fstream>
#include <thread>

#include "app/net/ingest_sender.h"
#include "app/net/stt_server.h"
#include "app/net/tts_server.h"
#include "ui/main_window.h"
#include "ui/models/history.h"
#include "ui/panels/speak_panel.h"
#include "ui/panels/transcript_panel.h"
#include "ui/speech_services.h"
#include "ui/theme/theme.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/lamp_button.h"
#include "ui/window_actions.h"

using namespace doubletalk;
using namespace doubletalk::ui;
using bench::BenchState;
using bench::QueuedSpeech;

namespace {

constexpr int kLongMs = 30'000;

/// Nobody but the talker speaks by itself.
constexpr const char* kScene = R"({
  "id": "talker", "title": "A talker", "duration_s": 20, "seed": 3,
  "settings": {"room.noise_dbfs": -70, "network.jitter_ms": 5},
  "talkers": [{"at_s": 0.6, "level_dbfs": -26, "label": "interruption", "source": {"clip": {
    "package": "pocketsphinx-testdata",
    "path": "/usr/share/pocketsphinx/test/data/goforward.raw",
    "sha256": "f15c60ec54059d8b66e410d0064945a0b0a04ea56e1ddca1958e493c0cf70e71"}}}]
})";

LampButton& lamp(const MainWindow& window, const QString& name) {
    for (auto* button : window.findChildren<LampButton*>()) {
        if (button->text() == name) return *button;
    }
    qFatal("no button %s", qPrintable(name));
}

void connectTo(const MainWindow& window, const QString& name) {
    auto& button = lamp(window, name);
    button.menu()->actions().front()->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(button.accessibleName().endsWith("on"), kLongMs);
}

}  // namespace

class RemoteSpeechTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        QStandardPaths::setTestModeEnabled(true);
        QVERIFY(folder_.isValid());
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, folder_.path());
        QCoreApplication::setOrganizationName("doubletalk-test");
        Theme::current().applyTo(*qobject_cast<QApplication*>(QCoreApplication::instance()));
    }

    void hearsAndSpeaksWhileTheEngineKeepsItsPace() {
        net::SttServer stt;
        net::TtsServer tts;
        QVERIFY(stt.start({}));
        QVERIFY(tts.start({}));
        const auto port = std::uint16_t(QUrl(stt.address()).port());
        const auto tts_port = std::uint16_t(QUrl(tts.address()).port());
        QSettings().setValue("remote/stt_url", stt.address());
        QSettings().setValue("remote/tts_url", tts.address());
        MainWindow window;
        window.show();
        const auto scene = folder_.filePath("talker.json");
        std::ofstream(scene.toStdString()) << kScene;
        auto source = window.bench().source();
        source.scene = scene.toStdString();
        QVERIFY(window.bench().setSource(source));
        connectTo(window, "STT");
        connectTo(window, "TTS");

        QSignalSpy embedded(&window.bench(), &bench::Bench::understood);
        QSignalSpy understood(window.findChild<SpeechServices*>(), &SpeechServices::understood);
        window.run();
        QTRY_COMPARE_WITH_TIMEOUT(window.bench().state(), BenchState::running, kLongMs);
        QElapsedTimer clock;
        clock.start();
        const auto& speak = *window.findChild<SpeakPanel*>();
        const auto& transcript = *window.findChild<TranscriptPanel*>();
        const auto fromService = [&] {
            return std::any_of(understood.begin(), understood.end(), [](const auto& words) {
                return words[2].toString().contains("ten meters");
            });
        };
        QVERIFY2(QTest::qWaitFor(fromService, kLongMs),
                 qPrintable(QString("understood %1 times; %2")
                                .arg(understood.count())
                                .arg(transcript.plainText())));
        QTRY_VERIFY_WITH_TIMEOUT(!embedded.isEmpty(), kLongMs);
        QCOMPARE(transcript.plainText().count("User"), understood.count());
        emit const_cast<SpeakPanel&>(speak).speakTextWanted("This comes from a service.", "remote");
        QTRY_VERIFY_WITH_TIMEOUT(
            !window.bench().queue().empty() &&
                window.bench().queue().back().state == QueuedSpeech::State::heard,
            kLongMs);
        const auto& said = window.bench().queue().back();
        QVERIFY2(said.heard_ms > 800.0 && std::abs(said.heard_ms - said.length_ms) < 60.0,
                 qPrintable(QString("%1 of %2").arg(said.heard_ms).arg(said.length_ms)));
        QTRY_VERIFY(transcript.plainText().contains("This comes from a service"));

        window.refresh();
        const double behind_s = double(clock.elapsed()) / 1000.0 - window.history().nowS();
        QVERIFY2(behind_s < 0.3, qPrintable(QString::number(behind_s)));
        QCOMPARE(window.bench().feed().dropped(), 0);
        QCOMPARE(window.bench().machine().dropped_records, 0);
        QVERIFY(window.history().lost().empty());
        for (auto* bar : window.findChildren<ErrorBar*>()) QCOMPARE(bar->text(), QString());

        // The times of the next run are its own: who speaks at once has a pre-roll before it.
        window.bench().stop();
        QTRY_COMPARE_WITH_TIMEOUT(window.bench().state(), BenchState::idle, kLongMs);
        std::ofstream(scene.toStdString())
            << std::string(kScene).replace(std::string(kScene).find("0.6"), 3, "0.05");
        QVERIFY(window.bench().setSource(source));
        understood.clear();
        window.run();
        QTRY_VERIFY_WITH_TIMEOUT(!understood.isEmpty(), kLongMs);
        QVERIFY2(std::abs(understood.front()[0].toDouble()) < 1.0,
                 qPrintable(understood.front()[0].toString()));

        // A service that dies is explained, and the engine goes on.
        const double before_s = window.history().nowS();
        stt.shutDown();
        tts.shutDown();
        QTRY_VERIFY_WITH_TIMEOUT(lamp(window, "STT").accessibleName().endsWith("failed"), kLongMs);
        QTRY_VERIFY_WITH_TIMEOUT(window.history().nowS() > before_s + 0.5, kLongMs);
        auto* bar = window.centralWidget()->findChild<ErrorBar*>();
        QTRY_VERIFY_WITH_TIMEOUT(lamp(window, "TTS").accessibleName().endsWith("failed"), kLongMs);
        for (const auto& part : {"Speech recognition (STT): ws://", "Speech synthesis (TTS): ws://",
                                 "it is tried again"}) {
            QVERIFY2(bar->text().contains(part), qPrintable(bar->text()));
        }
        QVERIFY2(lamp(window, "STT").toolTip().contains("failed"),
                 qPrintable(lamp(window, "STT").toolTip()));
        auto* line = speak.findChild<QLineEdit*>();
        auto* voices = speak.findChild<QComboBox*>();
        voices->setCurrentIndex(voices->findData("remote"));
        line->setText("Nobody can say this.");
        QTest::keyClick(line, Qt::Key_Return);
        QCOMPARE(line->text(), QString("Nobody can say this."));
        // What was said of it goes when it is back.
        bar->clear();
        lamp(window, "STT").menu()->actions().front()->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(!bar->text().isEmpty(), kLongMs);
        QVERIFY(stt.start({.service = {.port = port}}));
        QTRY_VERIFY_WITH_TIMEOUT(!bar->text().contains("STT"), kLongMs);
        QVERIFY2(bar->text().startsWith("Speech synthesis (TTS)"), qPrintable(bar->text()));
        net::TtsServer again;
        QVERIFY(again.start({.service = {.port = tts_port}}));
        QTRY_VERIFY_WITH_TIMEOUT(bar->text().isEmpty(), kLongMs);
        // So does that it was never connected.
        lamp(window, "TTS").menu()->actions()[1]->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(lamp(window, "TTS").accessibleName().endsWith("off"), kLongMs);
        QTest::keyClick(line, Qt::Key_Return);
        QVERIFY2(bar->text().contains("not connected"), qPrintable(bar->text()));
        connectTo(window, "TTS");
        QCOMPARE(bar->text(), QString());
        QVERIFY(lamp(window, "TTS").toolTip().contains("connected"));
        // The window ends while all of it runs.
    }

    /// Any program's sound becomes an entry of the queue, as long as it comes.
    void speaksWhatIsSent() {
        MainWindow window;
        window.show();
        window.actions().speak_stream->trigger();
        std::uint16_t port = 0;
        QTRY_VERIFY_WITH_TIMEOUT((port = portOf(window)) != 0, kLongMs);
        const auto scene = folder_.filePath("talker.json");
        std::ofstream(scene.toStdString()) << kScene;
        auto source = window.bench().source();
        source.scene = scene.toStdString();
        QVERIFY(window.bench().setSource(source));
        window.run();
        QTRY_COMPARE_WITH_TIMEOUT(window.bench().state(), BenchState::running, kLongMs);
        std::string problem;
        std::jthread sender([&] { problem = sendTone(port, 1.5); });  // joined also after a failure
        const auto heard = [&] {
            const auto& queue = window.bench().queue();
            return !queue.empty() && queue.back().state == QueuedSpeech::State::heard;
        };
        QTRY_VERIFY_WITH_TIMEOUT(heard(), kLongMs);
        sender.join();
        QCOMPARE(problem, std::string());
        const auto& entry = window.bench().queue().back();
        QVERIFY(entry.title.startsWith("Stream sent to 127.0.0.1"));
        QVERIFY2(std::abs(entry.length_ms - 1500.0) < 20.0,
                 qPrintable(QString::number(entry.length_ms)));

        // Interrupted in the middle: what still comes is a new entry.
        const auto before = window.bench().queue().size();
        sender = std::jthread([&] { problem = sendTone(port, 3.0); });
        QTRY_VERIFY_WITH_TIMEOUT(window.bench().queue().size() > before &&
                                     window.bench().queue().back().heard_ms > 300.0,
                                 kLongMs);
        window.bench().interrupt();
        QTRY_VERIFY_WITH_TIMEOUT(window.bench().queue().size() == before + 2 && heard(), kLongMs);
        sender.join();
        QCOMPARE(problem, std::string());
        const auto& cut = window.bench().queue()[before];
        QCOMPARE(cut.state, QueuedSpeech::State::interrupted);
        const double all_ms = cut.length_ms + window.bench().queue().back().length_ms;
        QVERIFY2(all_ms > 2700.0 && all_ms < 3020.0, qPrintable(QString::number(all_ms)));
        window.bench().stop();
        QTRY_COMPARE_WITH_TIMEOUT(window.bench().state(), BenchState::idle, kLongMs);

        // Nobody plays: ten minutes are kept, more is refused with a reason.
        const auto full = window.bench().speakStream("ten minutes");
        const int rate_hz = window.bench().requested().stream.rate_hz;
        window.bench().append(full, std::vector<float>(std::size_t(600 * rate_hz)), true);
        const auto entries = window.bench().queue().size();
        sender = std::jthread([&] { problem = sendTone(port, 0.3); });
        const auto bars = window.findChildren<ErrorBar*>();
        const auto refused = [&] {
            return std::any_of(bars.begin(), bars.end(), [](const ErrorBar* bar) {
                return bar->text().contains("10 minutes wait");
            });
        };
        QTRY_VERIFY_WITH_TIMEOUT(refused(), kLongMs);
        sender.join();
        QCOMPARE(window.bench().queue().size(), entries);
        QVERIFY(window.bench().removeQueued(full));
        sender = std::jthread([&] { problem = sendTone(port, 0.3); });
        QTRY_COMPARE_WITH_TIMEOUT(window.bench().queue().size(), entries, kLongMs);
        sender.join();
        window.actions().speak_stream->trigger();
        QVERIFY(!window.actions().speak_stream->isChecked());
        QCOMPARE(portOf(window), std::uint16_t(0));
    }

private:
    /// As the menu tells it; 0: it does not listen.
    static std::uint16_t portOf(const MainWindow& window) {
        const auto where =
            QRegularExpression("127.0.0.1:(\\d+)")
                .match(const_cast<MainWindow&>(window).actions().speak_stream->text());
        return std::uint16_t(where.captured(1).toInt());
    }

    /// What went wrong, or nothing.
    static std::string sendTone(std::uint16_t port, double seconds) {
        net::IngestSender out;
        auto ok = out.open("127.0.0.1", port, {.rate_hz = 44100, .channels = 2});
        for (int i = 0; ok && i < int(seconds * 10.0); ++i) {
            std::vector<std::int16_t> piece(2 * 4410);
            for (std::size_t k = 0; k < piece.size(); ++k) {
                piece[k] = std::int16_t(8000.0 * std::sin(0.05 * double(k / 2)));
            }
            ok = out.send(piece);
        }
        if (ok) ok = out.finish();
        return ok ? std::string() : ok.error().message();
    }

    QTemporaryDir folder_;
};

QTEST_MAIN(RemoteSpeechTest)
#include "remote_speech_test.moc"
