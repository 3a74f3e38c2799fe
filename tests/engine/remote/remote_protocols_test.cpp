// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "engine/remote/float_stt_protocol.h"
#include "engine/remote/plain_tts_protocol.h"
#include "engine/remote/protocol_registry.h"

using namespace doubletalk;
using namespace doubletalk::remote;

namespace {

/// JSON with ' for ": moc stumbles over quotation marks within macros.
std::string q(std::string text) {
    std::replace(text.begin(), text.end(), '\'', '"');
    return text;
}

std::vector<float> ramp(std::size_t frames) {
    std::vector<float> x(frames);
    for (std::size_t i = 0; i < frames; ++i) x[i] = float(i) / 65536.0F;
    return x;
}

std::vector<float> samplesOf(const std::vector<Message>& messages) {
    std::vector<float> all;
    for (const auto& message : messages) {
        const auto before = all.size();
        all.resize(before + message.payload.size() / 4);
        std::memcpy(all.data() + before, message.payload.data(), message.payload.size());
    }
    return all;
}

template <class Event, class Protocol>
auto hear(Protocol& protocol, bool binary, std::string_view payload) {
    std::vector<Event> events;
    protocol.receive(MessageView{binary, payload}, events);
    return events;
}

std::vector<SttEvent> text(FloatSttClient& client, std::string_view payload) {
    return hear<SttEvent>(client, false, payload);
}

/// A client that has sent so many samples, the first of them at a place in the call.
FloatSttClient sentClient(std::size_t frames, std::int64_t call_frame) {
    FloatSttClient client;
    std::vector<Message> out;
    client.open(out);
    client.audio(ramp(frames), call_frame, out);
    return client;
}

std::string pcm16(const std::vector<int>& values) {
    std::string bytes;
    for (const int value : values) {
        bytes += char(value & 0xFF);
        bytes += char((value >> 8) & 0xFF);
    }
    return bytes;
}

/// Asks for one utterance whose header has come.
PlainTtsClient speakingClient(const std::string& header) {
    PlainTtsClient client;
    std::vector<Message> out;
    (void)client.speak("u7", "Hello.", "en-us", out);
    (void)hear<TtsEvent>(client, false, header);
    return client;
}

const std::string kS16 = q("{'id':'u7','sample_rate':24000,'format':'s16le'}");

}  // namespace

class RemoteProtocolsTest : public QObject {
    Q_OBJECT

private slots:
    void audioLeavesInMessagesOf1024Samples_data() {
        QTest::addColumn<int>("block");
        for (const int block : {1, 160, 480, 1024, 1025, 5000}) QTest::addRow("%d", block) << block;
    }
    void audioLeavesInMessagesOf1024Samples() {
        QFETCH(int, block);
        FloatSttClient client;
        std::vector<Message> out;
        client.open(out);
        const auto x = ramp(5000);
        for (std::size_t at = 0; at < x.size(); at += std::size_t(block)) {
            const auto n = std::min(std::size_t(block), x.size() - at);
            client.audio(std::span(x).subspan(at, n), std::int64_t(at), out);
        }
        QCOMPARE(out.size(), std::size_t(4));
        client.finish(out);
        QCOMPARE(out.size(), std::size_t(5));
        for (const auto& message : out) {
            QVERIFY(message.binary);
            QCOMPARE(message.payload.size(), std::size_t(4096));
        }
        auto expected = x;
        expected.resize(5120, 0.0F);
        QCOMPARE(samplesOf(out), expected);
        client.finish(out);
        QCOMPARE(out.size(), std::size_t(5));
        // 2^-14 little endian: 0x38800000.
        QCOMPARE(out[0].payload.substr(16, 4), std::string("\0\0\x80\x38", 4));
    }

    void answersAreReadTolerantly_data() {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<QString>("said");
        QTest::addColumn<double>("start_s");
        const double nan = std::nan("");
        QTest::newRow("plain") << QByteArray::fromStdString(
                                      q("{'text':'on','start':0.12,'end':0.87}"))
                               << "on" << 0.12;
        QTest::newRow("strings") << QByteArray::fromStdString(
                                        q("{'text':'on','start':'0.12','end':'0.87'}"))
                                 << "on" << 0.12;
        QTest::newRow("extra")
            << QByteArray::fromStdString(
                   q("{'id':4,'words':[{'w':1}],'text':'on','start':1e-1,'end':1}"))
            << "on" << 0.1;
        QTest::newRow("no times") << QByteArray::fromStdString(q("{'text':'on'}")) << "on" << nan;
        QTest::newRow("bad times")
            << QByteArray::fromStdString(q("{'text':'on','start':'soon','end':[]}")) << "on" << nan;
        QTest::newRow("null") << QByteArray::fromStdString(q("{'text':'on','start':null,'end':1}"))
                              << "on" << nan;
        QTest::newRow("number as text")
            << QByteArray::fromStdString(q("{'text':42}")) << "42" << nan;
    }
    void answersAreReadTolerantly() {
        QFETCH(QByteArray, answer);
        QFETCH(QString, said);
        QFETCH(double, start_s);
        auto client = sentClient(16384, 0);
        const auto events = text(client, answer.toStdString());
        QCOMPARE(events.size(), std::size_t(1));
        const auto& transcript = std::get<Transcript>(events.front());
        QCOMPARE(QString::fromStdString(transcript.text), said);
        if (std::isnan(start_s)) {
            QVERIFY(std::isnan(transcript.start_s));
        } else {
            QVERIFY(std::abs(transcript.start_s - start_s) < 1e-9);
        }
    }

