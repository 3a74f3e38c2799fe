// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/tcp_packet_ends.h"

#include <QHostAddress>
#include <QTcpServer>
#include <QTcpSocket>
#include <QThread>
#include <QTimer>
#include <algorithm>
#include <cstring>
#include <future>
#include <map>
#include <utility>
#include <vector>

#include "app/net/ingest_sender.h"
#include "engine/dsp/pcm16.h"
#include "engine/flow/packetizer.h"
#include "engine/remote/ingest_protocol.h"

namespace doubletalk::net {
namespace {

using flow::Item;
using flow::PcmBlock;
using flow::Status;

constexpr qint64 kSocketBytes = 65536;
constexpr qint64 kReadBytes = 4096;
constexpr std::size_t kMaxStrangers = 8;
constexpr int kFormatMs = 5000;    // from the connection to the whole format
constexpr int kFarewellMs = 1000;  // for the reason to be read before the connection ends

flow::ItemRoom roomFor(const StreamFormat& format, int channels, int packets) {
    return {packets, 0, format.maxPayloadBytes() * channels};
}

void say(QTcpSocket& socket, const std::string& bytes) {
    socket.write(bytes.data(), qint64(bytes.size()));
}

void sendAway(QTcpSocket* socket, const std::string& why) {
    std::string answer;
    remote::appendIngestRefused(why, answer);
    say(*socket, answer);
    socket->flush();
    QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    // Unread bytes would take the reason with them; the other side closes when it has read it.
    QObject::connect(socket, &QTcpSocket::readyRead, socket, [socket] { socket->readAll(); });
    socket->readAll();
    QTimer::singleShot(kFarewellMs, socket, &QTcpSocket::disconnectFromHost);
}

/// Mean of the channels.
void appendMono(const remote::IngestAudio& audio, int channels, std::vector<float>& mono) {
    std::vector<float> samples(audio.samples.size());
    dsp::fromPcm16(audio.samples, samples);
    const auto step = std::size_t(std::max(channels, 1));
    for (std::size_t i = 0; i + step <= samples.size(); i += step) {
        float sum = 0.0F;
        for (std::size_t c = 0; c < step; ++c) sum += samples[i + c];
        mono.push_back(sum / float(step));
    }
}

}  // namespace

/// The sockets' side. Thread: the source's own.
class TcpPacketSource::Receiver : public QObject {
public:
    Receiver(TcpPacketSource& source, const TcpSourceOptions& options)
        : source_(source), options_(options), server_(this), packetizer_(options.format) {
        connect(&server_, &QTcpServer::newConnection, this, [this] { accept(); });
    }

    ~Receiver() override {
        // They end with the server, after much of this has gone.
        for (auto* socket : server_.findChildren<QTcpSocket*>()) socket->disconnect(this);
    }

