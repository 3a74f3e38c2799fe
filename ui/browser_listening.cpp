// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/browser_listening.h"

#include <QCoreApplication>

#include "app/bench/bench.h"
#include "app/net/listen_server.h"
#include "app/net/listen_source.h"

namespace doubletalk::ui {

QString listenChoiceText(bench::ListenChoice choice) {
    const auto tr = [](const char* text) {
        return QCoreApplication::translate("ListenChoice", text);
    };
    switch (choice) {
        case bench::ListenChoice::far:
            return tr("Far end");
        case bench::ListenChoice::microphone:
            return tr("Microphone");
        case bench::ListenChoice::output:
            return tr("Output");
        case bench::ListenChoice::mix:
            return tr("Far end and output");
        case bench::ListenChoice::nothing:
            break;
    }
    return tr("Nothing");
}

namespace {

QString titleOf(bench::ListenChoice choice) {
    return BrowserListening::tr("Doubletalk: %1").arg(listenChoiceText(choice));
}

}  // namespace

/// Thread: the server's own.
class BrowserListening::Server : public QObject {
public:
    /// Address, or what went wrong.
    std::pair<QString, QString> start(net::ListenServerOptions options, bench::ListenTap& tap,
                                      const std::function<void(int)>& listeners) {
        auto ok = openAtOrAnywhere(options.service.port, [&] { return open(options, tap); });
        if (!ok) {
            server_.reset();
            return {{}, QString::fromStdString(ok.error().message())};
        }
        connect(server_.get(), &net::ListenServer::listenersChanged, this, listeners);
        return {server_->webAddress(), {}};
    }
    void setTitle(const QString& title) {
        if (server_) server_->setTitle(title);
    }
    void stop() {
        if (server_) server_->stop();
        server_.reset();
    }

private:
    Result<void> open(const net::ListenServerOptions& options, bench::ListenTap& tap) {
        stop();
        server_ = std::make_unique<net::ListenServer>();
        return server_->start(options, std::make_unique<net::FeedSource>(tap.feed()));
    }

    std::unique_ptr<net::ListenServer> server_;
};

BrowserListening::BrowserListening(bench::Bench& bench, QObject* parent)
    : QObject(parent),
      bench_(bench),
      tap_(std::make_shared<bench::ListenTap>()),
      server_("listening", new Server) {
    bench_.setBlockSink([tap = tap_](const duplex::BlockLoop& loop,
                                     const duplex::BlockInput& input) { tap->hear(loop, input); });
    connect(&bench_, &bench::Bench::stateChanged, this, [tap = tap_](bench::BenchState state) {
        if (state == bench::BenchState::idle) tap->end();
    });
}

BrowserListening::~BrowserListening() {
    tap_->choose(bench::ListenChoice::nothing);
    bench_.setBlockSink({});
}

void BrowserListening::start(bench::ListenChoice tap, codec::CodecId codec) {
    wanted_ = true;
    tap_->choose(tap);
    net::ListenServerOptions options;
    options.service.port = kPort;
    options.coding.codec = codec;
    options.title = titleOf(tap);
    const int number = ++starts_;
    server_.post([this, options, number](Server& server) {
        const auto told = [this, number](int listeners) {
            QMetaObject::invokeMethod(this, [this, number, listeners] {
                if (number != starts_) return;
                listeners_ = listeners;
                changed();
            });
        };
        const auto [address, problem] = server.start(options, *tap_, told);
        QMetaObject::invokeMethod(this, [this, number, address = address, problem = problem] {
            if (number == starts_) came(address, problem);
        });
    });
}

void BrowserListening::came(const QString& address, const QString& problem) {
    address_ = address;
    listeners_ = 0;
    if (address.isEmpty()) {
        wanted_ = false;
        tap_->choose(bench::ListenChoice::nothing);
    }
    changed();
    if (!problem.isEmpty()) failed(problem);
}

void BrowserListening::stop() {
    ++starts_;
    wanted_ = false;
    tap_->choose(bench::ListenChoice::nothing);
    server_.post([](Server& server) { server.stop(); });
    address_.clear();
    listeners_ = 0;
    changed();
}

void BrowserListening::choose(bench::ListenChoice tap) {
    if (!wanted_) return;
    tap_->choose(tap);
    // Behind a start() that is on its way.
    server_.post([title = titleOf(tap)](Server& server) { server.setTitle(title); });
}

}  // namespace doubletalk::ui
