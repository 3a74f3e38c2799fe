// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <QCoreApplication>
#include <array>
#include <memory>
#include <thread>

#include "app/cli/commands.h"
#include "app/cli/listen_command.h"
#include "app/cli/output.h"
#include "app/cli/serve_options.h"
#include "app/net/echo_server.h"
#include "app/net/stt_server.h"
#include "app/net/tts_server.h"

namespace doubletalk::cli {
namespace {

/// Runs a service until SIGINT or SIGTERM. Server: a WsService with start(Options).
template <class Server, class Options>
Result<void> serve(const ServeArguments& arguments, Options options, const char* what) {
    int argc = 0;
    QCoreApplication application(argc, nullptr);
    auto service = serviceOptions(arguments);
    if (!service) return tl::unexpected(service.error());
    options.service = std::move(*service);
    Server server;
    QObject::connect(&server, &net::WsService::note, &server,
                     [](const QString& line) { note(line.toStdString()); });
    if (auto ok = server.start(options); !ok) return ok;
    print(std::string(what) + " listening at " + server.address().toStdString());
    std::fflush(stdout);
    runUntilCancelled([&] { server.shutDown(); });
    return {};
}

Action declareStt(CLI::App& command, int port) {
    auto arguments = std::make_shared<ServeArguments>();
    auto options = std::make_shared<net::SttServerOptions>();
    addServeOptions(command, *arguments, port);
    addMaxMessageOption(command, *arguments);
    options->max_decoders = int(std::clamp(std::thread::hardware_concurrency(), 1U, 4U));
    command
        .add_option("--decoders", options->max_decoders,
                    "Clients recognised at the same time, a core and 92 MiB each; others wait")
        ->type_name("N")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    return [=] { return serve<net::SttServer>(*arguments, *options, "speech to text"); };
}

Action declareTts(CLI::App& command, int port) {
    auto arguments = std::make_shared<ServeArguments>();
    auto options = std::make_shared<net::TtsServerOptions>();
    addServeOptions(command, *arguments, port);
    addMaxMessageOption(command, *arguments);
    command.add_option("--voice", options->voice, "Voice for clients that name none")
        ->type_name("NAME")
        ->capture_default_str();
    command
        .add_option("--lead-ms", options->lead_ms,
                    "How far audio is sent ahead of its playing; 0: all at once")
        ->type_name("MS")
        ->check(CLI::Range(0, 600000))
        ->capture_default_str();
    return [=] { return serve<net::TtsServer>(*arguments, *options, "text to speech"); };
}

Action declareEcho(CLI::App& command, int port) {
    auto arguments = std::make_shared<ServeArguments>();
    auto options = std::make_shared<net::EchoServerOptions>();
    arguments->max_clients = 128;
    addServeOptions(command, *arguments, port);
    addMaxMessageOption(command, *arguments);
    command.add_flag("--verbose", options->verbose,
                     "Tell each client's frame sizes every second, not only when they change");
    return [=] { return serve<net::EchoServer>(*arguments, *options, "echo"); };
}

constexpr const char* kSttFooter = R"(
Example:
  doubletalk-cli serve stt --port 8765

Clients send binary messages of float32 little endian, mono, 16 kHz (any number of samples). Each
segment of speech is answered by {"text", "start", "end", "buffer_start"}: seconds relative to the end
of the segment before, which began buffer_start seconds after the first sample. Silence gives no message.
A segment ends after 0.3 s of silence, 0.7 s without audio, or 15 s.)";

constexpr const char* kTtsFooter = R"(
Example:
  doubletalk-cli serve tts --port 8766

Clients send {"text", "id", "voice"} and {"cancel": id}. Answers: {"id", "sample_rate", "format": "s16le"},
binary audio, {"id", "word", "at_ms"}, then {"id", "done": true}, {"id", "cancelled": true} or
{"id", "error"}. Voices are those of 'espeak-ng --voices'.)";

constexpr const char* kEchoFooter = R"(
Example:
  doubletalk-cli serve echo --port 8001
  curl http://127.0.0.1:8001/health

GET /health answers {"status": "ok"}. Binary messages of 16-bit little-endian samples to ws://.../ws/audio
come back byte for byte, with ?roundtrip=1 after mu-law there and back. ?codec=scalar, table or simd chooses
its implementation (pure_python, numpy and audioop are their older names); others give the fastest.)";

/// One row per service; adding one is a function and a row.
struct ServiceRow {
    const char* name;
    const char* summary;
    const char* footer;
    int port;
    Action (*declare)(CLI::App&, int port);
};

const std::array kServices{
    ServiceRow{"listen", "Audio played by browsers", kListenFooter, 23456, declareListen},
    ServiceRow{"stt", "Speech to text by pocketsphinx (US English)", kSttFooter, 8765, declareStt},
    ServiceRow{"tts", "Text to speech by espeak-ng", kTtsFooter, 8766, declareTts},
    ServiceRow{"echo", "Echo of raw audio and a health page", kEchoFooter, 8001, declareEcho},
};

}  // namespace

Action declareServe(CLI::App& command) {
    command.require_subcommand(1);
    auto actions = std::make_shared<std::vector<std::pair<CLI::App*, Action>>>();
    for (const auto& row : kServices) {
        auto* service = command.add_subcommand(row.name, row.summary);
        service->footer(row.footer);
        service->get_formatter()->column_width(kHelpColumn);
        actions->emplace_back(service, row.declare(*service, row.port));
    }
    return [actions]() -> Result<void> {
        for (const auto& [service, action] : *actions) {
            if (service->parsed()) return action();
        }
        return fail(ErrorKind::usage, "no service given");
    };
}

}  // namespace doubletalk::cli
