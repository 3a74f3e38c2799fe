// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Analysis of a pair: files, a stream of two channels, and what cannot be analysed.
#include "ui/offline_dialog.h"

#include <QComboBox>
#include <QLineEdit>
#include <QProgressBar>
#include <QSignalSpy>
#include <QTableWidget>
#include <QtTest>
#include <cmath>
#include <future>
#include <random>

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

    /// Two channels over TCP are a pair; one channel is refused and leaves no file.
    void aStreamIsAPair() {
        OfflineDialog dialog;
        dialog.show();
        auto& receive = button(dialog, "Receive a stream …");
        QString address;
        connect(dialog.findChild<StreamPair*>(), &StreamPair::waiting, &dialog,
                [&](const QString& at) { address = at; });
        const auto send = [&](int channels) {
            address.clear();
            dialog.receiveTo(path("sent"));
            QTRY_VERIFY_WITH_TIMEOUT(!address.isEmpty(), kLongMs);
            QCOMPARE(receive.text().remove('&'), QString("Stop receiving"));
            std::vector<std::int16_t> audio;
            for (int i = 0; i < 8000; ++i) {
                for (int c = 0; c < channels; ++c) audio.push_back(std::int16_t(c == 0 ? i : -i));
            }
            auto done = std::async(std::launch::async, [&] {
                net::IngestSender sender;
                const auto port = std::uint16_t(address.section(':', 1).toInt());
                return sender.open("127.0.0.1", port, {16000, channels}).has_value() &&
                       sender.send(audio).has_value() && sender.finish().has_value();
            });
            QTRY_COMPARE_WITH_TIMEOUT(receive.text().remove('&'), QString("Receive a stream …"),
                                      kLongMs);
            done.wait();
        };
        send(1);
        QVERIFY(errorsOf(dialog).contains("one channel"));
        QVERIFY(!QFile::exists(path("sent-far.wav")));
        send(2);
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
        dialog.receiveTo(path("never"));
        QTRY_COMPARE(receive.text().remove('&'), QString("Stop receiving"));
        receive.click();
        QTRY_COMPARE(receive.text().remove('&'), QString("Receive a stream …"));
        QVERIFY(!QFile::exists(path("never-far.wav")));
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
    [[nodiscard]] QString path(const QString& name) const { return folder_.filePath(name); }

    QTemporaryDir folder_;
};

QTEST_MAIN(OfflineDialogTest)
#include "offline_dialog_test.moc"