    Result<std::uint16_t> listen() {
        const auto where = options_.bind + ":" + std::to_string(options_.port);
        const QHostAddress address(QString::fromStdString(options_.bind));
        if (address.isNull() || !server_.listen(address, options_.port)) {
            const auto why = address.isNull() ? std::string("this is no address")
                                              : server_.errorString().toStdString();
            return fail(ErrorKind::io, "cannot listen: " + why, where,
                        "end the program that has this port, or choose another one");
        }
        return server_.serverPort();
    }
    void read() {
        while (give() && sender_ != nullptr) {
            if (!hear(*sender_)) break;
        }
        if (!gone_ || sender_ == nullptr || sender_->bytesAvailable() > 0 || !give()) return;
        lose(sender_, "the sender broke off");
        give();
    }

private:
    void accept() {
        while (auto* socket = server_.nextPendingConnection()) {
            if (strangers_.size() >= kMaxStrangers) {
                sendAway(socket, "too many connections");
                continue;
            }
            strangers_.emplace(socket, remote::IngestReader());
            socket->setReadBufferSize(kSocketBytes);
            connect(socket, &QTcpSocket::readyRead, this, [this, socket] { readFrom(socket); });
            connect(socket, &QTcpSocket::disconnected, this, [this, socket] {
                if (socket == sender_) gone_ = true;
                readFrom(socket);
                if (socket != sender_) forget(socket);
            });
            QTimer::singleShot(kFormatMs, socket, [this, socket] {
                if (strangers_.contains(socket)) lose(socket, "no format came");
            });
        }
    }
    void readFrom(QTcpSocket* socket) {
        while (strangers_.contains(socket)) {
            if (!hear(*socket)) return;
        }
        read();
    }
    /// False: nothing more came.
    bool hear(QTcpSocket& socket) {
        const auto bytes = socket.isOpen() ? socket.read(kReadBytes) : QByteArray();
        if (bytes.isEmpty()) return false;
        std::vector<remote::IngestEvent> events;
        const auto stranger = strangers_.find(&socket);
        auto& reader = stranger == strangers_.end() ? reader_ : stranger->second;
        reader.receive({bytes.constData(), std::size_t(bytes.size())}, events);
        for (const auto& event : events) take(&socket, event);
        return true;
    }
    void take(QTcpSocket* socket, const remote::IngestEvent& event) {
        const bool stranger = strangers_.contains(socket);
        if (!stranger && (socket != sender_ || end_seen_)) return;
        if (const auto* format = std::get_if<remote::IngestFormat>(&event)) {
            takeFormat(socket, *format);
        } else if (const auto* audio = std::get_if<remote::IngestAudio>(&event)) {
            appendMono(*audio, channels_, next_);
        } else if (const auto* fault = std::get_if<remote::Fault>(&event)) {
            lose(socket, fault->what);
        } else if (stranger) {
            lose(socket, "nothing was sent");
        } else {
            end_seen_ = true;
        }
    }
    void takeFormat(QTcpSocket* socket, const remote::IngestFormat& format) {
        const int rate_hz = options_.format.rate.hz;
        if (sender_ != nullptr || end_seen_) {
            return lose(socket, "another program sends already; one can be heard at a time");
        }
        if (format.rate_hz != rate_hz) {
            return lose(socket, "this port takes " + std::to_string(rate_hz) + " Hz, not " +
                                    std::to_string(format.rate_hz));
        }
        sender_ = socket;
        channels_ = format.channels;
        auto reader = strangers_.extract(socket);
        reader_ = std::move(reader.mapped());
        std::string answer;
        remote::appendIngestTaken(answer);
        say(*socket, answer);
    }
    void forget(QTcpSocket* socket) {
        if (strangers_.erase(socket) > 0) socket->deleteLater();
    }
    /// A connection is over. A stranger's is its own affair, the sender's is the stream's.
    void lose(QTcpSocket* socket, const std::string& why) {
        socket->disconnect(this);
        if (socket->state() == QAbstractSocket::ConnectedState) {
            sendAway(socket, why);
        } else {
            socket->deleteLater();
        }
        if (strangers_.erase(socket) > 0) return;
        sender_ = nullptr;
        end_seen_ = true;
        broken_ = why;
    }
    /// Moves what came into the queue. False: that is full, or nothing more will come.
    bool give() {
        while (!over_) {
            if (waiting_.index() != 0) {
                if (!offer()) return false;
                continue;
            }
            const Status status = packetizer_.pull(waiting_);
            if (status == Status::ok) continue;
            if (status != Status::again) {
                finish();
                return false;
            }
            if (next_.empty() && !end_seen_) return true;
            if (next_.empty()) {
                packetizer_.push(std::monostate{});
                continue;
            }
            samples_.swap(next_);
            next_.clear();
            PcmBlock block;
            block.samples = samples_;
            block.rate = options_.format.rate;
            packetizer_.push(block);
        }
        return false;
    }
    bool offer() {
        Status status = source_.queue_.tryPush(waiting_);
        if (status == Status::again) {
            // Said before the second look, so that whoever makes room meanwhile knows.
            source_.stalled_.store(true);
            status = source_.queue_.tryPush(waiting_);
        }
        if (status != Status::ok) return false;
        waiting_ = std::monostate{};
        source_.data_.signal();
        return true;
    }
    void finish() {
        over_ = true;
        source_.error_ = broken_;
        source_.end_.store(broken_.empty() ? End::eof : End::failed, std::memory_order_release);
        source_.data_.signal();
    }

