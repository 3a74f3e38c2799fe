// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/stream_pair.h"

#include <QTimer>
#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "app/net/ingest_server.h"
#include "app/net/pcm_feed.h"
#include "engine/codec/media_writer.h"

namespace doubletalk::ui {
namespace {

constexpr int kTickMs = 40;
constexpr int kTellTicks = 5;
constexpr std::uint16_t kPort = 23457;  // where 'doubletalk-cli send' sends to

}  // namespace

/// Thread: its own.
class StreamPair::Receiver : public QObject {
public:
    explicit Receiver(StreamPair& owner) : owner_(owner), timer_(this) {
        timer_.setInterval(kTickMs);
        connect(&timer_, &QTimer::timeout, this, [this] { take(); });
    }

    void start(const QString& base) {
        base_ = base;
        rate_hz_ = 0;
        frames_ = 0;
        feed_ = std::make_unique<net::PcmFeed>();
        net::IngestServerOptions options;
        options.port = kPort;
        options.channels = int(files_.size());
        auto listens = openAtOrAnywhere(options.port, [&] { return open(options); });
        if (!listens) return failed(listens.error());
        timer_.start();
        owner_.waiting(server_->address());
    }

    void end() {
        if (!timer_.isActive()) return;
        take();
        if (timer_.isActive()) finish({});
    }

    /// The window has gone.
    void stop() {
        timer_.stop();
        if (server_) server_->shutDown();  // tells the sender
        server_.reset();
        if (frames_ > 0) (void)keep();
        files_ = {};
    }

private:
    Result<void> open(const net::IngestServerOptions& options) {
        server_ = std::make_unique<net::IngestServer>(*feed_);
        connect(server_.get(), &net::IngestServer::note, this,
                [this](const QString& line) { owner_.note(line); });
        return server_->listen(options);
    }

    void take() {
        net::PcmBlock block;
        for (auto fed = feed_->read(block); fed != net::Fed::nothing; fed = feed_->read(block)) {
            if (fed == net::Fed::end) return finish({});
            if (auto ok = add(block); !ok) return failed(ok.error());
            if (seconds() >= kMostS) {
                return finish(StreamPair::tr("It was cut at an hour, the most that is taken."));
            }
        }
        if (frames_ > 0 && ++ticks_ % kTellTicks == 0) owner_.received(seconds());
    }

    Result<void> add(const net::PcmBlock& block) {
        if (rate_hz_ == 0) {
            if (auto ok = begin(block.rate_hz); !ok) return ok;
        }
        const auto audio = block.audio();
        for (std::size_t side = 0; side < files_.size(); ++side) {
            channel_.clear();
            for (std::size_t i = side; i < audio.size(); i += files_.size()) {
                channel_.push_back(audio[i]);
            }
            if (auto ok = files_[side]->put(channel_); !ok) return ok;
        }
        frames_ += block.samples / block.channels;
        return {};
    }

    Result<void> begin(int rate_hz) {
        rate_hz_ = rate_hz;
        for (std::size_t side = 0; side < files_.size(); ++side) {
            auto file = codec::MediaWriter::open(fileOf(side).toStdString(), {.rate_hz = rate_hz_});
            if (!file) return tl::unexpected(file.error());
            files_[side].emplace(std::move(*file));
        }
        return {};
    }

    Result<void> keep() {
        frames_ = 0;
        Result<void> result;
        for (auto& file : files_) {
            if (!file) continue;
            if (auto ok = file->finish(); !ok) result = ok;
            file.reset();
        }
        return result;
    }

    void finish(QString shortfall) {
        const double length_s = seconds();
        const auto lost = feed_->droppedBlocks();
        const auto kept = keep();
        stop();
        owner_.tellEnd();
        if (!kept) return owner_.failed(QString::fromStdString(kept.error().message()));
        if (length_s <= 0.0) return owner_.stopped();
        if (lost > 0) {
            shortfall += StreamPair::tr(
                             " %1 blocks found no room and are missing: this computer is too "
                             "slow.")
                             .arg(lost);
        }
        owner_.done(fileOf(0), fileOf(1), length_s, shortfall.trimmed());
    }

    void failed(const Error& error) {
        stop();
        owner_.tellEnd();
        owner_.failed(QString::fromStdString(error.message()));
    }

    [[nodiscard]] QString fileOf(std::size_t side) const { return filesOf(base_)[qsizetype(side)]; }
    [[nodiscard]] double seconds() const { return double(frames_) / std::max(rate_hz_, 1); }

    StreamPair& owner_;
    QTimer timer_;
    QString base_;
    std::unique_ptr<net::PcmFeed> feed_;
    std::unique_ptr<net::IngestServer> server_;
    std::array<std::optional<codec::MediaWriter>, 2> files_;
    std::vector<float> channel_;
    int rate_hz_ = 0;  ///< 0: nothing came
    std::int64_t frames_ = 0;
    int ticks_ = 0;
};

StreamPair::StreamPair(QObject* parent) : QObject(parent), receiver_("pair", new Receiver(*this)) {}

StreamPair::~StreamPair() = default;

QStringList StreamPair::filesOf(const QString& base) {
    return {base + QLatin1String("-far.wav"), base + QLatin1String("-mic.wav")};
}

void StreamPair::start(const QString& base) {
    if (running_) return;
    running_ = true;
    receiver_.post([base](Receiver& receiver) { receiver.start(base); });
}

void StreamPair::stop() {
    receiver_.post([](Receiver& receiver) { receiver.end(); });
}

/// Before the signal that says how it ended. Thread: the receiver's.
void StreamPair::tellEnd() {
    QMetaObject::invokeMethod(
        this, [this] { running_ = false; }, Qt::QueuedConnection);
}

}  // namespace doubletalk::ui
