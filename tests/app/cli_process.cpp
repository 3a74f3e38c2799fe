// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/cli_process.h"

#include <QDir>
#include <QJsonDocument>

namespace doubletalk::test {

QJsonObject CliResult::json(bool* valid) const {
    QJsonParseError error;
    const auto document =
        QJsonDocument::fromJson(out, &error);  // text after the object is an error
    if (valid != nullptr) {
        *valid = error.error == QJsonParseError::NoError && document.isObject();
    }
    return document.object();
}

QString cliProgram() { return DT_CLI_PROGRAM; }

std::unique_ptr<QProcess> startCli(const QStringList& arguments, const Variables& variables) {
    QProcessEnvironment environment;
    const auto system = QProcessEnvironment::systemEnvironment();
    for (const auto* name : {"PATH", "DOUBLETALK_RESOURCES", "LD_LIBRARY_PATH", "ASAN_OPTIONS",
                             "UBSAN_OPTIONS", "TSAN_OPTIONS"}) {
        if (system.contains(name)) environment.insert(name, system.value(name));
    }
    environment.insert("HOME", QDir::tempPath() + "/doubletalk-no-such-home");
    for (const auto& [name, value] : variables) environment.insert(name, value);
    auto process = std::make_unique<QProcess>();
    process->setProcessEnvironment(environment);
    process->start(cliProgram(), arguments);
    return process;
}

CliResult finishCli(QProcess& process, int timeout_ms) {
    CliResult result;
    if (!process.waitForFinished(timeout_ms)) {
        process.kill();
        process.waitForFinished();
    } else if (process.exitStatus() == QProcess::NormalExit) {
        result.exit_code = process.exitCode();
    }
    result.out = process.readAllStandardOutput();
    result.err = process.readAllStandardError();
    return result;
}

CliResult runCli(const QStringList& arguments, const Variables& variables) {
    const auto process = startCli(arguments, variables);
    return finishCli(*process);
}

}  // namespace doubletalk::test
