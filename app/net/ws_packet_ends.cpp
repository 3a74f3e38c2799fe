// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/ws_packet_ends.h"

#include <QThread>
#include <QTimer>
#include <algorithm>
#include <atomic>
#include <deque>
#include <future>
#include <optional>
#include <utility>
#include <vector>

#include "app/net/link_text.h"
#include "app/net/ws_link.h"
#include "engine/core/wake_up.h"
#include "engine/flow/item_queue.h"

namespace doubletalk::net {
namespace {

using flow::Item;
using flow::Status;

constexpr std::size_t kMaxWaitingBytes = 8U << 20U;  // came, and the queue has no room
constexpr qint64 kMaxUnsentBytes = 256 * 1024;       // in the socket
constexpr int kMaxCodedBytes = 65536;
constexpr int kNormal = 1000;  // RFC 6455 7.4.1
constexpr int kGoingAway = 1001;

std::size_t sampleBytes(PayloadType payload) {
    if (payload == PayloadType::pcm16) return 2;
    return payload == PayloadType::pcmu || payload == PayloadType::pcma ? 1 : 0;
}

flow::ItemRoom roomFor(const WsEndsOptions& options) {
    const bool coded = sampleBytes(options.payload) == 0;
    return {options.max_packets, 0, coded ? kMaxCodedBytes : options.format.maxPayloadBytes()};
}

}  // namespace

/// What the ends and the socket's thread share.
class WsPacketEnds::Connection {
public:
    enum class End : std::uint8_t { open, eof, failed };

    explicit Connection(const WsEndsOptions& wanted)
        : options(wanted),
          name("ws:" + shownAddress(wanted.link.url).toStdString()),
          received(flow::EndKind::packet, roomFor(wanted)),
          unsent(flow::EndKind::packet, roomFor(wanted)) {}
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] Result<void> open();
    /// Has the socket's thread look at the queues. Thread: the ends'.
    void kick() noexcept;
    /// Once: nothing more can be sent, and nothing comes. Thread: the socket's.
    void endWith(End how, const std::string& why) {
        if (end.load() != End::open) return;
        if (how == End::failed) error.emplace(Error{ErrorKind::io, why, name, {}});
        end.store(how, std::memory_order_release);
        room.signal();
    }
    /// What came has been given to the queue to its end. Thread: the socket's.
    void tellDrained() {
        drained.store(true, std::memory_order_release);
        data.signal();
    }
    [[nodiscard]] const Error* failure() const noexcept {
        return end.load(std::memory_order_acquire) == End::failed ? &*error : nullptr;
    }
    [[nodiscard]] std::string_view reason() const noexcept {
        const auto* failed = failure();
        return failed != nullptr ? std::string_view(failed->what) : std::string_view{};
    }

    const WsEndsOptions options;
    const std::string name;
    flow::ItemQueue received, unsent;
    WakeUp data, room;
    std::atomic<bool> stalled{false};   ///< the socket waits for room in received
    std::atomic<bool> finished{false};  ///< nothing more will be sent
    std::atomic<bool> all_sent{false};
    std::atomic<End> end{End::open};
    std::atomic<bool> drained{false};  ///< after the end: received has all there was

private:
    std::optional<Error> error;  ///< set before end
    QThread thread_;
    Socket* socket_ = nullptr;  ///< of thread_
    std::atomic<bool> kicked_{false};
};

/// The socket's side. Thread: the connection's own.
class WsPacketEnds::Socket : public QObject {
public:
    explicit Socket(Connection& shared) : shared_(shared), link_(this), linger_(this) {
        linger_.setSingleShot(true);
        connect(&linger_, &QTimer::timeout, this, [this] { over(Connection::End::eof, {}); });
        connect(&link_, &WsLink::binaryReceived, this, [this](const QByteArray& m) { take(m); });
        connect(&link_, &WsLink::bytesSent, this, [this] { send(); });
    }

    /// opened hears of the connection, or why there is none.
    void open(std::promise<Result<void>>& opened) {
        opened_ = &opened;
        connect(&link_, &WsLink::opened, this, [this] { tell({}); });
        connect(&link_, &WsLink::statusChanged, this, [this](const LinkStatus& status) {
            if (status.state == LinkState::failed) lose(status);
        });
        link_.open(shared_.options.link);
    }

    /// Both directions, as far as there is room.
    void move() {
        give();
        send();
    }

private:
    void tell(Result<void> how) {
        if (auto* opened = std::exchange(opened_, nullptr)) opened->set_value(std::move(how));
    }