    void nonsenseIsAFaultAndNothingElse_data() {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<bool>("binary");
        for (const std::string& answer : std::vector<std::string>{
                 "", "{]", "[1]", "null", "7", q("{'tex':'on'}"), q("{'text':[1]}"),
                 q("{'text':'on','start':1e300}"), "{\"text\":\"\xff\"}"}) {
            QTest::newRow(answer.c_str()) << QByteArray::fromStdString(answer) << false;
        }
        QTest::newRow("binary") << QByteArray(100, 'x') << true;
    }
    void nonsenseIsAFaultAndNothingElse() {
        QFETCH(QByteArray, answer);
        QFETCH(bool, binary);
        auto client = sentClient(16384, 0);
        const auto events = hear<SttEvent>(client, binary, answer.toStdString());
        QCOMPARE(events.size(), std::size_t(1));
        QVERIFY(!std::get<Fault>(events.front()).what.empty());
    }

    /// The third buffer of 16 messages was the newest whole one, and the call began 5 s before.
    void timesCountFromTheNewestWholeBuffer() {
        auto client = sentClient(3 * 16384 + 5000, 5 * 16000);
        const auto heard =
            std::get<Transcript>(text(client, q("{'text':'a','start':0.5,'end':1.0}")).front());
        QVERIFY(!heard.exact);
        QVERIFY(std::abs(heard.start_s - (5.0 + 2 * 1.024 + 0.5)) < 1e-9);
        QVERIFY(std::abs(heard.end_s - (5.0 + 2 * 1.024 + 1.0)) < 1e-9);
        // 1.5 s do not fit into one buffer: two of them.
        const auto longer =
            std::get<Transcript>(text(client, q("{'text':'a','start':0.5,'end':1.5}")).front());
        QVERIFY(std::abs(longer.start_s - (5.0 + 1.024 + 0.5)) < 1e-9);
    }

    void aToldBufferIsExact() {
        auto client = sentClient(10 * 16000, 0);
        const auto heard = std::get<Transcript>(
            text(client, q("{'text':'a','start':0.5,'end':3,'buffer_start':'2.25'}")).front());
        QVERIFY(heard.exact);
        QVERIFY(std::abs(heard.start_s - 2.75) < 1e-9);
        QVERIFY(std::abs(heard.end_s - 5.25) < 1e-9);
    }

    void whatWasDroppedMovesAllThatFollows() {
        FloatSttClient client;
        std::vector<Message> out;
        client.open(out);
        client.audio(ramp(16000), 0, out);
        client.audio(ramp(16000), 48000, out);  // two seconds are missing
        const auto at = [&](const std::string& answer) {
            return std::get<Transcript>(text(client, answer).front()).start_s;
        };
        QVERIFY(std::abs(at(q("{'text':'a','start':0.5,'buffer_start':0}")) - 0.5) < 1e-9);
        QVERIFY(std::abs(at(q("{'text':'a','start':1.5,'buffer_start':0}")) - 3.5) < 1e-9);
        client.open(out);  // another connection counts anew
        client.audio(ramp(16000), 160000, out);
        QVERIFY(std::abs(at(q("{'text':'a','start':0.5,'buffer_start':0}")) - 10.5) < 1e-9);
    }

    void sttServerTakesWholeSamplesOnly() {
        FloatSttServer server;
        const float values[] = {0.5F, NAN, 7.0F, -INFINITY};
        const std::string bytes(reinterpret_cast<const char*>(values), sizeof values);
        const auto audio = std::get<ClientAudio>(hear<SttRequest>(server, true, bytes).front());
        QCOMPARE(audio.samples, (std::vector<float>{0.5F, 0.0F, 1.0F, 0.0F}));
        QVERIFY(
            std::holds_alternative<Fault>(hear<SttRequest>(server, true, bytes.substr(1)).front()));
        QVERIFY(std::holds_alternative<Fault>(hear<SttRequest>(server, false, "{}").front()));
        QVERIFY(hear<SttRequest>(server, true, "").empty());
    }

