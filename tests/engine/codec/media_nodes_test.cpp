// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QTemporaryDir>
#include <QtTest>
#include <atomic>

#include "engine/codec/codec_nodes.h"
#include "engine/flow/memory_nodes.h"
#include "engine/flow/processors.h"
#include "engine/flow/runner.h"
#include "engine/flow/typed_pipeline.h"
#include "tests/engine/codec/codec_signal.h"
#include "tests/engine/codec/media_support.h"

using namespace doubletalk;
using namespace doubletalk::codec;
using namespace doubletalk::test;

/// Audio files as ends of a flow.
class MediaNodesTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    std::string path(const char* ending) const {
        return folder_.filePath(QStringLiteral("a.") + QLatin1String(ending)).toStdString();
    }

private slots:
    void nodesReadAndWriteFiles() {
        const auto signal = test::codecSignal(12345, 1, 16000);
        flow::VectorReader from(signal, SampleRate{16000}, 160);
        auto to = MediaFileWriter::open(path("opus"), {});
        QVERIFY(to && flow::Runner::run(from, **to));
        auto reader = MediaFileReader::open(path("opus"), {16000, 1, 160});
        QVERIFY(reader);
        for (int round = 0; round < 2; ++round) {
            flow::VectorWriter back;
            QVERIFY(flow::Runner::run(**reader, back));
            QCOMPARE(back.samples().size(), signal.size());
            QCOMPARE(test::fitOf(signal, back.samples(), 1, 40).lag, 0);
            (*reader)->reset();
        }
    }

    void progressReachesTheEnd() {
        QVERIFY(writeAll(MediaWriter::open(path("wav"), {}), test::codecSignal(160'000, 1, 16000)));
        const auto reader = MediaFileReader::open(path("wav"), {});
        const auto writer = MediaFileWriter::open(path("mp3"), {});
        QVERIFY(reader && writer);
        double last = 0.0;
        bool grows = true;
        flow::RunOptions options;
        options.progress_every_items = 1;
        options.progress = [&](const flow::RunCounts&) {
            const double ratio = (*reader)->media().doneRatio();
            grows = grows && ratio >= last && ratio <= 1.0;
            last = ratio;
        };
        const auto counts = flow::Runner::run(**reader, **writer, options);
        QVERIFY(counts && grows);
        QCOMPARE(counts->frames_out, std::int64_t(160'000));
        QCOMPARE(last, 1.0);
    }

    void cancelledRunLeavesNoFile() {
        QVERIFY(writeAll(MediaWriter::open(path("wav"), {}), test::codecSignal(16000, 1, 16000)));
        QFile::remove(QString::fromStdString(path("flac")));
        {
            const auto reader = MediaFileReader::open(path("wav"), {});
            const auto writer = MediaFileWriter::open(path("flac"), {});
            QVERIFY(reader && writer);
            std::atomic<bool> cancel{false};
            flow::RunOptions options;
            options.cancel = &cancel;
            options.flush_on_cancel = false;
            options.progress_every_items = 2;
            options.progress = [&](const flow::RunCounts&) { cancel = true; };
            const auto cancelled = flow::Runner::run(**reader, **writer, options);
            QVERIFY(cancelled && cancelled->cancelled);
            QCOMPARE(cancelled->items_out, std::int64_t(2));
        }
        QVERIFY(!QFile::exists(QString::fromStdString(path("flac"))));
        const auto left = QDir(folder_.path()).entryList({".*.part"}, QDir::Files | QDir::Hidden);
        QVERIFY2(left.isEmpty(), qPrintable(left.join(' ')));
    }

    void nodesThatCannotBeginAnewSaySo() {
        const auto signal = test::codecSignal(1600, 1, 16000);
        const auto file = QString::fromStdString(path("wav"));
        QVERIFY(writeAll(MediaWriter::open(file.toStdString(), {}), signal));
        auto reader = MediaFileReader::open(file.toStdString(), {16000, 1, 160});
        QVERIFY(reader);
        QVERIFY(QFile::rename(file, file + ".away"));
        (*reader)->reset();
        flow::Item item;
        QVERIFY((*reader)->pull(item) == flow::Status::error);
        QVERIFY(!(*reader)->error().empty());
        QVERIFY(QFile::rename(file + ".away", file));
        (*reader)->reset();
        QVERIFY((*reader)->error().empty());
        QVERIFY((*reader)->pull(item) == flow::Status::ok);

        QVERIFY(QDir(folder_.path()).mkdir("gone"));
        const auto there = folder_.filePath("gone/a.wav").toStdString();
        auto writer = MediaFileWriter::open(there, {});
        QVERIFY(writer);
        QVERIFY(QDir(folder_.filePath("gone")).removeRecursively());
        (*writer)->reset();
        QVERIFY((*writer)->push(item) == flow::Status::error);
        QVERIFY(!(*writer)->error().empty());
        QVERIFY(QDir(folder_.path()).mkdir("gone"));
        (*writer)->reset();
        QVERIFY((*writer)->push(item) == flow::Status::ok);
    }

    void nodesCarryChannels_data() { addKinds(); }
    void nodesCarryChannels() {
        QFETCH(QString, name);
        const auto& kind = kindOf(name);
        const auto signal = test::codecSignal(30'000, 2, 48000);
        QVERIFY(writeAll(
            MediaWriter::open(path("wav"), {.rate_hz = 48000, .channels = 2, .bits = 32}), signal));
        const auto bytes = std::make_shared<QByteArray>();
        const auto reader = MediaFileReader::open(path("wav"), {0, 0, 500});
        const auto writer = MediaFileWriter::open(pipeTo(bytes), "pipe",
                                                  {.kind = &kind, .rate_hz = 48000, .channels = 2});
        QVERIFY(reader && writer);
        flow::IdentityProcessor identity;
        flow::Node* const middle[] = {&identity};
        const auto counts = flow::Runner::run(**reader, middle, **writer);
        QVERIFY2(counts, counts ? "" : counts.error().message().c_str());
        QCOMPARE(counts->frames_in, std::int64_t(30'000));
        const auto whole = std::make_shared<QByteArray>();
        QVERIFY(writeAll(MediaWriter::open(pipeTo(whole), "pipe",
                                           {.kind = &kind, .rate_hz = 48000, .channels = 2}),
                         signal));
        QVERIFY(*bytes == *whole);
        (*writer)->reset();
        QCOMPARE((*writer)->push(std::monostate{}), flow::Status::error);
    }

    void monoNodesRefuseMoreChannels() {
        const auto signal = test::codecSignal(4000, 2, 16000);
        QVERIFY(writeAll(MediaWriter::open(path("wav"), {.channels = 2}), signal));
        const auto open = [this] { return MediaFileReader::open(path("wav"), {0, 0, 160}); };
        flow::VectorWriter mono;
        const auto to_writer = flow::Runner::run(**open(), mono);
        QVERIFY(!to_writer && to_writer.error().where == "writer");
        QVERIFY(mono.samples().empty());
        flow::GainProcessor gain;
        flow::Node* const middle[] = {&gain};
        const auto to_processor = flow::Runner::run(**open(), middle, mono);
        QVERIFY(!to_processor && to_processor.error().where == "gain");
        const auto typed = flow::composeTyped("typed", std::make_unique<flow::IdentityProcessor>(),
                                              std::make_unique<flow::GainProcessor>());
        flow::Node* const typed_middle[] = {typed.get()};
        const auto to_typed = flow::Runner::run(**open(), typed_middle, mono);
        QVERIFY(!to_typed && to_typed.error().what == flow::kTooManyChannels);
    }

    void runsEndWithTheErrorOfTheFile() {
        const auto signal = test::codecSignal(16000, 1, 16000);
        QVERIFY(writeAll(MediaWriter::open(path("opus"), {}), signal));
        auto bytes = bytesOf(QString::fromStdString(path("opus")));
        bytes.chop(100);
        const auto reader =
            MediaFileReader::open(pipeOf(std::make_shared<QByteArray>(bytes)), "the pipe", {});
        QVERIFY(reader);
        flow::VectorWriter writer;
        const auto counts = flow::Runner::run(**reader, writer);
        QVERIFY(!counts);
        QCOMPARE(counts.error().kind, ErrorKind::format);
        QCOMPARE(counts.error().where, std::string("the pipe"));
    }
};

QTEST_APPLESS_MAIN(MediaNodesTest)
#include "media_nodes_test.moc"
