// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/recogniser_pool.h"

#include <algorithm>
#include <utility>

#include "engine/core/thread_role.h"

namespace doubletalk::net {

RecogniserPool::RecogniserPool(int max_decoders, Factory factory)
    : max_decoders_(std::max(1, max_decoders)), factory_(std::move(factory)) {}

RecogniserPool::~RecogniserPool() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    for (auto& thread : threads_) thread.join();
}

void RecogniserPool::submit(std::uint64_t client, std::vector<float> samples, int rate_hz,
                            Done done) {
    const std::scoped_lock lock(mutex_);
    auto at = std::find_if(clients_.begin(), clients_.end(),
                           [&](const Client& entry) { return entry.id == client; });
    if (at == clients_.end()) at = clients_.insert(clients_.end(), Client{client, false, {}});
    at->jobs.push_back({std::move(samples), rate_hz, std::move(done)});
    if (idle_ == 0 && !at->busy && int(threads_.size()) < max_decoders_) {
        threads_.emplace_back([this] { work(); });
    }
    wake_.notify_one();
}

void RecogniserPool::forget(std::uint64_t client) {
    const std::scoped_lock lock(mutex_);
    for (auto at = clients_.begin(); at != clients_.end(); ++at) {
        if (at->id != client) continue;
        at->jobs.clear();
        if (!at->busy) clients_.erase(at);
        return;
    }
}

int RecogniserPool::decoders() const {
    const std::scoped_lock lock(mutex_);
    return int(threads_.size());
}

std::list<RecogniserPool::Client>::iterator RecogniserPool::nextReady() {
    return std::find_if(clients_.begin(), clients_.end(),
                        [](const Client& entry) { return !entry.busy && !entry.jobs.empty(); });
}

void RecogniserPool::work() {
    setThreadRole(ThreadRole::speech);
    Result<std::unique_ptr<voice::Recogniser>> recogniser = factory_();
    std::unique_lock lock(mutex_);
    for (;;) {
        ++idle_;
        wake_.wait(lock, [this] { return stopping_ || nextReady() != clients_.end(); });
        --idle_;
        if (stopping_) return;
        const auto client = nextReady();
        client->busy = true;
        Job job = std::move(client->jobs.front());
        client->jobs.pop_front();
        lock.unlock();
        if (!recogniser) recogniser = factory_();  // the model may be there by now
        job.done(recogniser ? (*recogniser)->recognise(job.samples, job.rate_hz)
                            : tl::unexpected(recogniser.error()));
        lock.lock();
        client->busy = false;
        if (client->jobs.empty()) {
            clients_.erase(client);
        } else {
            clients_.splice(clients_.end(), clients_, client);
            wake_.notify_one();
        }
    }
}

}  // namespace doubletalk::net
