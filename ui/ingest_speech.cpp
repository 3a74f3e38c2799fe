// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/ingest_speech.h"

#include "app/bench/bench.h"
#include "app/net/ingest_server.h"
#include "ui/spoken_stream.h"

namespace doubletalk::ui {
namespace {

constexpr int kTickMs = 40;
constexpr int kEndTicks = 15;            // 600 ms without audio end an entry
constexpr double kMostEntryS = 600.0;    // longer ones go on in a new entry
constexpr double kMostWaitingS = 600.0;  // of speech nobody plays

}  // namespace

/// Thread: the server's own.
class IngestSpeech::Server : public QObject {
public:
    std::pair<QString, QString> start(net::PcmFeed& feed) {
        net::IngestServerOptions options;
        options.port = kPort;
        auto ok = openAtOrAnywhere(options.port, [&] { return open(feed, options); });
        if (ok) return {server_->address(), {}};
        server_.reset();
        return {{}, QString::fromStdString(ok.error().message())};
    }
    void stop() {
        if (server_) server_->shutDown();
        server_.reset();
    }

private:
    Result<void> open(net::PcmFeed& feed, const net::IngestServerOptions& options) {
        stop();
        server_ = std::make_unique<net::IngestServer>(feed);
        return server_->listen(options);
    }

    std::unique_ptr<net::IngestServer> server_;
};

IngestSpeech::IngestSpeech(bench::Bench& bench, QObject* parent)
    : QObject(parent), bench_(bench), server_("ingest", new Server) {
    timer_.setInterval(kTickMs);
    connect(&timer_, &QTimer::timeout, this, &IngestSpeech::take);
}

IngestSpeech::~IngestSpeech() = default;

void IngestSpeech::start() {
    if (running()) return;
    timer_.start();
    server_.post([this, number = ++starts_](Server& server) {
        const auto [address, problem] = server.start(feed_);
        QMetaObject::invokeMethod(this, [this, number, address = address, problem = problem] {
            if (number != starts_) return;
            address_ = address;
            if (problem.isEmpty()) return started(address);
            stop();
            failed(problem);
        });
    });
}

void IngestSpeech::stop() {
    ++starts_;
    address_.clear();
    server_.post([](Server& server) { server.stop(); });
    timer_.stop();
    take();
    endStream();
}

void IngestSpeech::take() {
    net::PcmBlock block;
    bool any = false;
    for (auto fed = feed_.read(block); fed != net::Fed::nothing; fed = feed_.read(block)) {
        if (fed == net::Fed::end) {
            endStream();
            continue;
        }
        any = true;
        const auto audio = block.audio();
        const auto channels = std::size_t(block.channels);
        mono_.assign(audio.size() / channels, 0.0F);
        for (std::size_t i = 0; i < mono_.size() * channels; ++i) {
            mono_[i / channels] += audio[i] / float(channels);
        }
        if (full()) continue;
        if (stream_ && (stream_->cut() || stream_->lengthS() >= kMostEntryS)) endStream();
        if (!stream_) {
            stream_ = std::make_unique<SpokenStream>(bench_, tr("Stream sent to %1").arg(address_));
        }
        if (auto ok = stream_->append(mono_, block.rate_hz); !ok) {
            stream_->fail(QString::fromStdString(ok.error().message()));
            stream_.reset();
            return;
        }
    }
    quiet_ticks_ = any ? 0 : quiet_ticks_ + 1;
    if (quiet_ticks_ >= kEndTicks) endStream();
}

/// Whoever sends without an end while no run plays it does not fill the memory.
bool IngestSpeech::full() {
    const bool before = full_;
    full_ = bench_.bufferedMs() >= 1000.0 * kMostWaitingS;
    if (full_ && !before) {
        endStream();
        dropped(
            tr("What is sent to %1 is dropped: %2 minutes wait to be spoken already. Run speaks "
               "them, or take entries out of the queue (Speak)")
                .arg(address_)
                .arg(kMostWaitingS / 60.0));
    }
    return full_;
}

void IngestSpeech::endStream() {
    if (stream_) stream_->end();
    stream_.reset();
}

}  // namespace doubletalk::ui