    void lose(const LinkStatus& status) {
        const auto why = status.reason.toStdString();
        const bool goodbye = status.close_code == kNormal || status.close_code == kGoingAway;
        // It would try again; not from within its own words.
        QMetaObject::invokeMethod(&link_, &WsLink::close, Qt::QueuedConnection);
        if (opened_ != nullptr) return tell(fail(ErrorKind::io, why, shared_.name));
        const bool expected = goodbye && shared_.unsent.fill() == 0;
        over(expected ? Connection::End::eof : Connection::End::failed, expected ? "" : why);
    }

    /// Nothing more comes; what waits is given first, however long that takes.
    void over(Connection::End how, const std::string& why) {
        shared_.endWith(how, why);
        give();
    }
    [[nodiscard]] bool isOver() const { return shared_.end.load() != Connection::End::open; }

    void take(const QByteArray& message) {
        if (isOver()) return;
        if (linger_.isActive()) linger_.start(shared_.options.linger_ms);
        const auto sample = sampleBytes(shared_.options.payload);
        const auto size = std::size_t(message.size());
        if (sample > 0 && size % sample != 0) return breakRules("half a sample came");
        if (sample == 0 && size > std::size_t(kMaxCodedBytes)) {
            return breakRules("a coded message of " + std::to_string(size) + " bytes came");
        }
        if (waiting_bytes_ + size > kMaxWaitingBytes) {
            return breakRules("8 MiB wait to be taken: it sends faster than this is read");
        }
        const auto cut = sample == 0 ? std::max<std::size_t>(size, 1)
                                     : std::size_t(shared_.options.format.frameFrames()) * sample;
        for (std::size_t at = 0; at < size; at += cut) {
            const auto part = std::min(cut, size - at);
            keep(message.sliced(qsizetype(at), qsizetype(part)), sample);
        }
        give();
    }

    void keep(const QByteArray& payload, std::size_t sample) {
        OwnedPacket packet;
        packet.header.payload_type = shared_.options.payload;
        packet.header.sequence = sequence_++;
        packet.header.timestamp = std::uint32_t(frames_);
        const auto frames = sample == 0 ? std::size_t(shared_.options.message_frames)
                                        : std::size_t(payload.size()) / sample;
        packet.header.frames = std::uint16_t(frames);
        packet.header.item_sample = double(frames_);
        frames_ += std::int64_t(frames);
        const auto bytes = std::as_bytes(std::span(payload.data(), std::size_t(payload.size())));
        packet.payload.assign(bytes.begin(), bytes.end());
        waiting_bytes_ += packet.payload.size();
        waiting_.push_back(std::move(packet));
    }

    void breakRules(const std::string& what) {
        over(Connection::End::failed, what);
        link_.close();
    }

    void give() {
        while (!waiting_.empty()) {
            const auto& packet = waiting_.front();
            Status status = shared_.received.tryPush(packet.view());
            if (status == Status::again) {
                // Said before the second look, so that whoever makes room meanwhile knows.
                shared_.stalled.store(true);
                status = shared_.received.tryPush(packet.view());
            }
            if (status != Status::ok) return;
            waiting_bytes_ -= packet.payload.size();
            waiting_.pop_front();
            shared_.data.signal();
        }
        if (isOver()) shared_.tellDrained();
    }

    void send() {
        if (!link_.isConnected()) return;
        const bool finished = shared_.finished.load();
        Item item;
        while (link_.waitingBytes() < kMaxUnsentBytes && shared_.unsent.front(item)) {
            const auto payload = std::get_if<PacketView>(&item)->payload;
            link_.send(
                {true, std::string(reinterpret_cast<const char*>(payload.data()), payload.size())});
            shared_.unsent.pop();
            shared_.room.signal();
        }
        if (!finished || shared_.unsent.fill() > 0 || link_.waitingBytes() > 0) return;
        if (shared_.all_sent.exchange(true)) return;
        linger_.start(shared_.options.linger_ms);
        shared_.room.signal();
    }

    Connection& shared_;
    WsLink link_;
    QTimer linger_;  ///< after the last byte: how long answers are waited for
    std::promise<Result<void>>* opened_ = nullptr;
    std::deque<OwnedPacket> waiting_;  ///< came, and the queue had no room
    std::size_t waiting_bytes_ = 0;
    std::uint16_t sequence_ = 0;
    std::int64_t frames_ = 0;
};

