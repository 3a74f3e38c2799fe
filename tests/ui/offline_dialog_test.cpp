// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Analysis of a pair: files, a stream of two channels, and what cannot be analysed.
#include "ui/offline_dialog.h"

#include <QComboBox>
#include <QLineEdit>
#include <QMessageBox>
#include <QProgressBar>
#include <QSignalSpy>
#include <QTableWidget>
#include <QtTest>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <future>
#include <memory>
#include <random>
#include <span>
#include <thread>

#include "app/net/ingest_sender.h"
#include "engine/device/audio_file.h"
#include "tests/ui/panel_support.h"
#include "ui/stream_pair.h"

using namespace doubletalk;
using namespace doubletalk::ui;

namespace {

constexpr int kLongMs = 30'000;
constexpr int kRateHz = 16000;

/// Noise in syllables, and its echo 25 ms later, 12 dB lower.
void writePair(const QString& far_file, const QString& mic_file, double seconds) {
    std::mt19937 random(5);
    std::normal_distribution<float> noise(0.0F, 0.1F);
    const auto frames = std::size_t(seconds * kRateHz);
    device::AudioData far{kRateHz, 1, std::vector<float>(frames)};
    device::AudioData mic = far;
    for (std::size_t i = 0; i < frames; ++i) {
        const bool sounds = std::sin(double(i) * 6.2832 * 3.0 / kRateHz) > -0.3;
        far.samples[i] = sounds ? noise(random) : 0.0F;
        if (i >= 400) mic.samples[i] = 0.25F * far.samples[i - 400];
        mic.samples[i] += 0.0003F * noise(random);
    }
    QVERIFY(device::writeAudio(far_file.toStdString(), far));
    QVERIFY(device::writeAudio(mic_file.toStdString(), mic));
}

QString valueOf(const QTableWidget& table, const AnalysisResult& result, const QString& id) {
    for (std::size_t i = 0; i < result.rows.size(); ++i) {
        if (result.rows[i].id == id) return table.item(int(i), 1)->text();
    }
    return {};
}

}  // namespace

class OfflineDialogTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        QVERIFY(folder_.isValid());
        Theme::current().applyTo(*qobject_cast<QApplication*>(QCoreApplication::instance()));
        writePair(path("far.wav"), path("mic.flac"), 6.0);
    }

    /// Two channels over TCP are a pair; one channel is refused and it goes on waiting.
    void aStreamIsAPair() {
        OfflineDialog dialog;
        dialog.show();
        auto& receive = button(dialog, "Receive a stream …");
        receiveAt(dialog, path("sent"));
        QCOMPARE(receive.text().remove('&'), QString("Stop receiving"));
        QString refusal;
        connect(dialog.findChild<StreamPair*>(), &StreamPair::note, &dialog,
                [&](const QString& line) { refusal = line; });
        auto one = send(1, 8000);
        QTRY_VERIFY_WITH_TIMEOUT(refusal.contains("channels sent: 1, wanted here: 2"), kLongMs);
        QVERIFY(!one.get());
        QVERIFY(!QFile::exists(path("sent-far.wav")));
        auto two = send(2, 8000);
        QTRY_COMPARE_WITH_TIMEOUT(receive.text().remove('&'), QString("Receive a stream …"),
                                  kLongMs);
        QVERIFY(two.get());
        QCOMPARE(errorsOf(dialog), QString());
        const auto fields = dialog.findChildren<QLineEdit*>();
        QCOMPARE(fields[0]->text(), path("sent-far.wav"));
        QCOMPARE(fields[1]->text(), path("sent-mic.wav"));
        for (int side = 0; side < 2; ++side) {
            const auto audio = device::readAudio(fields[side]->text().toStdString());
            QVERIFY(audio && audio->rate_hz == 16000 && audio->channels == 1);
            QCOMPARE(audio->samples.size(), std::size_t(8000));
            for (int i = 0; i < 8000; ++i) {
                const int expected = side == 0 ? i : -i;
                QCOMPARE(int(std::lround(audio->samples[std::size_t(i)] * 32768.0F)), expected);
            }
        }
        QVERIFY(button(dialog, "Analyse").isEnabled());
        // Nobody sends: it ends when it is told to.
        receiveAt(dialog, path("never"));
        receive.click();
        QTRY_COMPARE(receive.text().remove('&'), QString("Receive a stream …"));
        QVERIFY(!QFile::exists(path("never-far.wav")));
    }

    /// Stopped by the user, or by the end of the window.
    void whatWasReceivedIsKept() {
        for (const bool window_goes : {false, true}) {
            const auto base = path(window_goes ? "gone" : "stopped");
            auto dialog = std::make_unique<OfflineDialog>();
            dialog->show();
            receiveAt(*dialog, base);
            double received_s = 0.0;
            connect(dialog->findChild<StreamPair*>(), &StreamPair::received, this,
                    [&](double seconds) { received_s = seconds; });
            auto sent = send(2, 16000 * 20);
            QTRY_VERIFY_WITH_TIMEOUT(received_s > 0.5, kLongMs);
            if (window_goes) {
                dialog.reset();
            } else {
                button(*dialog, "Stop receiving").click();
                QTRY_VERIFY_WITH_TIMEOUT(button(*dialog, "Analyse").isEnabled(), kLongMs);
            }
            QVERIFY(!sent.get());  // it is told
            for (const auto& file : StreamPair::filesOf(base)) {
                const auto audio = device::readAudio(file.toStdString());
                QVERIFY2(audio, qPrintable(file));
                const double kept_s = double(audio->frames()) / audio->rate_hz;
                QVERIFY(kept_s >= received_s && kept_s < 20.0);
            }
        }
    }

    /// The names asked about are those that are written.
    void nothingIsReplacedUnasked() {
        const auto base = path("mine");
        QFile file(base + "-mic.wav");
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("mine") == 4);
        file.close();
        OfflineDialog dialog;
        dialog.show();
        auto& receive = button(dialog, "Receive a stream …");
        for (const bool agrees : {false, true}) {
            dialog.askToReceive(base);
            auto* question = dialog.findChild<QMessageBox*>();
            QVERIFY(question != nullptr && question->text().contains("mine-mic.wav"));
            QVERIFY(!question->text().contains("mine-far.wav"));
            QCOMPARE(receive.text().remove('&'), QString("Receive a stream …"));
            for (auto* one : question->buttons()) {
                if ((question->buttonRole(one) == QMessageBox::AcceptRole) == agrees) one->click();
            }
            QTRY_VERIFY(dialog.findChild<QMessageBox*>() == nullptr);
            QCOMPARE(receive.text().remove('&') == "Stop receiving", agrees);
        }
        receive.click();
        QTRY_COMPARE(receive.text().remove('&'), QString("Receive a stream …"));
        QCOMPARE(file.size(), 4);  // nothing came
    }

    void aPairIsAnalysed() {
        OfflineDialog dialog;
        dialog.setSettings({});
        dialog.show();
        auto& start = button(dialog, "Analyse");
        QVERIFY(!start.isEnabled());
        dialog.setFiles(path("far.wav"), path("mic.flac"));
        QVERIFY(start.isEnabled());
        const auto fields = dialog.findChildren<QLineEdit*>();
        QCOMPARE(fields[2]->text(), path("mic-cleaned.wav"));
        auto* canceller = dialog.findChildren<QComboBox*>()[0];
        canceller->setCurrentIndex(canceller->findData("nlms"));
        QVERIFY(!button(dialog, "Hear result").isEnabled());
        start.click();
        QCOMPARE(start.text().remove('&'), QString("Cancel"));
        QVERIFY(!canceller->isEnabled());
        QTRY_VERIFY_WITH_TIMEOUT(!dialog.result().rows.empty(), kLongMs);
        QCOMPARE(dialog.result().canceller, QString("nlms"));
        const auto& table = *dialog.findChild<QTableWidget*>();
        QCOMPARE(table.rowCount(), int(dialog.result().rows.size()));
        const auto erle = valueOf(table, dialog.result(), "erle_db").section(' ', 0, 0).toDouble();
        QVERIFY2(erle > 12.0, qPrintable(valueOf(table, dialog.result(), "erle_db")));
        for (int row = 0; row < table.rowCount(); ++row) {
            const auto title = table.item(row, 0)->text();
            QVERIFY2(!table.item(row, 0)->toolTip().isEmpty(), qPrintable(title));
            QVERIFY2(title != dialog.result().rows[std::size_t(row)].id, qPrintable(title));
        }
        QCOMPARE(valueOf(table, dialog.result(), "echo_delay_state"), QString("locked"));
        QCOMPARE(valueOf(table, dialog.result(), "seconds"), QString("6.0"));
        const auto cleaned = device::readAudio(path("mic-cleaned.wav").toStdString());
        QVERIFY(cleaned);
        QCOMPARE(cleaned->frames(), 6 * kRateHz);
        QSignalSpy hear(&dialog, &OfflineDialog::hearWanted);
        button(dialog, "Hear result").click();
        QCOMPARE(hear.count(), 1);
        QCOMPARE(hear[0][0].toString(), path("mic-cleaned.wav"));
        keepPicture(dialog, "analysis");
        // Another pair: the values of the one before are not beside its names.
        receiveAt(dialog, path("next"));
        auto two = send(2, 8000);
        QTRY_COMPARE_WITH_TIMEOUT(fields[0]->text(), path("next-far.wav"), kLongMs);
        QVERIFY(two.get());
        QCOMPARE(table.rowCount(), 0);
        QVERIFY(!button(dialog, "Hear result").isEnabled());
        // NAME of the next one: without an ending.
        QCOMPARE(dialog.pairName(), path("next"));
        dialog.setFiles(path("p_far.m4a"), path("p_mic.m4a"));
        QCOMPARE(dialog.pairName(), path("p_mic"));
    }

    void whatCannotBeAnalysedIsExplained() {
        OfflineDialog dialog;
        auto& start = button(dialog, "Analyse");  // Cancel, while it works
        dialog.setSettings({});
        dialog.show();
        dialog.setFiles(path("far.wav"), path("gone.wav"));
        dialog.start();
        auto* errors = dialog.findChild<ErrorBar*>();
        QTRY_VERIFY_WITH_TIMEOUT(errors->text().contains("gone.wav"), kLongMs);
        QCOMPARE(start.text().remove('&'), QString("Analyse"));
        keepPicture(dialog, "analysis-error");
        // A long one is cancelled and leaves nothing behind.
        writePair(path("far long.wav"), path("mic long.wav"), 120.0);
        dialog.setFiles(path("far long.wav"), path("mic long.wav"));
        dialog.start();
        QVERIFY(errors->isHidden());
        auto* bar = dialog.findChild<QProgressBar*>();
        QTRY_VERIFY_WITH_TIMEOUT(bar->value() > 0, kLongMs);
        dialog.cancel();
        QTRY_COMPARE_WITH_TIMEOUT(start.text().remove('&'), QString("Analyse"), kLongMs);
        QVERIFY(!QFileInfo::exists(path("mic long-cleaned.wav")));
        QVERIFY(dialog.result().rows.empty() && errors->isHidden());
    }

