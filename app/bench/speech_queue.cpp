// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bench/speech_queue.h"

#include <QFileInfo>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <utility>

#include "app/bench/bench_run.h"
#include "app/bench/task_thread.h"
#include "engine/device/audio_file.h"
#include "engine/room/clip_library.h"

namespace doubletalk::bench {
namespace {

using State = QueuedSpeech::State;

constexpr double kSpeechDbfs = -23.0;  // active level, as the scenes have it

bool isOpen(const QueuedSpeech& entry) {
    return entry.state == State::waiting || entry.state == State::rendering;
}

}  // namespace

SpeechQueue::SpeechQueue(TaskThread& renderer, QObject* parent)
    : QObject(parent), renderer_(renderer) {}

void SpeechQueue::nextRun() {
    ++run_number_;
    std::erase_if(entries_, [](const auto& entry) { return entry.scene; });
    changed();
}

void SpeechQueue::setRun(BenchRun* run) {
    run_ = run;
    flush();
}

std::vector<QueuedSpeech>::iterator SpeechQueue::find(std::int64_t ticket) {
    return std::find_if(entries_.begin(), entries_.end(),
                        [&](const auto& entry) { return entry.ticket == ticket; });
}

std::int64_t SpeechQueue::add(const QString& title, bool file, State state) {
    const auto ticket = next_ticket_++;
    entries_.push_back(
        {.ticket = ticket, .item = 0, .state = state, .title = title, .file = file, .problem = {}});
    changed();
    return ticket;
}

std::int64_t SpeechQueue::addText(const QString& text, const QString& voice) {
    const auto ticket = add(text, false, State::rendering);
    const room::Source source{.clip = {},
                              .text = text.toStdString(),
                              .voice = voice.isEmpty() ? "en" : voice.toStdString()};
    render(ticket, [source, rate = SampleRate{rate_hz_}] {
        return room::loadSourceAt(source, rate, kSpeechDbfs);
    });
    return ticket;
}

std::int64_t SpeechQueue::addFile(const QString& path) {
    const auto ticket = add(QFileInfo(path).fileName(), true, State::rendering);
    render(ticket, [file = std::filesystem::path(path.toStdString()), rate_hz = rate_hz_] {
        return device::readMono(file, rate_hz);
    });
    return ticket;
}

std::int64_t SpeechQueue::addStream(const QString& title) {
    const auto ticket = add(title, false, State::waiting);
    ready_[ticket].item = {
        .text = title.toStdString(), .kind = "chunks", .ticket = ticket, .open = true};
    makers_.emplace(ticket, WaveMaker(rate_hz_));
    flush();
    changed();
    return ticket;
}

void SpeechQueue::render(std::int64_t ticket, Rendering make) {
    renderer_.post([this, ticket, rate_hz = rate_hz_, make = std::move(make)] {
        auto done = std::make_shared<Rendered>(Rendered{make(), {}});
        if (done->samples) done->columns = WaveMaker(rate_hz).add(*done->samples);
        QMetaObject::invokeMethod(this, [this, ticket, done] { rendered(ticket, *done); });
    });
}

void SpeechQueue::rendered(std::int64_t ticket, Rendered& done) {
    auto& samples = done.samples;
    const auto entry = find(ticket);
    if (entry == entries_.end()) return;  // taken back meanwhile
    if (!samples) {
        entry->state = State::failed;
        entry->problem = QString::fromStdString(samples.error().message());
        failed(entry->problem);
    } else {
        entry->state = State::waiting;
        entry->length_ms = 1000.0 * double(samples->size()) / rate_hz_;
        ready_[ticket] = {.item = {.samples = std::move(*samples),
                                   .text = entry->title.toStdString(),
                                   .kind = entry->file ? "file" : "speech",
                                   .ticket = ticket},
                          .columns = std::move(done.columns)};
    }
    flush();
    changed();
}

void SpeechQueue::flush() {
    if (run_ == nullptr) return;
    for (const auto& entry : entries_) {
        if (entry.state == State::rendering) return;  // the order is kept
        const auto ready = ready_.find(entry.ticket);
        if (ready == ready_.end() || sent_.contains(entry.ticket)) continue;
        sent_.insert(entry.ticket);
        run_->say(ready->second.item, ready->second.columns);
    }
}

void SpeechQueue::append(std::int64_t ticket, std::vector<float> samples, bool last) {
    const auto maker = makers_.find(ticket);
    if (maker == makers_.end()) return;
    auto columns = maker->second.add(samples);
    if (last) makers_.erase(maker);
    if (const auto entry = find(ticket); entry != entries_.end()) {
        entry->length_ms += 1000.0 * double(samples.size()) / rate_hz_;
    }
    // Kept as long as it has not begun: the next run may have to say it.
    if (const auto found = ready_.find(ticket); found != ready_.end()) {
        auto& ready = found->second;
        ready.item.samples.insert(ready.item.samples.end(), samples.begin(), samples.end());
        ready.columns.insert(ready.columns.end(), columns.begin(), columns.end());
        ready.item.open = !last;
    }
    if (run_ != nullptr) run_->append(ticket, std::move(samples), std::move(columns), last);
}

bool SpeechQueue::takesMore(std::int64_t ticket) const { return makers_.contains(ticket); }

void SpeechQueue::failStream(std::int64_t ticket, const QString& problem) {
    append(ticket, {}, true);
    if (const auto entry = find(ticket); entry != entries_.end()) {
        entry->problem = problem;
        if (isOpen(*entry) && !(entry->length_ms > 0.0)) {  // there is nothing to speak
            entry->state = State::failed;
            if (sent_.erase(ticket) > 0 && run_ != nullptr) run_->unsay(ticket);
            ready_.erase(ticket);
        }
    }
    failed(problem);
    changed();
}

bool SpeechQueue::remove(std::int64_t ticket) {
    const auto entry = find(ticket);
    if (entry == entries_.end() || !isOpen(*entry)) return false;
    if (sent_.erase(ticket) > 0 && run_ != nullptr) run_->unsay(ticket);
    ready_.erase(ticket);
    makers_.erase(ticket);
    entries_.erase(entry);
    changed();
    return true;
}

bool SpeechQueue::move(std::int64_t ticket, int places) {
    const auto entry = find(ticket);
    if (entry == entries_.end() || !isOpen(*entry)) return false;
    const auto to = (entry - entries_.begin()) + places;
    if (to < 0 || to >= std::ptrdiff_t(entries_.size()) || !isOpen(entries_[std::size_t(to)])) {
        return false;
    }
    if (sent_.contains(ticket) && run_ != nullptr) run_->moveSaid(ticket, places);
    if (places > 0) {
        std::rotate(entry, entry + 1, entries_.begin() + to + 1);
    } else {
        std::rotate(entries_.begin() + to, entry, entry + 1);
    }
    changed();
    return true;
}

void SpeechQueue::addSceneItem(const RunNews::Begun& begun) {
    const auto text = QString::fromStdString(begun.text);
    // Behind what was begun, before what waits.
    const auto at = std::find_if(entries_.begin(), entries_.end(), isOpen);
    entries_.insert(at, {.ticket = next_ticket_++,
                         .item = begun.item,
                         .run = run_number_,
                         .scene = true,
                         .state = State::speaking,
                         .title = begun.file ? QFileInfo(text).fileName() : text,
                         .file = begun.file,
                         .length_ms = begun.length_ms,
                         .problem = {}});
}

void SpeechQueue::follow(RunNews& news, bool run_is_over) {
    for (const auto& begun : news.begun) {
        if (begun.ticket == 0) {
            addSceneItem(begun);
            continue;
        }
        sent_.erase(begun.ticket);
        ready_.erase(begun.ticket);
        if (const auto entry = find(begun.ticket); entry != entries_.end()) {
            entry->item = begun.item;
            entry->run = run_number_;
            entry->state = State::speaking;
        }
    }
    news.begun.clear();
    for (auto& entry : entries_) {
        followItem(entry, news, run_is_over);
        followSent(entry, news, run_is_over);
        if (entry.state == State::interrupted) makers_.erase(entry.ticket);
    }
    seen_waiting_.clear();
    seen_waiting_.insert(news.waiting.begin(), news.waiting.end());
    news.item_events.clear();
    changed();
}

void SpeechQueue::followItem(QueuedSpeech& entry, const RunNews& news, bool run_is_over) {
    if (entry.state != State::speaking) return;
    if (entry.item == news.playing) entry.heard_ms = news.playing_ms;
    entry.heard_error_ms = news.heard_error_ms;
    for (const auto& event : news.item_events) {
        if (event.item != entry.item) continue;
        entry.heard_ms = std::isfinite(event.value) ? event.value : entry.heard_ms;
        const auto ended = entry.problem.isEmpty() ? State::heard : State::failed;
        entry.state = event.kind == EventKind::item_ended ? ended : State::interrupted;
    }
    if (run_is_over && entry.state == State::speaking) entry.state = State::interrupted;
}

void SpeechQueue::followSent(QueuedSpeech& entry, const RunNews& news, bool run_is_over) {
    if (!sent_.contains(entry.ticket)) return;
    const auto& waiting = news.waiting;
    if (run_is_over) {
        sent_.erase(entry.ticket);  // waits for the next run
    } else if (std::find(waiting.begin(), waiting.end(), entry.ticket) != waiting.end()) {
        entry.state = State::waiting;
    } else if (seen_waiting_.contains(entry.ticket)) {
        // An interruption threw the queue away.
        sent_.erase(entry.ticket);
        ready_.erase(entry.ticket);
        entry.state = State::interrupted;
        entry.heard_ms = 0.0;
    }
}

double SpeechQueue::bufferedMs() const {
    double ms = 0.0;
    for (const auto& entry : entries_) {
        if (entry.state == State::waiting) ms += entry.length_ms;
        if (entry.state == State::speaking) ms += std::max(entry.length_ms - entry.heard_ms, 0.0);
    }
    return ms;
}

}  // namespace doubletalk::bench