    TcpPacketSource& source_;
    TcpSourceOptions options_;
    QTcpServer server_;
    std::map<QTcpSocket*, remote::IngestReader> strangers_;  ///< have not said their format yet
    QTcpSocket* sender_ = nullptr;                           ///< the one that is heard
    remote::IngestReader reader_;                            ///< of the sender
    int channels_ = 0;
    flow::Packetizer packetizer_;
    std::vector<float> next_;     ///< came in
    std::vector<float> samples_;  ///< the packetizer looks at
    Item waiting_;                ///< the queue did not take yet
    bool gone_ = false;           ///< the connection ended; what it sent is still read
    bool end_seen_ = false;       ///< nothing more will come in
    std::string broken_;          ///< why, when that was not the sender's wish
    bool over_ = false;
};

TcpPacketSource::TcpPacketSource(const TcpSourceOptions& options)
    : queue_(flow::EndKind::packet, roomFor(options.format, 1, options.max_packets)),
      thread_(std::make_unique<QThread>()) {}

Result<std::unique_ptr<TcpPacketSource>> TcpPacketSource::listen(const TcpSourceOptions& options) {
    std::unique_ptr<TcpPacketSource> source(new TcpPacketSource(options));
    auto* receiver = new Receiver(*source, options);
    source->receiver_ = receiver;
    receiver->moveToThread(source->thread_.get());
    QObject::connect(source->thread_.get(), &QThread::finished, receiver, &QObject::deleteLater);
    source->thread_->start();
    Result<std::uint16_t> port;
    QMetaObject::invokeMethod(
        receiver, [&] { port = receiver->listen(); }, Qt::BlockingQueuedConnection);
    if (!port) return tl::unexpected(port.error());
    source->port_ = *port;
    source->name_ = "tcp:" + options.bind + ":" + std::to_string(*port);
    return source;
}

TcpPacketSource::~TcpPacketSource() {
    thread_->quit();
    thread_->wait();
}

bool TcpPacketSource::show(PacketView& packet) noexcept {
    Item item;
    showing_ = queue_.front(item);
    if (showing_) packet = *std::get_if<PacketView>(&item);
    return showing_;
}

Status TcpPacketSource::receive(PacketView& packet) noexcept {
    if (showing_) {
        queue_.pop();
        showing_ = false;
        if (stalled_.exchange(false)) {
            QMetaObject::invokeMethod(
                receiver_, [receiver = receiver_] { receiver->read(); }, Qt::QueuedConnection);
        }
    }
    if (show(packet)) return Status::ok;
    const End end = end_.load(std::memory_order_acquire);
    if (end == End::open) return Status::again;
    // The last packets may have come between the two looks.
    if (show(packet)) return Status::ok;
    return end == End::eof ? Status::eof : Status::error;
}

std::string_view TcpPacketSource::error() const noexcept {
    const bool failed = end_.load(std::memory_order_acquire) == End::failed;
    return failed ? std::string_view(error_) : std::string_view{};
}

TcpPacketSink::TcpPacketSink(const TcpSinkOptions& options)
    : options_(options),
      name_("tcp:" + options.host + ":" + std::to_string(options.port)),
      queue_(flow::EndKind::packet,
             roomFor(options.format, options.channels, options.max_packets)) {}

Result<std::unique_ptr<TcpPacketSink>> TcpPacketSink::connect(const TcpSinkOptions& options) {
    std::unique_ptr<TcpPacketSink> sink(new TcpPacketSink(options));
    if (auto ok = sink->start(); !ok) return tl::unexpected(ok.error());
    return sink;
}

Result<void> TcpPacketSink::start() {
    std::promise<Result<void>> opened;
    thread_.reset(QThread::create([this, &opened] {
        IngestSender sender;
        auto ok =
            sender.open(options_.host, options_.port, {options_.format.rate.hz, options_.channels});
        const bool connected = ok.has_value();
        opened.set_value(std::move(ok));
        if (connected) carry(sender);
    }));
    thread_->start();
    return opened.get_future().get();
}

TcpPacketSink::~TcpPacketSink() {
    stop_.store(true);
    work_.signal();
    thread_->wait();
}

bool TcpPacketSink::nextPacket(Item& item) noexcept {
    while (!stop_.load()) {
        const bool closed = closed_.load();
        if (queue_.front(item)) return true;
        if (closed) return false;
        work_.wait(WakeUp::kForever);
    }
    return false;
}

void TcpPacketSink::carry(IngestSender& sender) {
    std::vector<std::int16_t> samples;
    Item item;
    while (nextPacket(item)) {
        const auto payload = std::get_if<PacketView>(&item)->payload;
        samples.resize(payload.size() / sizeof(std::int16_t));
        std::memcpy(samples.data(), payload.data(), samples.size() * sizeof(std::int16_t));
        queue_.pop();
        room_.signal();
        if (const auto ok = sender.send(samples); !ok) return endWith(ok);
    }
    if (stop_.load()) return;
    endWith(sender.finish());
}

void TcpPacketSink::endWith(const Result<void>& how) {
    if (!how) {
        failure_ = how.error();
        error_ = failure_.message();
    }
    end_.store(how ? End::finished : End::failed, std::memory_order_release);
    room_.signal();
}

Status TcpPacketSink::send(const PacketView& packet) noexcept {
    bad_packet_ = {};
    if (closed_.load()) return Status::eof;
    if (end_.load(std::memory_order_acquire) == End::failed) return Status::error;
    const auto& header = packet.header;
    if (header.payload_type != PayloadType::pcm16 ||
        packet.payload.size() !=
            header.frames * std::size_t(options_.channels) * sizeof(std::int16_t)) {
        bad_packet_ = "takes packets of 16-bit PCM only";
        return Status::error;
    }
    const Status status = queue_.tryPush(packet);
    if (status == Status::ok) work_.signal();
    if (status == Status::error) bad_packet_ = queue_.error();
    return status;
}

Status TcpPacketSink::finish() noexcept {
    closed_.store(true);
    work_.signal();
    const End end = end_.load(std::memory_order_acquire);
    if (end == End::open) return Status::again;
    return end == End::finished ? Status::ok : Status::error;
}

std::string_view TcpPacketSink::error() const noexcept {
    if (!bad_packet_.empty()) return bad_packet_;
    return failure() != nullptr ? std::string_view(error_) : std::string_view{};
}

const Error* TcpPacketSink::failure() const noexcept {
    const bool failed = end_.load(std::memory_order_acquire) == End::failed;
    return failed && bad_packet_.empty() ? &failure_ : nullptr;
}

}  // namespace doubletalk::net
