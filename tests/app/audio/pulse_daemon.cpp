// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pulse_daemon.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QThread>
#include <utility>

namespace doubletalk::test {
namespace {

constexpr int kUpMs = 5000;

}  // namespace

PulseDaemon::PulseDaemon(QStringList modules)
    : folder_(QDir::tempPath() + "/dt-pulse-XXXXXX"), modules_(std::move(modules)) {
    QDir(folder_.path()).mkdir("run");
    QFile::setPermissions(folder_.filePath("run"),
                          QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    qputenv("HOME", folder_.path().toUtf8());
    qputenv("XDG_RUNTIME_DIR", folder_.filePath("run").toUtf8());
    qputenv("PULSE_SERVER", "unix:" + folder_.filePath("s").toUtf8());
}

PulseDaemon::~PulseDaemon() { kill(); }

QStringList PulseDaemon::sinkArguments(const QString& name) {
    // norewinds: an idle null sink would keep two seconds of silence before the first sound.
    return {"module-null-sink", "sink_name=" + name, "rate=48000",
            "channels=2",       "format=s16le",      "norewinds=1"};
}

bool PulseDaemon::start() {
    QFile::remove(folder_.filePath("s"));
    QStringList arguments{
        "-n",
        "--daemonize=no",
        "--exit-idle-time=-1",
        "--log-level=error",
        "-L",
        "module-native-protocol-unix socket=" + folder_.filePath("s") + " auth-anonymous=1",
        "-L",
        sinkArguments("spk").join(' '),
        "-L",
        "module-remap-source source_name=mic master=spk.monitor "
        "channels=2 remix=no"};
    for (const auto& module : modules_) arguments << "-L" << module;
    process_ = std::make_unique<QProcess>();
    process_->setStandardOutputFile(QProcess::nullDevice());
    process_->setStandardErrorFile(folder_.filePath("pulse.log"));
    process_->start("pulseaudio", arguments);
    if (!process_->waitForStarted()) return false;
    QElapsedTimer timer;
    for (timer.start(); timer.elapsed() < kUpMs; QThread::msleep(20)) {
        if (pactl({"info"}).contains("Server Name")) return true;
    }
    return false;
}

void PulseDaemon::kill() {
    if (!process_) return;
    process_->kill();
    process_->waitForFinished();
    process_.reset();
}

QString PulseDaemon::pactl(const QStringList& arguments) const {
    QProcess process;
    process.start("pactl", arguments);
    process.waitForFinished(3000);
    return QString::fromUtf8(process.readAllStandardOutput());
}

}  // namespace doubletalk::test
