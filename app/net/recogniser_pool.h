// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/core/result.h"
#include "engine/voice/recogniser.h"

namespace doubletalk::net {

/// Recognises segments of many clients on at most max_decoders threads with a decoder each (92 MiB
/// with pocketsphinx); threads start when there is work. The segments of one client are recognised
/// one after another, clients take turns. Thread: any; Done is called on a pool thread.
class RecogniserPool {
public:
    using Factory = std::function<Result<std::unique_ptr<voice::Recogniser>>()>;
    using Done = std::function<void(Result<std::string> text)>;

    RecogniserPool(int max_decoders, Factory factory);
    /// Waits for the segments under way; the waiting ones are forgotten.
    ~RecogniserPool();
    RecogniserPool(const RecogniserPool&) = delete;
    RecogniserPool& operator=(const RecogniserPool&) = delete;

    void submit(std::uint64_t client, std::vector<float> samples, int rate_hz, Done done);
    /// Forgets what waits for this client.
    void forget(std::uint64_t client);
    [[nodiscard]] int decoders() const;

private:
    struct Job {
        std::vector<float> samples;
        int rate_hz = 0;
        Done done;
    };
    struct Client {
        std::uint64_t id = 0;
        bool busy = false;
        std::deque<Job> jobs;
    };
    void work();
    [[nodiscard]] std::list<Client>::iterator nextReady();

    const int max_decoders_;
    const Factory factory_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::list<Client> clients_;  ///< whose turn is next comes first
    std::vector<std::thread> threads_;
    int idle_ = 0;
    bool stopping_ = false;
};

}  // namespace doubletalk::net
