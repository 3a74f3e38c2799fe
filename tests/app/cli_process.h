// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QProcess>
#include <QString>
#include <QStringList>
#include <memory>
#include <utility>
#include <vector>

namespace doubletalk::test {

/// What a run of doubletalk-cli left.
struct CliResult {
    int exit_code = -1;  ///< -1: crashed, killed or never ended
    QByteArray out, err;
    /// Standard output as one JSON object; nothing unless it is exactly that.
    [[nodiscard]] QJsonObject json(bool* valid = nullptr) const;
};

using Variables = std::vector<std::pair<QString, QString>>;

/// Path of the program under test.
[[nodiscard]] QString cliProgram();
/// A started program with a clean environment: no settings of whoever runs the tests.
[[nodiscard]] std::unique_ptr<QProcess> startCli(const QStringList& arguments,
                                                 const Variables& variables = {});
[[nodiscard]] CliResult finishCli(QProcess& process, int timeout_ms = 120'000);
[[nodiscard]] CliResult runCli(const QStringList& arguments, const Variables& variables = {});

}  // namespace doubletalk::test
