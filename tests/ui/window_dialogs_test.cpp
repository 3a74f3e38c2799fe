// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Dialogs with work behind them: analysis of a pair of files, listening in a browser. With
// DT_GRABS=folder their pictures are kept there.

#include <QAbstractButton>
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QRadioButton>
#include <QSet>
#include <QSettings>
#include <QSignalSpy>
#include <QSpinBox>
#include <QWebSocket>
#include <QtTest>
#include <cmath>

#include "engine/codec/decoder.h"
#include "engine/codec/media_kind.h"
#include "engine/device/audio_file.h"
#include "tests/ui/panel_support.h"
#include "tests/ui/scene_history.h"
#include "ui/browser_listening.h"
#include "ui/device_dialog.h"
#include "ui/hear_button.h"
#include "ui/listen_dialog.h"
#include "ui/main_window.h"
#include "ui/models/history.h"
#include "ui/offline_dialog.h"
#include "ui/replay_dialog.h"
#include "ui/save_track_dialog.h"
#include "ui/source_choice.h"
#include "ui/widgets/error_bar.h"
#include "ui/window_actions.h"

using namespace doubletalk;
using namespace doubletalk::ui;
using bench::BenchState;

namespace {

constexpr int kLongMs = 30'000;
constexpr int kRateHz = 16000;

}  // namespace

class WindowDialogsTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        qputenv("PULSE_SERVER", "/nowhere");  // none of this needs a sound server
        QStandardPaths::setTestModeEnabled(true);
        QVERIFY(folder_.isValid());
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, folder_.path());
        QCoreApplication::setOrganizationName("doubletalk-test");
        Theme::current().applyTo(*qobject_cast<QApplication*>(QCoreApplication::instance()));
    }

    /// No sound server: everything says so, and nothing waits for ever.
    void devicesHaveNoDeadEnd() {
        DeviceDialog dialog({}, "gone monitor", kRateHz);
        dialog.show();
        const auto choices = dialog.findChildren<QRadioButton*>();
        auto& measure = button(dialog, "Measure round trip");
        QVERIFY(choices[0]->isChecked() && !measure.isEnabled());
        choices[1]->click();
        QVERIFY(measure.isEnabled() && dialog.source().devices);
        measure.click();
        QVERIFY(!measure.isEnabled());
        auto* errors = dialog.findChild<ErrorBar*>();
        QTRY_VERIFY_WITH_TIMEOUT(measure.isEnabled() && !errors->text().isEmpty(), kLongMs);
        QVERIFY(std::isnan(dialog.roundTripMs()));
        QCOMPARE(dialog.monitorId(), QString("gone monitor"));
        keepPicture(dialog, "devices");
        measure.click();
        dialog.reject();  // in the middle of it

        MainWindow window;
        window.show();
        auto* hear = window.findChild<HearButton*>();
        for (const auto tap : {bench::FeedTap::far, bench::FeedTap::output}) {
            for (auto* bar : window.findChildren<ErrorBar*>()) bar->clear();
            QCOMPARE(errorsOf(window), QString());
            hear->hearTap(tap);
            QTRY_VERIFY(!errorsOf(window).isEmpty());
            QCOMPARE(hear->property("kind").toString(), QString());
        }
        hear->playFile(path("gone.wav"));
        QTRY_VERIFY_WITH_TIMEOUT(errorsOf(window).contains("gone.wav"), kLongMs);
    }

    void aTrackIsSavedInEveryFormat() {
        const auto session = path("session");
        {
            SceneHistory run("barge_in", {}, session.toStdString());
            History history;
            run.run(history, 3.0);
            run.finish();
        }
        SaveTrackDialog dialog;
        auto& save = button(dialog, "Save");  // Cancel, while it works
        dialog.show();
        QVERIFY(!save.isEnabled());
        dialog.setSession(session);
        const auto boxes = dialog.findChildren<QComboBox*>();
        QTRY_VERIFY_WITH_TIMEOUT(boxes[0]->count() > 3, kLongMs);
        const auto& tracks = dialog.saver().tracks();
        std::size_t longest = 0;
        std::size_t microphone = tracks.size();
        for (std::size_t i = 0; i < tracks.size(); ++i) {
            if (tracks[i].lengthS() > tracks[longest].lengthS()) longest = i;
            if (tracks[i].name == "mic") microphone = i;
        }
        QVERIFY(microphone < tracks.size());
        boxes[0]->setCurrentIndex(int(microphone));
        auto* file = dialog.findChild<QLineEdit*>();
        for (const auto& kind : codec::mediaKinds()) {
            boxes[1]->setCurrentIndex(int(&kind - codec::mediaKinds().data()));
            QVERIFY(file->text().endsWith('.' + QString::fromUtf8(kind.name.data())));
            dialog.save();
            QTRY_VERIFY_WITH_TIMEOUT(!dialog.saver().busy(), kLongMs);
            QVERIFY2(QFileInfo::exists(file->text()), qPrintable(errorsOf(dialog)));
            QCOMPARE(save.text().remove('&'), QString("Save"));
            const auto back = device::readAudio(file->text().toStdString());
            if (!back) QFAIL(back.error().message().c_str());
            const auto frames = std::int64_t(tracks[microphone].samples.size());
            const auto off = std::abs(back->frames() - frames);
            QVERIFY2(kind.exact_length ? off == 0 : off < 4096,
                     qPrintable(QString("%1: %2").arg(kind.name.data()).arg(off)));
            float most = 0.0F;
            for (const float sample : back->samples) most = std::max(most, std::abs(sample));
            QVERIFY2(most > 0.01F, kind.name.data());
            if (codec::rowOf(kind.codec).lossless) {
                for (std::size_t i = 0; i < back->samples.size(); i += 97) {
                    QVERIFY(std::abs(back->samples[i] - tracks[microphone].samples[i]) < 1e-4F);
                }
            }
        }
        keepPicture(dialog, "save-track");
        // A file that is there is replaced only when the user agrees.
        QFile taken(path("taken.wav"));
        QVERIFY(taken.open(QIODevice::WriteOnly) && taken.write("mine") == 4);
        taken.close();
        boxes[1]->setCurrentIndex(0);
        for (const bool replace : {false, true}) {
            file->setText(path("taken.wav"));
            dialog.save();
            auto* question = dialog.findChild<QMessageBox*>();
            QVERIFY(question != nullptr && !dialog.saver().busy());
            for (auto* button : question->buttons()) {
                const bool agrees = question->buttonRole(button) == QMessageBox::AcceptRole;
                if (agrees != replace) continue;
                button->click();
                break;
            }
            QTRY_VERIFY_WITH_TIMEOUT(
                !dialog.saver().busy() && dialog.findChild<QMessageBox*>() == nullptr, kLongMs);
            QCOMPARE(QFileInfo(taken).size() == 4, !replace);
        }
        // Cancelled in the middle: no file. A folder that is not there is explained.
        boxes[0]->setCurrentIndex(int(longest));
        file->setText(path("half.mp3"));
        boxes[1]->setCurrentIndex(2);
        dialog.save();
        auto* bitrate = dialog.findChild<QSpinBox*>();
        QVERIFY(!bitrate->isEnabled());
        dialog.cancel();
        QTRY_VERIFY_WITH_TIMEOUT(!dialog.saver().busy(), kLongMs);
        QVERIFY(bitrate->isEnabled());
        QVERIFY(!QFileInfo::exists(path("half.mp3")));
        file->setText("/nowhere/there.mp3");
        dialog.save();
        QTRY_VERIFY_WITH_TIMEOUT(
            dialog.findChild<ErrorBar*>()->text().contains("/nowhere/there.mp3"), kLongMs);
    }

    /// Another session is asked for while the first one is read.
    void tracksAreThoseOfTheSessionAskedFor() {
        for (const auto& [name, seconds] : {std::pair{"first", 3.0}, {"second", 1.0}}) {
            SceneHistory run("barge_in", {}, path(name).toStdString());
            History history;
            run.run(history, seconds);
            run.finish();
        }
        SaveTrackDialog dialog;
        dialog.show();
        dialog.setSession(path("first"));
        dialog.reject();
        dialog.setSession(path("second"));
        dialog.show();
        auto* tracks = dialog.findChildren<QComboBox*>()[0];
        QTRY_VERIFY_WITH_TIMEOUT(tracks->count() > 3 && !dialog.saver().busy(), kLongMs);
        QTest::qWait(100);
        QCOMPARE(tracks->count(), int(dialog.saver().tracks().size()));
        QCOMPARE(dialog.saver().tracks().front().lengthS(), 1.0);
        QVERIFY2(dialog.findChild<QLineEdit*>()->text().startsWith(path("second_")),
                 qPrintable(dialog.findChild<QLineEdit*>()->text()));
    }

    void ratesAndChannelsAreChosenAndKept() {
        bench::BenchSource source;
        source.devices = true;
        source.input_rate_hz = 48000;
        source.output_channels = 2;
        DeviceDialog dialog(source, {}, kRateHz);
        const auto box = [&](const QString& name) {
            for (auto* one : dialog.findChildren<QComboBox*>()) {
                if (one->accessibleName() == name) return one;
            }
            qFatal("no box %s", qPrintable(name));
        };
        QCOMPARE(dialog.source().input_rate_hz, 48000);
        QCOMPARE(dialog.source().output_channels, 2);
        QCOMPARE(dialog.source().output_rate_hz, 0);
        auto* channels = box("Channels of the microphone");
        channels->setCurrentIndex(channels->findData(1));
        QCOMPARE(dialog.source().input_channels, 1);
        QMenu scenes;
        {
            bench::Bench bench;
            SourceChoice choice(bench, scenes);
            QVERIFY(bench.setSource(dialog.source()));
            choice.save();
        }
        bench::Bench bench;
        SourceChoice choice(bench, scenes);
        choice.restore();
        QCOMPARE(bench.source().input_rate_hz, 48000);
        QCOMPARE(bench.source().input_channels, 1);
        QCOMPARE(bench.source().output_channels, 2);
        QSettings().clear();
    }

    void noTwoAltKeysAreAlike() {
        bench::Bench bench;
        BrowserListening listening(bench);
        DeviceDialog devices({}, {}, kRateHz);
        ListenDialog listen(listening);
        SaveTrackDialog save;
        OfflineDialog analyse;
        ReplayDialog replay;
        for (const auto* dialog :
             std::initializer_list<const QDialog*>{&devices, &listen, &save, &analyse, &replay}) {
            QSet<QChar> letters;
            const auto take = [&](const QString& text) {
                const auto at = text.indexOf('&');
                if (at < 0) return true;
                const auto before = letters.size();
                letters.insert(text[at + 1].toLower());
                return letters.size() > before;
            };
            for (const auto* one : dialog->findChildren<QLabel*>())
                QVERIFY2(take(one->text()), qPrintable(dialog->windowTitle() + one->text()));
            for (const auto* one : dialog->findChildren<QAbstractButton*>())
                QVERIFY2(take(one->text()), qPrintable(dialog->windowTitle() + one->text()));
        }
    }

    /// A scene chosen while a trace is read stays chosen.
    void aTraceChangesNothingElse() {
        QFile trace(path("trace.csv"));
        QVERIFY(trace.open(QIODevice::WriteOnly));
        trace.write(
            "# test | none | none | frame_ms=20\nseq,send_ms,arrival_ms\n0,0,30\n1,20,52\n");
        trace.close();
        bench::Bench bench;
        QMenu scenes;
        SourceChoice choice(bench, scenes);
        QSignalSpy failures(&choice, &SourceChoice::failed);
        choice.setTrace(trace.fileName());
        auto source = bench.source();
        source.scene = "double_talk";
        QVERIFY(bench.setSource(source));
        QTRY_COMPARE_WITH_TIMEOUT(choice.trace(), trace.fileName(), kLongMs);
        QCOMPARE(bench.source().scene, std::string("double_talk"));
        // The newest wish counts, also when it is read at once.
        choice.setTrace(trace.fileName());
        choice.setTrace({});
        QTest::qWait(200);
        QCOMPARE(choice.trace(), QString());
        QCOMPARE(failures.count(), 0);
    }

    void aBrowserHearsTheEngine() {
        MainWindow window;
        window.show();
        window.actions().listen->trigger();
        auto* dialog = window.findChild<ListenDialog*>();
        QVERIFY(dialog != nullptr && dialog->isVisible());
        auto* address = dialog->findChild<QLineEdit*>();
        auto& start = button(*dialog, "Start");  // Stop, while it runs
        QVERIFY(address->text().isEmpty() && !button(*dialog, "Copy").isEnabled());
        start.click();
        auto* tap = dialog->findChildren<QComboBox*>()[0];
        tap->setCurrentIndex(tap->findData(int(bench::ListenChoice::far)));  // while it starts
        QTRY_VERIFY_WITH_TIMEOUT(address->text().startsWith("http://127.0.0.1:"), kLongMs);
        button(*dialog, "Copy").click();
        QCOMPARE(QGuiApplication::clipboard()->text(), address->text());
        QWebSocket browser(address->text());
        QJsonObject format;
        std::int64_t bytes = 0;
        connect(&browser, &QWebSocket::textMessageReceived, this, [&](const QString& text) {
            const auto message = QJsonDocument::fromJson(text.toUtf8()).object();
            if (message["type"] == "format") format = message;
            if (message["type"] == "title") format["title"] = message["title"];
        });
        QByteArray stream;
        connect(&browser, &QWebSocket::binaryMessageReceived, this, [&](const QByteArray& data) {
            bytes += data.size();
            stream += data;
        });
        window.run();
        QTRY_COMPARE_WITH_TIMEOUT(window.bench().state(), BenchState::running, kLongMs);
        browser.open(QUrl(address->text().replace("http", "ws") + "/ws"));
        QTRY_VERIFY_WITH_TIMEOUT(format["mime"] == "audio/mpeg", kLongMs);
        QCOMPARE(format["rate_hz"].toInt(), kRateHz);
        QTRY_VERIFY_WITH_TIMEOUT(bytes > 3 * 16000, kLongMs);  // 3 s at 128 kbit/s
        const auto labels = dialog->findChildren<QLabel*>();
        const auto shown = [&] {
            return std::any_of(labels.begin(), labels.end(),
                               [](const QLabel* label) { return label->text() == "1"; });
        };
        QTRY_VERIFY(shown());
        keepPicture(*dialog, "listen");
        QVERIFY2(loudest(stream) > 0.05F, qPrintable(QString::number(loudest(stream))));
        // Another signal: who listens is told.
        QCOMPARE(format["title"].toString(), QString("Doubletalk: Far end"));
        tap->setCurrentIndex(tap->findData(int(bench::ListenChoice::output)));
        QTRY_COMPARE_WITH_TIMEOUT(format["title"].toString(), QString("Doubletalk: Output"),
                                  kLongMs);
        // The page goes, the engine stays.
        QCOMPARE(start.text().remove('&'), QString("Stop"));
        start.click();
        QTRY_COMPARE_WITH_TIMEOUT(browser.state(), QAbstractSocket::UnconnectedState, kLongMs);
        QVERIFY(address->text().isEmpty());
        const double before_s = window.history().nowS();
        QTRY_VERIFY(window.history().nowS() > before_s + 0.3);
        QCOMPARE(window.bench().feed().dropped(), 0);
        window.bench().stop();
        QTRY_COMPARE_WITH_TIMEOUT(window.bench().state(), BenchState::idle, kLongMs);
    }

private:
    [[nodiscard]] QString path(const QString& name) const { return folder_.filePath(name); }

    /// Largest sample of an MP3 stream.
    static float loudest(const QByteArray& stream) {
        auto decoder = codec::Decoder::open({.codec = codec::CodecId::mp3});
        if (!decoder) return 0.0F;
        const auto bytes = std::as_bytes(std::span(stream.constData(), std::size_t(stream.size())));
        if (!decoder->put(bytes)) return 0.0F;
        float most = 0.0F;
        codec::PcmChunk chunk;
        while (true) {
            const auto got = decoder->get(chunk);
            if (!got || *got != codec::Got::packet) return most;
            for (const float sample : chunk.samples) most = std::max(most, std::abs(sample));
        }
    }

    QTemporaryDir folder_;
};

QTEST_MAIN(WindowDialogsTest)
#include "window_dialogs_test.moc"
