// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStringList>
#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <memory>
#include <span>
#include <vector>

#include "app/net/speech_link.h"

namespace doubletalk::test {

/// The system's Python: another one first in PATH may have no websockets.
inline const QString kPython = QStringLiteral("/usr/bin/python3");

inline QString peerScript(const QString& name) {
    return QStringLiteral(DT_SOURCE_DIR "/tests/peers/") + name;
}

/// tests/peers/stt_server.py as a process of its own.
class PeerServer {
public:
    explicit PeerServer(const QStringList& arguments = {}) {
        process_.setProcessChannelMode(QProcess::SeparateChannels);
        process_.start(kPython, QStringList{peerScript("stt_server.py")} + arguments);
        if (process_.waitForReadyRead(10000)) port_ = process_.readLine().trimmed().toInt();
    }
    ~PeerServer() {
        process_.kill();
        process_.waitForFinished();
    }
    PeerServer(const PeerServer&) = delete;
    PeerServer& operator=(const PeerServer&) = delete;

    /// 0: it did not start (python3-websockets missing?).
    [[nodiscard]] int port() const { return port_; }
    [[nodiscard]] QUrl url(const QString& scheme = "ws") const {
        return QUrl(QString("%1://localhost:%2").arg(scheme).arg(port_));
    }
    void stop() {
        if (process_.state() == QProcess::NotRunning) return;
        process_.terminate();
        if (!process_.waitForFinished(3000)) process_.kill();
        process_.waitForFinished();
    }
    /// After stop(): what it told about each connection.
    [[nodiscard]] std::vector<QJsonObject> reports() {
        std::vector<QJsonObject> all;
        for (const auto& line : process_.readAllStandardOutput().split('\n')) {
            if (!line.isEmpty()) all.push_back(QJsonDocument::fromJson(line).object());
        }
        return all;
    }

private:
    QProcess process_;
    int port_ = 0;
};

/// A program's output as one JSON object a line.
inline std::vector<QJsonObject> jsonLines(const QByteArray& text) {
    std::vector<QJsonObject> lines;
    for (const auto& line : text.split('\n')) {
        if (!line.isEmpty()) lines.push_back(QJsonDocument::fromJson(line).object());
    }
    return lines;
}

/// A self-signed certificate made now. names as openssl's subjectAltName.
inline bool makeCertificate(const QTemporaryDir& folder, const QString& names) {
    QProcess openssl;
    openssl.start(
        "openssl",
        {"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "2", "-subj", "/CN=doubletalk test", "-addext", "subjectAltName=" + names,
         "-keyout", folder.filePath("key.pem"), "-out", folder.filePath("cert.pem")});
    return openssl.waitForFinished(20000) && openssl.exitCode() == 0;
}

/// Everything a link says.
struct LinkLog {
    std::vector<net::LinkStatus> stt, tts;
    std::vector<remote::Transcript> transcripts;
    std::vector<net::SpeechPiece> pieces;
    std::vector<net::SpeechEnd> ends;
    QStringList faults;

    explicit LinkLog(net::SpeechLink& link) {
        using net::SpeechLink;
        QObject::connect(&link, &SpeechLink::sttStatusChanged, &context_,
                         [this](const net::LinkStatus& status) { stt.push_back(status); });
        QObject::connect(&link, &SpeechLink::ttsStatusChanged, &context_,
                         [this](const net::LinkStatus& status) { tts.push_back(status); });
        QObject::connect(&link, &SpeechLink::transcript, &context_,
                         [this](const remote::Transcript& heard) { transcripts.push_back(heard); });
        QObject::connect(&link, &SpeechLink::speechPiece, &context_,
                         [this](const net::SpeechPiece& piece) { pieces.push_back(piece); });
        QObject::connect(&link, &SpeechLink::speechEnded, &context_,
                         [this](const net::SpeechEnd& end) { ends.push_back(end); });
        QObject::connect(&link, &SpeechLink::fault, &context_,
                         [this](const QString& what) { faults << what; });
    }
    [[nodiscard]] static bool is(const std::vector<net::LinkStatus>& all, net::LinkState state) {
        return !all.empty() && all.back().state == state;
    }
    [[nodiscard]] static int count(const std::vector<net::LinkStatus>& all, net::LinkState state) {
        return int(std::count_if(all.begin(), all.end(),
                                 [=](const auto& status) { return status.state == state; }));
    }
    /// Why the connection failed the first time.
    [[nodiscard]] static QString reason(const std::vector<net::LinkStatus>& all) {
        for (const auto& status : all) {
            if (status.state == net::LinkState::failed) return status.reason;
        }
        return {};
    }
    /// One of the failures has these words. An attempt made before the latest options may still
    /// report after them.
    [[nodiscard]] static bool failedWith(const std::vector<net::LinkStatus>& all,
                                         const QString& words) {
        return std::any_of(all.begin(), all.end(), [&](const auto& status) {
            return status.state == net::LinkState::failed && status.reason.contains(words);
        });
    }

private:
    QObject context_;
};

/// Time-outs short enough for a test.
inline net::LinkOptions quick(const QUrl& url) {
    net::LinkOptions options;
    options.url = url;
    options.connect_timeout_ms = 1000;
    options.ping_interval_ms = 100;
    options.silence_timeout_ms = 700;
    options.answer_timeout_ms = 700;
    options.backoff_first_ms = 50;
    options.backoff_max_ms = 200;
    return options;
}

/// Pushes blocks of 10 ms from block on, so many times as fast as real time. Returns the longest a
/// push took.
inline double pushAll(net::SpeechLink& link, std::span<const float> samples, int rate_hz,
                      BlockIndex block, double speed) {
    const auto frames = std::size_t(rate_hz / 100);
    QElapsedTimer clock;
    clock.start();
    qint64 longest_ns = 0;
    for (std::size_t at = 0, n = 0; at + frames <= samples.size(); at += frames, ++n) {
        while (double(clock.nsecsElapsed()) * speed < double(n) * 1e7) QTest::qWait(5);
        const auto before = clock.nsecsElapsed();
        link.pushCleaned(samples.subspan(at, frames), block + BlockIndex(n));
        longest_ns = std::max(longest_ns, clock.nsecsElapsed() - before);
    }
    return double(longest_ns) / 1e6;
}

/// So many of the wanted words are in the text.
inline int wordsIn(const std::string& text, const QStringList& wanted) {
    const auto words = QString::fromStdString(text).split(' ');
    return int(std::count_if(wanted.begin(), wanted.end(),
                             [&](const QString& word) { return words.contains(word); }));
}

}  // namespace doubletalk::test
