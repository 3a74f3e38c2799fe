// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProcess>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>
#include <memory>

namespace doubletalk::test {

/// A PulseAudio daemon of the test's own: private socket, HOME and run folder. Its null sink "spk"
/// has the remapped monitor "mic" as a microphone.
class PulseDaemon {
public:
    /// modules: further -L arguments. server is left in this process's PULSE_SERVER.
    explicit PulseDaemon(QStringList modules = {});
    ~PulseDaemon();
    PulseDaemon(const PulseDaemon&) = delete;
    PulseDaemon& operator=(const PulseDaemon&) = delete;

    /// False: no daemon installed, or it did not come up.
    [[nodiscard]] bool start();
    void kill();
    [[nodiscard]] QString folder() const { return folder_.path(); }
    /// Runs pactl; its output.
    QString pactl(const QStringList& arguments) const;
    [[nodiscard]] static QStringList sinkArguments(const QString& name);

private:
    QTemporaryDir folder_;
    QStringList modules_;
    std::unique_ptr<QProcess> process_;
};

}  // namespace doubletalk::test
