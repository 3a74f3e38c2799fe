// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <memory>

#include "app/bench/listen_tap.h"
#include "engine/codec/codec_list.h"
#include "ui/server_thread.h"

namespace doubletalk::bench {
class Bench;
}

namespace doubletalk::ui {

/// A page on this computer on which browsers hear a tap of the running engine. The server has a
/// thread of its own; nothing here waits for it except the end. Thread: gui.
class BrowserListening : public QObject {
    Q_OBJECT
public:
    /// Where the page is asked for first; any free port when it is taken.
    static constexpr std::uint16_t kPort = 23456;

    /// bench outlives it.
    explicit BrowserListening(bench::Bench& bench, QObject* parent = nullptr);
    ~BrowserListening() override;

    void start(bench::ListenChoice tap, codec::CodecId codec);
    void stop();
    /// Goes on with the other signal, or begins with it while it starts.
    void choose(bench::ListenChoice tap);
    [[nodiscard]] bool running() const { return !address_.isEmpty(); }
    /// "http://127.0.0.1:23456"; empty: not running.
    [[nodiscard]] QString address() const { return address_; }
    [[nodiscard]] int listeners() const { return listeners_; }

signals:
    /// Began, ended, or somebody came or went.
    void changed();
    void failed(const QString& what);

private:
    class Server;
    void came(const QString& address, const QString& problem);

    bench::Bench& bench_;
    std::shared_ptr<bench::ListenTap> tap_;  ///< runs keep it, too
    QString address_;
    bool wanted_ = false;  ///< it runs, or will
    int listeners_ = 0;
    int starts_ = 0;  ///< answers to an earlier one are void
    ServerThread<Server> server_;
};

/// Signals to choose from, in words.
[[nodiscard]] QString listenChoiceText(bench::ListenChoice choice);

}  // namespace doubletalk::ui
