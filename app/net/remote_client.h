// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/net/ws_link.h"
#include "engine/core/result.h"

namespace doubletalk::net {

/// What clients of remote services have in common: the connection, what goes out when it opens, and
/// messages that make no sense. Thread: net.
class RemoteClient : public QObject {
    Q_OBJECT

public:
    [[nodiscard]] const LinkStatus& status() const { return link_.status(); }
    [[nodiscard]] std::int64_t faults() const { return faults_; }

signals:
    void statusChanged(const doubletalk::net::LinkStatus& status);
    /// A message made no sense; the connection goes on.
    void fault(const QString& what);

protected:
    explicit RemoteClient(QObject* parent);

    /// First messages of a connection.
    virtual void begin(std::vector<remote::Message>& out) = 0;
    virtual void receive(const remote::MessageView& message) = 0;

    /// Ends the connection there was, makes the protocol of the options (or the default one) and
    /// fills in its url where there is none. False: unknown, as the status says.
    template <class Protocol>
    bool prepare(LinkOptions& options, const char* default_protocol,
                 Result<std::unique_ptr<Protocol>> (*create)(std::string_view),
                 std::unique_ptr<Protocol>& protocol) {
        link_.close();
        if (options.protocol.isEmpty()) options.protocol = QString::fromUtf8(default_protocol);
        auto made = create(options.protocol.toStdString());
        if (!made) return refuse(options, made.error());
        protocol = std::move(*made);
        addDefaultUrl(options);
        return true;
    }
    /// Sends what say(out) puts into it.
    template <class Say>
    void sendWhat(Say say) {
        out_.clear();
        say(out_);
        sendAll();
    }
    void sendAll();
    void notUnderstood(const std::string& what);
    /// Nothing of the connection reaches this any more: first thing in the destructor.
    void leave() { link_.disconnect(this); }

    WsLink link_;
    std::vector<remote::Message> out_;

private:
    bool refuse(const LinkOptions& options, const Error& error);
    static void addDefaultUrl(LinkOptions& options);

    std::int64_t faults_ = 0;
};

}  // namespace doubletalk::net