    void sttAnswersOfOurServerAreExactForOurClient() {
        FloatSttServer server;
        auto client = sentClient(20 * 16000, 16000);
        for (const auto& [from, to] : {std::pair{0.21, 2.5}, {2.5, 4.0}, {9.0, 12.345}}) {
            const auto answer = server.answer({.text = "x", .start_s = from, .end_s = to});
            QVERIFY(nlohmann::json::parse(answer.payload)["start"].get<double>() >= 0.0);
            const auto heard = std::get<Transcript>(text(client, answer.payload).front());
            QVERIFY(heard.exact);
            QVERIFY(std::abs(heard.start_s - (1.0 + from)) < 1e-6);
            QVERIFY(std::abs(heard.end_s - (1.0 + to)) < 1e-6);
        }
    }

    void speechComesInChunksOfAnySize_data() {
        QTest::addColumn<int>("bytes");
        for (const int bytes : {1, 2, 3, 5, 7, 64}) QTest::addRow("%d", bytes) << bytes;
    }
    void speechComesInChunksOfAnySize() {
        QFETCH(int, bytes);
        const std::string words = pcm16({0, 16384, -32768, 32767, -1, 8192, 257, -257});
        std::string floats(12, '\0');
        const float values[] = {0.25F, -1.0F, NAN};
        std::memcpy(floats.data(), values, sizeof values);
        const auto chunked = [&](PlainTtsClient client, const std::string& all) {
            std::vector<float> got;
            for (std::size_t at = 0; at < all.size(); at += std::size_t(bytes)) {
                for (const auto& event :
                     hear<TtsEvent>(client, true, all.substr(at, std::size_t(bytes)))) {
                    const auto& audio = std::get<SpeechAudio>(event);
                    got.insert(got.end(), audio.samples.begin(), audio.samples.end());
                }
            }
            return got;
        };
        QCOMPARE(chunked(speakingClient(kS16), words),
                 (std::vector<float>{0.0F, 0.5F, -1.0F, 32767.0F / 32768, -1.0F / 32768, 0.25F,
                                     257.0F / 32768, -257.0F / 32768}));
        QCOMPARE(chunked(speakingClient(q("{'id':'u7','sample_rate':'16000','format':'f32le'}")),
                         floats),
                 (std::vector<float>{0.25F, -1.0F, 0.0F}));
    }

    void anUtteranceFromHeaderToEnd() {
        PlainTtsClient client;
        std::vector<Message> out;
        QVERIFY(client.speak("u7", "Hello you.", "en-us", out));
        QCOMPARE(nlohmann::json::parse(out.front().payload),
                 nlohmann::json::parse(q("{'text':'Hello you.','id':'u7','voice':'en-us'}")));
        const auto started = std::get<SpeechStarted>(hear<TtsEvent>(client, false, kS16).front());
        QCOMPARE(started.rate_hz, 24000);
        const auto word = std::get<SpeechWord>(
            hear<TtsEvent>(client, false, q("{'id':'u7','word':'Hello','at_ms':'40','x':[]}"))
                .front());
        QCOMPARE(word.word, std::string("Hello"));
        QCOMPARE(word.at_ms, 40.0);
        QVERIFY(!client.speak("u7", "again", "", out));  // the id is in use
        QVERIFY(std::holds_alternative<SpeechDone>(
            hear<TtsEvent>(client, false, q("{'id':'u7','done':true}")).front()));
        QVERIFY(std::holds_alternative<Fault>(hear<TtsEvent>(client, true, "abcd").front()));
        QVERIFY(client.speak("u7", "again", "", out));
        QVERIFY(!nlohmann::json::parse(out.back().payload).contains("voice"));
        QVERIFY(!client.speak("u8", "", "", out));
        QVERIFY(!client.speak("", "text", "", out));
    }

    void nothingIsHeardAfterACancel() {
        auto client = speakingClient(kS16);
        std::vector<Message> out;
        QCOMPARE(hear<TtsEvent>(client, true, "abc").size(), std::size_t(1));
        client.cancel("u7", out);
        QCOMPARE(nlohmann::json::parse(out.back().payload), nlohmann::json({{"cancel", "u7"}}));
        const auto sent = out.size();
        client.cancel("u7", out);
        client.cancel("u8", out);
        QCOMPARE(out.size(), sent);
        QVERIFY(hear<TtsEvent>(client, true, "abcd").empty());
        QVERIFY(hear<TtsEvent>(client, false, q("{'id':'u7','word':'x','at_ms':1}")).empty());
        QVERIFY(!client.speak("u7", "again", "", out));  // until the end is confirmed
        QVERIFY(std::holds_alternative<SpeechCancelled>(
            hear<TtsEvent>(client, false, q("{'id':'u7','cancelled':true}")).front()));
        QVERIFY(hear<TtsEvent>(client, true, "abcd").empty());  // a late chunk is no fault
        QVERIFY(client.speak("u7", "again", "", out));
        QVERIFY(hear<TtsEvent>(client, true, "abcd").empty());  // nor one of the new utterance
        QCOMPARE(hear<TtsEvent>(client, false, kS16).size(), std::size_t(1));
        QCOMPARE(hear<TtsEvent>(client, true, "abcd").size(), std::size_t(1));
    }

