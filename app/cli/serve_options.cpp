// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/serve_options.h"

#include <CLI/CLI.hpp>
#include <QCoreApplication>
#include <QTimer>

#include "app/cli/cancel.h"

namespace doubletalk::cli {
namespace {

constexpr int kCancelPollMs = 50;

}  // namespace

void addServeOptions(CLI::App& command, ServeArguments& arguments, int port,
                     const std::string& port_flag) {
    arguments.port = port;
    command.add_option(port_flag, arguments.port, "TCP port; 0 takes a free one")
        ->type_name("N")
        ->check(CLI::Range(0, 65535))
        ->capture_default_str();
    command.add_option("--bind", arguments.bind, "Address to listen at; 0.0.0.0: every network")
        ->type_name("ADDRESS")
        ->capture_default_str();
    command
        .add_option("--allow-origin", arguments.allowed_origins,
                    "Web page that may connect, as http://localhost:3000; repeatable, * for all")
        ->type_name("ORIGIN")
        ->allow_extra_args(false);
    command.add_option("--max-clients", arguments.max_clients, "Clients at once")
        ->type_name("N")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    auto* certificate = command
                            .add_option("--cert", arguments.certificate_file,
                                        "Certificate: wss and https instead of ws and http")
                            ->type_name("FILE.pem");
    auto* key =
        command.add_option("--key", arguments.key_file, "Its key, RSA or EC, no passphrase")
            ->type_name("FILE.pem");
    certificate->needs(key);
    key->needs(certificate);
}

void addMaxMessageOption(CLI::App& command, ServeArguments& arguments) {
    command
        .add_option("--max-message-bytes", arguments.max_message_bytes,
                    "Largest message of a client; a larger one ends its connection (1009)")
        ->type_name("BYTES")
        ->check(CLI::Range(1, 1 << 30))
        ->capture_default_str();
}

Result<net::ServiceOptions> serviceOptions(const ServeArguments& arguments) {
    net::ServiceOptions options;
    if (arguments.bind == "localhost") {
        options.bind = QHostAddress(QHostAddress::LocalHost);
    } else if (!options.bind.setAddress(QString::fromStdString(arguments.bind))) {
        return fail(ErrorKind::usage, "'" + arguments.bind + "' is no IP address", "--bind",
                    "give one of this computer, such as 127.0.0.1 or 0.0.0.0");
    }
    options.port = std::uint16_t(arguments.port);
    for (const auto& origin : arguments.allowed_origins) {
        options.allowed_origins << QString::fromStdString(origin);
    }
    options.max_clients = arguments.max_clients;
    options.max_message_bytes = arguments.max_message_bytes;
    options.certificate_file = QString::fromStdString(arguments.certificate_file);
    options.key_file = QString::fromStdString(arguments.key_file);
    return options;
}

void runUntilCancelled(const std::function<void()>& shut_down) {
    QTimer cancel_poll;
    QObject::connect(&cancel_poll, &QTimer::timeout, &cancel_poll, [&] {
        if (!cancelRequested()) return;
        cancel_poll.stop();
        shut_down();
        // One more turn of the loop, for the goodbyes to leave.
        QTimer::singleShot(kCancelPollMs, qApp, &QCoreApplication::quit);
    });
    cancel_poll.start(kCancelPollMs);
    QCoreApplication::exec();
}

}  // namespace doubletalk::cli