private:
    /// Returns when it listens.
    void receiveAt(OfflineDialog& dialog, const QString& base) {
        address_.clear();
        connect(dialog.findChild<StreamPair*>(), &StreamPair::waiting, this,
                [this](const QString& at) { address_ = at; });
        dialog.receiveTo(base);
        QTRY_VERIFY_WITH_TIMEOUT(!address_.isEmpty(), kLongMs);
    }

    /// A rising ramp left, a falling one right. False: it was sent away.
    [[nodiscard]] std::future<bool> send(int channels, int frames) const {
        std::vector<std::int16_t> audio;
        for (int i = 0; i < frames; ++i) {
            for (int c = 0; c < channels; ++c) audio.push_back(std::int16_t(c == 0 ? i : -i));
        }
        const auto port = std::uint16_t(address_.section(':', 1).toInt());
        return std::async(std::launch::async, [port, channels, audio = std::move(audio)] {
            net::IngestSender sender;
            if (!sender.open("127.0.0.1", port, {kRateHz, channels})) return false;
            // As programs send that speak: piece by piece.
            const auto piece = std::size_t(kRateHz / 10 * channels);
            for (std::size_t at = 0; at < audio.size(); at += piece) {
                const auto part = std::min(piece, audio.size() - at);
                if (!sender.send(std::span(audio).subspan(at, part))) return false;
                std::this_thread::sleep_for(std::chrono::milliseconds(100));
            }
            return sender.finish().has_value();
        });
    }

    [[nodiscard]] QString path(const QString& name) const { return folder_.filePath(name); }

    QString address_;
    QTemporaryDir folder_;
};

QTEST_MAIN(OfflineDialogTest)
#include "offline_dialog_test.moc"
