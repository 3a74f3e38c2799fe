// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "app/cli/cancel.h"
#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/version_text.h"

namespace doubletalk::cli {
namespace {

constexpr const char* kProgram = "doubletalk-cli";

bool looksLikeSetting(const std::string& word) {
    const auto dot = word.find('.');
    const auto equals = word.find('=');
    if (dot == std::string::npos || equals == std::string::npos || dot == 0 || dot > equals) {
        return false;
    }
    return std::all_of(word.begin(), word.begin() + std::ptrdiff_t(equals), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
    });
}

/// "--set a.b=1 c.d=2" means "--set a.b=1 --set c.d=2"; the parser alone would take a file that
/// follows for a setting.
std::vector<std::string> expandSettings(int argc, const char* const* argv) {
    std::vector<std::string> words;
    bool in_settings = false;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (word == "--set" && i + 1 < argc) {
            words.push_back(word);
            words.emplace_back(argv[++i]);
            in_settings = true;
            continue;
        }
        in_settings = in_settings && looksLikeSetting(word);
        if (in_settings) words.emplace_back("--set");
        words.push_back(word);
    }
    return words;
}

struct Chosen {
    CLI::App* app = nullptr;
    Action action;
};

std::vector<Chosen> declareAll(CLI::App& app) {
    std::vector<Chosen> all;
    for (const auto& row : commands()) {
        auto* command = app.add_subcommand(std::string(row.name), std::string(row.summary));
        command->footer(std::string(row.footer));
        command->get_formatter()->column_width(kHelpColumn);
        all.push_back({command, row.declare(*command)});
    }
    return all;
}

std::string helpHint(const std::vector<Chosen>& all) {
    std::string hint = std::string("try '") + kProgram;
    for (const auto& chosen : all) {
        if (chosen.app->parsed()) hint += " " + chosen.app->get_name();
    }
    return hint + " --help'";
}

/// The parser would say only that some command is missing.
Result<void> checkCommand(const std::string& word) {
    if (word.starts_with('-')) return {};
    std::string names;
    for (const auto& row : commands()) {
        if (row.name == word) return {};
        names += (names.empty() ? "" : ", ") + std::string(row.name);
    }
    return fail(ErrorKind::usage, "there is no such command; there are " + names, word,
                helpHint({}));
}

int report(const Error& error) {
    std::fflush(stdout);
    std::fprintf(stderr, "%s: %s\n", kProgram, error.message().c_str());
    return error.kind == ErrorKind::usage ? kExitUsage : kExitFailed;
}

int finish(const Result<void>& result) {
    if (!result) return report(result.error());
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
        return report({ErrorKind::io, "cannot write the result", "standard output",
                       "check the free space of where it goes"});
    }
    return kExitDone;
}

int parseAndRun(int argc, const char* const* argv) {
    CLI::App app("Doubletalk: a test bench for full-duplex voice assistants.", kProgram);
    app.set_version_flag("--version", versionText(), "Version and what this build was made of");
    app.require_subcommand(1);
    app.footer(kMainFooter);
    app.get_formatter()->column_width(kHelpColumn);
    auto all = declareAll(app);
    auto words = expandSettings(argc, argv);
    if (words.empty()) {
        std::fputs(app.help().c_str(), stderr);
        return report({ErrorKind::usage, "no command given", {}, helpHint(all)});
    }
    if (auto known = checkCommand(words.front()); !known) return report(known.error());
    std::reverse(words.begin(), words.end());  // the parser takes them from the back
    try {
        app.parse(words);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) {
            (void)app.exit(error);
            return finish({});
        }
        std::string what = error.what();
        std::replace(what.begin(), what.end(), '\n', ' ');
        return report({ErrorKind::usage, what, {}, helpHint(all)});
    }
    installCancelHandler();
    for (auto& chosen : all) {
        if (chosen.app->parsed()) return finish(chosen.action());
    }
    return kExitUsage;
}

}  // namespace

int runCommandLine(int argc, const char* const* argv) {
    try {
        return parseAndRun(argc, argv);
    } catch (const std::bad_alloc&) {
        return report({ErrorKind::internal, "not enough memory", {}, "use shorter files"});
    } catch (const std::exception& error) {
        return report({ErrorKind::internal, error.what(), "internal error",
                       "please report it with the command that was given"});
    }
}

}  // namespace doubletalk::cli
