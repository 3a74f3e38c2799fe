// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QtTest>
#include <memory>
#include <vector>

#include "tests/app/cli_process.h"

namespace doubletalk::test {

/// A served service: the program, and the address out of its first line.
struct Service {
    explicit Service(const QStringList& arguments)
        : process(startCli(QStringList{"serve"} + arguments)) {
        if (!process->waitForReadyRead(20000)) return;
        line = process->readLine();
        address = QString::fromUtf8(line).section(' ', -1).trimmed();
    }
    std::unique_ptr<QProcess> process;
    QByteArray line;
    QString address;
};

/// What a foreign client of tests/peers printed, a JSON object a line.
inline std::vector<QJsonObject> runPeer(const QString& script, const QStringList& arguments) {
    QProcess client;
    client.start("/usr/bin/python3",
                 QStringList{DT_SOURCE_DIR "/tests/peers/" + script} + arguments);
    std::vector<QJsonObject> lines;
    if (!client.waitForFinished(60000)) client.kill();
    for (const auto& line : client.readAllStandardOutput().split('\n')) {
        if (!line.isEmpty()) lines.push_back(QJsonDocument::fromJson(line).object());
    }
    const auto errors = client.readAllStandardError();
    if (!errors.isEmpty()) qWarning("%s", errors.constData());
    return lines;
}

}  // namespace doubletalk::test
