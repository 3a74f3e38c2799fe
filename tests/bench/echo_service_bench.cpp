// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <unistd.h>

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QTimer>
#include <QUrl>
#include <QWebSocket>
#include <QWebSocketServer>
#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

// Processor time of "serve echo" under 100 connections with 50 messages of 640 bytes a second each,
// beside a bare QWebSocketServer under the same load. Goal: 15 % of a core.
//   doubletalk_echo_service_bench [SECONDS]

namespace {

constexpr int kConnections = 100;
constexpr int kFramesPerSecond = 50;
constexpr int kFrameBytes = 640;
constexpr int kSettleMs = 1000;

/// [s] user and system time of a process. Ref: proc_pid_stat(5).
double cpuSeconds(qint64 pid) {
    QFile file(QString("/proc/%1/stat").arg(pid));
    if (!file.open(QIODevice::ReadOnly)) return 0.0;
    const auto text = file.readAll();
    const auto fields = text.mid(text.lastIndexOf(')') + 2).split(' ');
    return double(fields.at(11).toLongLong() + fields.at(12).toLongLong()) /
           double(::sysconf(_SC_CLK_TCK));
}

/// The other side of the comparison, in a process of its own.
int runBare() {
    QWebSocketServer server("bare", QWebSocketServer::NonSecureMode);
    server.setMaxPendingConnections(kConnections);
    if (!server.listen(QHostAddress::LocalHost)) return 1;
    QObject::connect(&server, &QWebSocketServer::newConnection, [&] {
        auto* socket = server.nextPendingConnection();
        QObject::connect(socket, &QWebSocket::binaryMessageReceived, socket,
                         &QWebSocket::sendBinaryMessage);
        QObject::connect(socket, &QWebSocket::disconnected, socket, &QObject::deleteLater);
    });
    fmt::print("bare listening at {}\n", server.serverUrl().toString().toStdString());
    std::fflush(stdout);
    return QCoreApplication::exec();
}

struct Load {
    double cpu_ratio = 0.0;  ///< of one core
    long sent = 0, back = 0;
    double median_ms = 0.0, worst_ms = 0.0;  ///< there and back
};

/// Sends evenly: no two connections at the same moment, as independent callers would.
Load run(const QString& program, const QStringList& arguments, double seconds) {
    QProcess server;
    server.setProcessChannelMode(QProcess::SeparateChannels);
    server.start(program, arguments);
    if (!server.waitForReadyRead(20000)) return {};
    const auto address = QString::fromUtf8(server.readLine()).section(' ', -1).trimmed();
    QElapsedTimer clock;
    clock.start();
    Load load;
    std::vector<double> times_ms;
    std::vector<std::unique_ptr<QWebSocket>> sockets;
    int connected = 0;
    QEventLoop loop;
    for (int i = 0; i < kConnections; ++i) {
        auto socket = std::make_unique<QWebSocket>();
        QObject::connect(socket.get(), &QWebSocket::connected, [&] {
            if (++connected == kConnections) loop.quit();
        });
        QObject::connect(socket.get(), &QWebSocket::binaryMessageReceived,
                         [&](const QByteArray& frame) {
                             qint64 sent_ns = 0;
                             std::memcpy(&sent_ns, frame.constData(), sizeof(sent_ns));
                             ++load.back;
                             times_ms.push_back(double(clock.nsecsElapsed() - sent_ns) / 1e6);
                         });
        socket->open(QUrl(address + "/ws/audio"));
        sockets.push_back(std::move(socket));
    }
    QTimer::singleShot(20000, &loop, &QEventLoop::quit);
    loop.exec();
    if (connected < kConnections) return {};
    QTimer::singleShot(kSettleMs, &loop, &QEventLoop::quit);
    loop.exec();

    const double cpu_before = cpuSeconds(server.processId());
    const qint64 start_ns = clock.nsecsElapsed();
    const long wanted = long(seconds * kConnections * kFramesPerSecond);
    QTimer pace;
    pace.setTimerType(Qt::PreciseTimer);
    QObject::connect(&pace, &QTimer::timeout, [&] {
        const double elapsed = double(clock.nsecsElapsed() - start_ns) / 1e9;
        const long due = std::min(wanted, long(elapsed * kConnections * kFramesPerSecond));
        for (; load.sent < due; ++load.sent) {
            QByteArray frame(kFrameBytes, '\1');
            const qint64 now_ns = clock.nsecsElapsed();
            std::memcpy(frame.data(), &now_ns, sizeof(now_ns));
            sockets[std::size_t(load.sent % kConnections)]->sendBinaryMessage(frame);
        }
        if (load.sent == wanted) loop.quit();
    });
    pace.start(1);
    loop.exec();
    const double took_s = double(clock.nsecsElapsed() - start_ns) / 1e9;
    load.cpu_ratio = (cpuSeconds(server.processId()) - cpu_before) / took_s;
    pace.stop();
    QTimer::singleShot(kSettleMs, &loop, &QEventLoop::quit);
    loop.exec();
    std::sort(times_ms.begin(), times_ms.end());
    if (!times_ms.empty()) {
        load.median_ms = times_ms[times_ms.size() / 2];
        load.worst_ms = times_ms.back();
    }
    server.terminate();
    server.waitForFinished();
    return load;
}

void print(const char* name, const Load& load) {
    fmt::print(
        "{:<12} {:6.1f} % of a core  {:>7} sent  {:>7} back  {:6.2f} ms median  {:6.1f} ms worst\n",
        name, 100.0 * load.cpu_ratio, load.sent, load.back, load.median_ms, load.worst_ms);
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    QCoreApplication application(argc, argv);
    if (argc > 1 && std::string_view(argv[1]) == "--bare") return runBare();
    const double seconds = argc > 1 ? std::max(1.0, std::atof(argv[1])) : 10.0;
    const auto bare = run(QCoreApplication::applicationFilePath(), {"--bare"}, seconds);
    print("bare Qt", bare);
    const auto ours = run(DT_CLI_PROGRAM, {"serve", "echo", "--port", "0"}, seconds);
    print("serve echo", ours);
    if (bare.cpu_ratio <= 0.0 || ours.sent == 0) return 1;
    fmt::print("ratio {:.2f}\n", ours.cpu_ratio / bare.cpu_ratio);
    return ours.back == ours.sent && ours.cpu_ratio <= 0.15 ? 0 : 1;
}