Result<void> WsPacketEnds::Connection::open() {
    socket_ = new Socket(*this);
    socket_->moveToThread(&thread_);
    QObject::connect(&thread_, &QThread::finished, socket_, &QObject::deleteLater);
    thread_.start();
    std::promise<Result<void>> opened;
    QMetaObject::invokeMethod(
        socket_, [socket = socket_, &opened] { socket->open(opened); }, Qt::QueuedConnection);
    return opened.get_future().get();
}

WsPacketEnds::Connection::~Connection() {
    thread_.quit();
    thread_.wait();
}

void WsPacketEnds::Connection::kick() noexcept {
    if (kicked_.exchange(true)) return;
    QMetaObject::invokeMethod(
        socket_,
        [this] {
            kicked_.store(false);
            socket_->move();
        },
        Qt::QueuedConnection);
}

class WsPacketEnds::Source final : public flow::PacketSource {
public:
    explicit Source(std::shared_ptr<Connection> shared) : shared_(std::move(shared)) {}
    [[nodiscard]] std::string_view name() const override { return shared_->name; }
    Status receive(PacketView& packet) noexcept override {
        if (std::exchange(showing_, false)) {
            shared_->received.pop();
            if (shared_->stalled.exchange(false)) shared_->kick();
        }
        if (show(packet)) return Status::ok;
        if (!shared_->drained.load(std::memory_order_acquire)) return Status::again;
        // The last packets may have come between the two looks.
        if (show(packet)) return Status::ok;
        return shared_->failure() == nullptr ? Status::eof : Status::error;
    }
    [[nodiscard]] std::string_view error() const noexcept override { return shared_->reason(); }
    [[nodiscard]] const Error* failure() const noexcept override { return shared_->failure(); }
    [[nodiscard]] WakeUp* wakeUp() noexcept override { return &shared_->data; }

private:
    bool show(PacketView& packet) noexcept {
        Item item;
        showing_ = shared_->received.front(item);
        if (showing_) packet = *std::get_if<PacketView>(&item);
        return showing_;
    }

    std::shared_ptr<Connection> shared_;
    bool showing_ = false;
};

class WsPacketEnds::Sink final : public flow::PacketSink {
public:
    explicit Sink(std::shared_ptr<Connection> shared) : shared_(std::move(shared)) {}
    [[nodiscard]] std::string_view name() const override { return shared_->name; }
    Status send(const PacketView& packet) noexcept override {
        bad_packet_ = {};
        if (shared_->finished.load()) return Status::eof;
        if (shared_->end.load(std::memory_order_acquire) != Connection::End::open) return ended();
        if (packet.header.payload_type != shared_->options.payload) {
            bad_packet_ = "takes packets of another payload type";
            return Status::error;
        }
        const Status status = shared_->unsent.tryPush(packet);
        if (status == Status::ok) shared_->kick();
        if (status == Status::error) bad_packet_ = shared_->unsent.error();
        return status;
    }
    Status finish() noexcept override {
        shared_->finished.store(true);
        if (shared_->all_sent.load()) return Status::ok;
        if (shared_->end.load(std::memory_order_acquire) != Connection::End::open) return ended();
        shared_->kick();
        return Status::again;
    }
    [[nodiscard]] std::string_view error() const noexcept override {
        return bad_packet_.empty() ? shared_->reason() : bad_packet_;
    }
    [[nodiscard]] const Error* failure() const noexcept override {
        return bad_packet_.empty() ? shared_->failure() : nullptr;
    }
    [[nodiscard]] WakeUp* wakeUp() noexcept override { return &shared_->room; }

private:
    Status ended() noexcept {
        if (shared_->reason().empty()) bad_packet_ = "the service has ended the connection";
        return Status::error;
    }

    std::shared_ptr<Connection> shared_;
    std::string_view bad_packet_;
};

WsPacketEnds::WsPacketEnds(std::shared_ptr<Connection> connection)
    : connection_(std::move(connection)) {}

WsPacketEnds::~WsPacketEnds() = default;

Result<std::unique_ptr<WsPacketEnds>> WsPacketEnds::connect(const WsEndsOptions& options) {
    auto connection = std::make_shared<Connection>(options);
    if (auto ok = connection->open(); !ok) return tl::unexpected(ok.error());
    return std::unique_ptr<WsPacketEnds>(new WsPacketEnds(std::move(connection)));
}

std::unique_ptr<flow::PacketSource> WsPacketEnds::source() const {
    return std::make_unique<Source>(connection_);
}

std::unique_ptr<flow::PacketSink> WsPacketEnds::sink() const {
    return std::make_unique<Sink>(connection_);
}

}  // namespace doubletalk::net
