// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>

#include "engine/voice/synthesizer.h"
#include "engine/voice/utterance_file.h"

namespace doubletalk::voice {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHelper = "doubletalk-speak";
constexpr std::chrono::seconds kPatience{120};  // a helper that hangs must not hang us

fs::path environmentPath(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? fs::path(value) : fs::path();
}

bool isProgram(const fs::path& file) {
    std::error_code code;
    return fs::is_regular_file(file, code) && ::access(file.c_str(), X_OK) == 0;
}

Result<fs::path> findHelper() {
    if (const auto set = environmentPath("DOUBLETALK_SPEAK"); !set.empty()) {
        if (isProgram(set)) return set;
        return fail(ErrorKind::not_found, "DOUBLETALK_SPEAK names no program", set.string(),
                    "set it to the file doubletalk-speak, or do not set it");
    }
    std::error_code code;
    const fs::path here = fs::read_symlink("/proc/self/exe", code).parent_path();
    for (fs::path folder = here; folder.has_relative_path(); folder = folder.parent_path()) {
        for (const auto& file : {folder / kHelper, folder / "bin" / kHelper}) {
            if (isProgram(file)) return file;
        }
    }
    std::string path = environmentPath("PATH").string();
    for (std::size_t at = 0; at <= path.size();) {
        const auto end = std::min(path.find(':', at), path.size());
        const fs::path folder = path.substr(at, end - at);
        if (folder.is_absolute() && isProgram(folder / kHelper)) return folder / kHelper;
        at = end + 1;
    }
    return fail(ErrorKind::not_found, "the helper program doubletalk-speak is not there", {},
                "build or install it beside this program, or set DOUBLETALK_SPEAK");
}

/// A folder of this call's own, removed with all in it.
class WorkFolder {
public:
    explicit WorkFolder(const fs::path& parent) {
        std::string pattern = (parent / ".render-XXXXXX").string();
        if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
    }
    ~WorkFolder() {
        std::error_code code;
        if (path_) fs::remove_all(*path_, code);
    }
    WorkFolder(const WorkFolder&) = delete;
    WorkFolder& operator=(const WorkFolder&) = delete;
    [[nodiscard]] explicit operator bool() const { return path_.has_value(); }
    [[nodiscard]] fs::path operator/(const char* name) const { return *path_ / name; }

private:
    std::optional<fs::path> path_;
};

fs::path cacheFolder() {
    fs::path base = environmentPath("XDG_CACHE_HOME");
    if (!base.is_absolute()) {
        const fs::path home = environmentPath("HOME");
        if (!home.is_absolute()) return {};
        base = home / ".cache";
    }
    return base / "doubletalk" / "voice";
}

Result<int> waitFor(pid_t child) {
    const auto give_up = std::chrono::steady_clock::now() + kPatience;
    int status = 0;
    for (;;) {
        const pid_t done = ::waitpid(child, &status, WNOHANG);
        if (done == child) return status;
        if (done < 0 && errno != EINTR) {
            return fail(ErrorKind::internal, "the helper's end cannot be seen", kHelper);
        }
        if (std::chrono::steady_clock::now() > give_up) {
            ::kill(child, SIGKILL);
            ::waitpid(child, &status, 0);
            return fail(ErrorKind::internal, "the embedded voice does not answer", kHelper,
                        "try a shorter text");
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

Result<void> startHelper(const fs::path& program, const std::string& voice, const fs::path& text,
                         const fs::path& out) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, text.c_str(), O_RDONLY, 0);
    // Our standard output may be somebody's JSON.
    posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    std::string name = program.string();
    std::string voice_copy = voice;
    std::string out_copy = out.string();
    char* arguments[] = {name.data(), voice_copy.data(), out_copy.data(), nullptr};
    pid_t child = 0;
    const int code = ::posix_spawn(&child, program.c_str(), &actions, nullptr, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (code != 0) {
        return fail(ErrorKind::io, "the helper program cannot be started", name,
                    "check its permissions");
    }
    const auto status = waitFor(child);
    if (!status) return tl::unexpected(status.error());
    if (!WIFEXITED(*status) || WEXITSTATUS(*status) != 0) {
        return fail(ErrorKind::internal, "the helper program failed", name,
                    "check that its folder and the cache folder can be used");
    }
    return {};
}

Result<Utterance> render(const UtteranceKey& key, const WorkFolder& work) {
    const auto helper = findHelper();
    if (!helper) return tl::unexpected(helper.error());
    const fs::path text = work / "text";
    {
        std::ofstream out(text, std::ios::binary);
        out << key.text;
        out.close();
        if (!out) {
            return fail(ErrorKind::io, "the text cannot be handed over", text.string(),
                        "check that the disk is not full");
        }
    }
    const fs::path rendered = work / "utterance";
    if (auto done = startHelper(*helper, key.voice, text, rendered); !done) {
        return tl::unexpected(done.error());
    }
    return readUtterance(rendered, key);
}

}  // namespace

Result<Utterance> renderRepeatable(const std::string& text, const std::string& voice) {
    const std::string version = espeakVersion();
    if (version.empty()) {
        return fail(ErrorKind::unsupported, "this build has no embedded voice", {},
                    "install libespeak-ng-dev and build again, or use files");
    }
    const UtteranceKey key{text, voice, version};
    const fs::path cache = cacheFolder();
    const fs::path entry = cache / (key.hash() + ".utterance");
    std::error_code code;
    if (!cache.empty()) {
        if (auto known = readUtterance(entry, key)) return known;
        fs::create_directories(cache, code);
        // Rendered in the cache folder itself: a rename within it is whole or not at all.
        if (const WorkFolder work(cache); work) {
            auto utterance = render(key, work);
            if (utterance) fs::rename(work / "utterance", entry, code);
            return utterance;
        }
    }
    fs::path temporary = fs::temp_directory_path(code);
    const WorkFolder work(code ? fs::path("/tmp") : temporary);
    if (!work) {
        return fail(ErrorKind::io, "there is no folder to render speech in", temporary.string(),
                    "set TMPDIR to a folder that can be written");
    }
    return render(key, work);
}

}  // namespace doubletalk::voice
