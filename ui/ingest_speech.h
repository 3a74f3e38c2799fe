// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>
#include <memory>
#include <vector>

#include "app/net/pcm_feed.h"
#include "ui/server_thread.h"

namespace doubletalk::bench {
class Bench;
}

namespace doubletalk::ui {

class SpokenStream;

/// What `doubletalk-cli send` brings over TCP, spoken by the assistant: each sender is an entry of
/// the queue, as long as it sends; one that was interrupted or removed goes on as a new entry. The
/// server has a thread of its own. Thread: gui.
class IngestSpeech : public QObject {
    Q_OBJECT
public:
    /// Asked for first; any free port when it is taken.
    static constexpr std::uint16_t kPort = 23457;

    /// bench outlives it.
    explicit IngestSpeech(bench::Bench& bench, QObject* parent = nullptr);
    ~IngestSpeech() override;

    void start();
    void stop();
    [[nodiscard]] bool running() const { return timer_.isActive(); }
    /// "127.0.0.1:23457"; empty until it listens.
    [[nodiscard]] QString address() const { return address_; }

signals:
    void started(const QString& address);
    void failed(const QString& what);
    /// It goes on, but nothing is taken for now, and why.
    void dropped(const QString& why);

private:
    class Server;
    void take();
    [[nodiscard]] bool full();
    void endStream();

    bench::Bench& bench_;
    net::PcmFeed feed_;
    QString address_;
    std::unique_ptr<SpokenStream> stream_;
    std::vector<float> mono_;
    int quiet_ticks_ = 0;
    bool full_ = false;
    int starts_ = 0;  ///< answers to an earlier one are void
    QTimer timer_;
    ServerThread<Server> server_;
};

}  // namespace doubletalk::ui