    /// The service had finished when our cancel arrived: one end, whichever answers come.
    void aCancelThatCrossesTheEnd() {
        auto client = speakingClient(kS16);
        std::vector<Message> out;
        client.cancel("u7", out);
        QVERIFY(std::holds_alternative<SpeechCancelled>(
            hear<TtsEvent>(client, false, q("{'id':'u7','done':true}")).front()));
        QVERIFY(hear<TtsEvent>(client, false, q("{'id':'u7','cancelled':true}")).empty());
    }

    void ttsNonsenseIsAFault_data() {
        QTest::addColumn<QByteArray>("answer");
        for (const std::string& answer : std::vector<std::string>{
                 "", "{]", "[]", "{}", q("{'id':'u7'}"),
                 q("{'id':'u9','sample_rate':16000,'format':'s16le'}"),
                 q("{'id':'u7','sample_rate':1,'format':'s16le'}"),
                 q("{'id':'u7','sample_rate':16000,'format':'mp3'}"), q("{'id':'u7','word':'x'}"),
                 q("{'id':'u7','word':'x','at_ms':-3}"), q("{'error':'no idea'}")}) {
            QTest::newRow(answer.c_str()) << QByteArray::fromStdString(answer);
        }
    }
    void ttsNonsenseIsAFault() {
        QFETCH(QByteArray, answer);
        PlainTtsClient client;
        std::vector<Message> out;
        QVERIFY(client.speak("u7", "Hello.", "", out));
        const auto events = hear<TtsEvent>(client, false, answer.toStdString());
        QCOMPARE(events.size(), std::size_t(1));
        QVERIFY(!std::get<Fault>(events.front()).what.empty());
    }

    void bothTtsSidesUnderstandEachOther() {
        PlainTtsClient client;
        PlainTtsServer server;
        std::vector<Message> out;
        QVERIFY(client.speak("u1", "Gr\xc3\xbc\xc3\x9f dich", "de", out));
        const auto asked =
            std::get<SpeakRequest>(hear<TtsRequest>(server, false, out.back().payload).front());
        QCOMPARE(asked.text, std::string("Gr\xc3\xbc\xc3\x9f dich"));
        QCOMPARE(asked.voice, std::string("de"));
        const auto pass = [&](const Message& message) {
            return hear<TtsEvent>(client, message.binary, message.payload).front();
        };
        QCOMPARE(std::get<SpeechStarted>(pass(server.started("u1", 22050))).rate_hz, 22050);
        const std::vector<float> x{0.5F, -0.25F};
        QCOMPARE(std::get<SpeechAudio>(pass(server.audio(x))).samples, x);
        QCOMPARE(std::get<SpeechWord>(pass(server.word({"u1", "dich", 12.4}))).at_ms, 12.0);
        client.cancel("u1", out);
        QCOMPARE(
            std::get<CancelRequest>(hear<TtsRequest>(server, false, out.back().payload).front()).id,
            std::string("u1"));
        QVERIFY(std::holds_alternative<SpeechCancelled>(pass(server.cancelled("u1"))));
        QVERIFY(client.speak("u2", "a", "", out));
        QCOMPARE(std::get<SpeechFailed>(pass(server.failed("u2", "no voice"))).what,
                 std::string("no voice"));
        for (const std::string& bad : std::vector<std::string>{
                 "{}", "x", q("{'text':'a'}"), q("{'text':'','id':'u'}"), q("{'id':'u'}")}) {
            QVERIFY(std::holds_alternative<Fault>(hear<TtsRequest>(server, false, bad).front()));
        }
        QVERIFY(std::holds_alternative<Fault>(hear<TtsRequest>(server, true, "ab").front()));
    }

    void everyRowWorks() {
        for (const auto& row : protocols()) {
            QCOMPARE(findProtocol(row.name), &row);
            QVERIFY(row.default_url.starts_with("ws://"));
            QCOMPARE(bool(createSttClient(row.name)), row.stt_client != nullptr);
            QCOMPARE(bool(createTtsClient(row.name)), row.tts_client != nullptr);
            QVERIFY(row.stt_client != nullptr || row.tts_client != nullptr);
        }
        QVERIFY(createSttClient("nosuch").error().hint.find("float_stt") != std::string::npos);
        QVERIFY(findProtocol("nosuch") == nullptr);
    }
};

QTEST_APPLESS_MAIN(RemoteProtocolsTest)
#include "remote_protocols_test.moc"
