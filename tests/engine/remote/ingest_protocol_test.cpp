// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/remote/ingest_protocol.h"

#include <QtTest>
#include <numeric>

using namespace doubletalk::remote;

namespace {

std::string packet(char kind, const std::string& body) {
    std::string bytes(1, kind);
    for (int i = 0; i < 4; ++i) bytes += char((body.size() >> (8 * i)) & 0xFF);
    return bytes + body;
}

std::string formatOf(int rate_hz, int channels) {
    std::string bytes;
    appendIngestFormat({rate_hz, channels}, bytes);
    return bytes;
}

std::vector<IngestEvent> read(const std::string& bytes, std::size_t piece_bytes = 1 << 20) {
    IngestReader reader;
    std::vector<IngestEvent> events;
    for (std::size_t at = 0; at < bytes.size(); at += piece_bytes) {
        reader.receive(std::string_view(bytes).substr(at, piece_bytes), events);
    }
    return events;
}

/// The reason a stream is given up for; empty: it is not.
QString faultOf(const std::string& bytes) {
    for (const auto& event : read(bytes)) {
        if (const auto* fault = std::get_if<Fault>(&event)) return fault->what.c_str();
    }
    return {};
}

}  // namespace

class IngestProtocolTest : public QObject {
    Q_OBJECT

private slots:
    /// The documented bytes, so that others can write a sender.
    void bytesAreThoseOfTheHeader() {
        QCOMPARE(formatOf(48000, 2),
                 packet('F', std::string("DTIN\x01\x00\x02\x00\x80\xBB\x00\x00", 12)));
        std::string bytes;
        appendIngestAudio(std::vector<std::int16_t>{1, -2}, 1, bytes);
        QCOMPARE(bytes, packet('A', std::string("\x01\x00\xFE\xFF", 4)));
    }

    void anyPiecesGiveTheSameStream() {
        std::vector<std::int16_t> samples(70000);
        std::iota(samples.begin(), samples.end(), std::int16_t(-30000));
        auto bytes = formatOf(44100, 2);
        appendIngestAudio(samples, 2, bytes);
        appendIngestEnd(bytes);
        appendIngestAudio(samples, 2, bytes);  // after the end: nobody's
        for (const std::size_t piece_bytes : {1U, 3U, 4096U, 1U << 20U}) {
            const auto events = read(bytes, piece_bytes);
            QCOMPARE(std::get<IngestFormat>(events.front()), (IngestFormat{44100, 2}));
            QVERIFY(std::holds_alternative<IngestEnd>(events.back()));
            std::vector<std::int16_t> got;
            for (std::size_t i = 1; i + 1 < events.size(); ++i) {
                const auto& audio = std::get<IngestAudio>(events[i]).samples;
                got.insert(got.end(), audio.begin(), audio.end());
            }
            QVERIFY(got == samples);
        }
    }

    void strangersAndWrongPacketsAreExplained() {
        const auto format = formatOf(16000, 2);
        QVERIFY(faultOf("GET / HTTP/1.1\r\n").contains("no audio stream begins like this"));
        QCOMPARE(read("G").size(), std::size_t(1));  // at the first byte
        QVERIFY(faultOf(packet('A', "ab")).contains("format has to come first"));
        QVERIFY(faultOf(packet('F', "DTIX12345678")).contains("not one of ours"));
        QVERIFY(faultOf(packet('F', "DTIN")).contains("not one of ours"));
        QVERIFY(faultOf(packet('F', std::string("DTIN\x02\x00\x01\x00\x80\xBB\0\0", 12)))
                    .contains("version 2"));
        QVERIFY(faultOf(formatOf(7999, 1)).contains("7999 Hz"));
        QVERIFY(faultOf(formatOf(48001, 1)).contains("8000 to 48000"));
        QVERIFY(faultOf(formatOf(16000, 3)).contains("3 channels"));
        QVERIFY(faultOf(formatOf(16000, 0)).contains("0 channels"));
        QVERIFY(faultOf(format + format).contains("second format"));
        QVERIFY(faultOf(format + packet('A', "abcdef")).contains("frames of 4"));
        QVERIFY(faultOf(format + packet('A', "")).contains("0 bytes"));
        QVERIFY(faultOf(format + packet('E', "x")).contains("1 bytes, at most 0"));
        // Refused at its head: nothing of its 4 GiB is waited for.
        QVERIFY(faultOf(format + "A\xFF\xFF\xFF\xFF").contains("at most 65536"));
        QVERIFY(faultOf(format + packet('A', std::string(65536, 'x'))).isEmpty());
    }

    void answersOfAServer() {
        std::string bytes;
        appendIngestTaken(bytes);
        appendIngestRefused(std::string(5000, 'r'), bytes);
        bytes += "more";
        IngestReplyReader reader;
        std::vector<IngestReply> replies;
        for (const char byte : bytes) reader.receive({&byte, 1}, replies);
        QCOMPARE(replies.size(), std::size_t(2));
        QVERIFY(std::holds_alternative<IngestTaken>(replies[0]));
        QCOMPARE(std::get<IngestRefused>(replies[1]).reason, std::string(1024, 'r'));
        IngestReplyReader stranger;
        std::vector<IngestReply> wrong;
        stranger.receive("HTTP/1.1 400 Bad Request", wrong);
        QVERIFY(std::get<Fault>(wrong.at(0)).what.find("no ingest port") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(IngestProtocolTest)
#include "ingest_protocol_test.moc"
