// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QString>
#include <QStringList>

namespace doubletalk::test {

/// Each runs in a process of its own (Qt keeps one connection to one sound server) and tells what
/// it measured; "error" when it could not.
[[nodiscard]] QJsonObject runScenario(const QString& name, const QStringList& arguments);

}  // namespace doubletalk::test
