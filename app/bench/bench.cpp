// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bench/bench.h"

#include <QFileInfo>
#include <QPointer>
#include <QStandardPaths>
#include <QTimer>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <set>
#include <thread>

#include "app/bench/device_run.h"
#include "app/bench/monitor.h"
#include "app/bench/task_thread.h"
#include "engine/device/audio_file.h"
#include "engine/room/clip_library.h"
#include "engine/voice/recogniser.h"

namespace doubletalk::bench {
namespace {

constexpr int kPollMs = 33;
constexpr double kSpeechDbfs = -23.0;  // active level, as the scenes have it
constexpr std::int64_t kMostFileFrames = std::int64_t(48000) * 3600;

QString told(const Error& error) { return QString::fromStdString(error.message()); }

}  // namespace

std::filesystem::path defaultSpoolRoot() {
    const auto cache = QStandardPaths::writableLocation(QStandardPaths::CacheLocation);
    return std::filesystem::path(cache.toStdString()) / "spool";
}

struct Bench::Private {
    BenchSource source;
    room::Scene scene;
    duplex::SettingsStore base;                ///< defaults, file, environment
    duplex::SettingsStore store;               ///< and the scene's, and what was set here
    std::map<std::string, std::string> edits;  ///< set here
    std::set<std::string> waiting_for_restart;
    duplex::Settings in_use;
    std::vector<QueuedSpeech> queue;
    std::map<std::int64_t, duplex::FarEndItem> ready;  ///< rendered, not sent
    std::set<std::int64_t> sent;                       ///< to the run, not yet begun
    std::set<std::int64_t> seen_waiting;               ///< there, in the last news
    std::int64_t next_ticket = 1;
    BlockIndex record_from = -1;
    std::function<void(std::span<const float>, BlockIndex)> clean_sink;
    QString device_problem;
    Monitor monitor;
    RunNews news;
    bool stop_wanted = false;
    QTimer timer;
    /// Last: their threads end before what they use.
    TaskThread speech;  ///< preparing, rendering
    TaskThread disk;    ///< keeping sessions
    TaskThread recogniser;
};

Bench::Bench(QObject* parent)
    : QObject(parent), feed_(std::make_unique<LiveFeed>()), private_(std::make_unique<Private>()) {
    auto& p = *private_;
    if (auto ok = p.base.loadEnvironment(duplex::processEnvironment()); !ok) {
        // A window opens all the same; who listens to failed() is not there yet.
        QTimer::singleShot(0, this, [this, what = told(ok.error())] { failed(what); });
    }
    if (auto ok = setSource(p.source); !ok) {
        QTimer::singleShot(0, this, [this, what = told(ok.error())] { failed(what); });
    }
    p.in_use = requested();
    p.timer.setInterval(kPollMs);
    connect(&p.timer, &QTimer::timeout, this, &Bench::poll);
}

Bench::~Bench() {
    if (run_) {
        run_->requestStop();
        while (!run_->ended()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    private_.reset();  // joins its threads, which may hold the run, too
    run_.reset();
}

const BenchSource& Bench::source() const { return private_->source; }

Result<void> Bench::setSource(const BenchSource& source) {
    if (state_ != BenchState::idle) {
        return fail(ErrorKind::state, "a run is going on", {}, "stop it first");
    }
    if (!source.devices) {
        auto scene = room::loadScene(source.scene);
        if (!scene) return tl::unexpected(scene.error());
        private_->scene = std::move(*scene);
    }
    private_->source = source;
    rebuildStore();
    private_->in_use = requested();
    settingsChanged();
    return {};
}

void Bench::rebuildStore() {
    auto& p = *private_;
    p.store = p.base;
    if (!p.source.devices) {
        auto ok = p.store.setJson(p.scene.settings, duplex::SettingSource::scene, p.scene.id);
        if (!ok) failed(told(ok.error()));
    }
    for (const auto& [name, text] : p.edits) {
        (void)p.store.set(name, text, duplex::SettingSource::form);
    }
}

void Bench::setState(BenchState state) {
    if (state_ == state) return;
    state_ = state;
    stateChanged(state);
}

void Bench::start(RunPace pace) {
    auto& p = *private_;
    if (state_ != BenchState::idle) return;
    if (run_) p.disk.post([old = std::move(run_)] {});  // its spool goes, which may take a while
    run_.reset();
    setState(BenchState::starting);
    p.stop_wanted = false;
    p.waiting_for_restart.clear();
    feed_->prepare();
    if (p.source.devices) {
        startDevices();
        return;
    }
    RoomRun::Plan plan{.scene = p.scene,
                       .settings = p.store.values(),
                       .pace = pace,
                       .spool_root = defaultSpoolRoot(),
                       .feed = feed_.get(),
                       .listener = {}};
    plan.listener = listener();
    prepareRun(tr("Preparing the scene"), [plan = std::move(plan)]() mutable -> MadeRun {
        auto run = RoomRun::create(std::move(plan));
        if (!run) return tl::unexpected(run.error());
        return std::shared_ptr<BenchRun>(std::move(*run));
    });
}

void Bench::startDevices() {
    const auto& p = *private_;
    DeviceRun::Plan plan{.settings = p.store.values(),
                         .devices = {},
                         .spool_root = defaultSpoolRoot(),
                         .feed = feed_.get(),
                         .listener = listener()};
    plan.devices.input.device = p.source.input_id;
    plan.devices.output.device = p.source.output_id;
    prepareRun(tr("Opening the devices"), [plan = std::move(plan)]() mutable -> MadeRun {
        auto run = DeviceRun::create(std::move(plan));
        if (!run) return tl::unexpected(run.error());
        return std::shared_ptr<BenchRun>(std::move(*run));
    });
}

RunListener Bench::listener() {
    const int rate_hz = private_->store.values().engine.rate_hz;
    RunListener listener;
    listener.segment = [this, rate_hz](double start_s, double end_s, std::vector<float> samples) {
        recognise(start_s, end_s, std::move(samples), rate_hz);
    };
    listener.clean = private_->clean_sink;
    listener.block = [monitor = &private_->monitor](const duplex::BlockLoop& loop,
                                                    const duplex::BlockInput& input) {
        monitor->hear(loop, input);
    };
    return listener;
}

void Bench::setCleanSink(std::function<void(std::span<const float>, BlockIndex)> sink) {
    private_->clean_sink = std::move(sink);
}

Monitor& Bench::monitor() { return private_->monitor; }

void Bench::prepareRun(const QString& what, std::function<MadeRun()> make) {
    progress(what, 0.0);
    private_->speech.post([this, what, make = std::move(make)] {
        auto run = std::make_shared<MadeRun>(make());
        QMetaObject::invokeMethod(this, [this, what, run] {
            progress(what, 1.0);
            if (!*run) {
                setState(BenchState::idle);
                failed(told(run->error()));
                return;
            }
            beginRun(std::move(**run));
        });
    });
}

void Bench::beginRun(std::shared_ptr<BenchRun> run) {
    auto& p = *private_;
    if (p.stop_wanted) {
        setState(BenchState::idle);
        return;
    }
    run_ = std::move(run);
    p.news = {};
    p.news.in_use = p.store.values();
    p.in_use = p.store.values();
    if (auto ok = run_->begin(); !ok) {
        run_.reset();
        setState(BenchState::idle);
        failed(told(ok.error()));
        return;
    }
    if (p.record_from >= 0) p.record_from = 0;
    setState(BenchState::running);
    flushQueue();
    p.timer.start();
}

void Bench::stop() {
    if (state_ == BenchState::starting) private_->stop_wanted = true;
    if (state_ != BenchState::running) return;
    run_->requestStop();
    setState(BenchState::stopping);
}

void Bench::poll() {
    if (!run_) return;
    const bool over = run_->ended();
    takeNews();
    if (!over) return;
    private_->timer.stop();
    settleQueue(true);
    setState(BenchState::idle);
}

void Bench::takeNews() {
    auto& p = *private_;
    if (!run_->news(p.news)) return;
    for (const auto& begun : p.news.begun) {
        p.sent.erase(begun.ticket);
        p.ready.erase(begun.ticket);
        for (auto& entry : p.queue) {
            if (entry.ticket != begun.ticket) continue;
            entry.item = begun.item;
            entry.state = QueuedSpeech::State::speaking;
        }
    }
    settleQueue(false);
    if (!p.news.disk_error.empty()) {
        failed(QString::fromStdString(p.news.disk_error));
        p.news.disk_error.clear();
    }
    for (const auto& text : p.news.device_events) notice(QString::fromStdString(text));
    p.news.device_events.clear();
    if (const auto problem = QString::fromStdString(p.news.device_problem);
        problem != p.device_problem) {
        p.device_problem = problem;
        if (!problem.isEmpty()) failed(problem);
    }
    // What a stage fell back to is seen where the settings are shown.
    if (duplex::settingsToJson(p.in_use) != duplex::settingsToJson(p.news.in_use)) {
        p.in_use = p.news.in_use;
        settingsChanged();
    }
}

void Bench::settleQueue(bool run_is_over) {
    auto& p = *private_;
    for (auto& entry : p.queue) {
        if (entry.state == QueuedSpeech::State::speaking) {
            if (entry.item == p.news.playing) entry.heard_ms = p.news.playing_ms;
            for (const auto& event : p.news.item_events) {
                if (event.item != entry.item) continue;
                entry.heard_ms = std::isfinite(event.value) ? event.value : entry.heard_ms;
                entry.state = event.kind == EventKind::item_ended
                                  ? QueuedSpeech::State::heard
                                  : QueuedSpeech::State::interrupted;
            }
            if (run_is_over && entry.state == QueuedSpeech::State::speaking) {
                entry.state = QueuedSpeech::State::interrupted;
            }
        }
        if (!p.sent.contains(entry.ticket)) continue;
        const bool waits = std::find(p.news.waiting.begin(), p.news.waiting.end(), entry.ticket) !=
                           p.news.waiting.end();
        if (run_is_over) {
            p.sent.erase(entry.ticket);  // waits for the next run
        } else if (waits) {
            entry.state = QueuedSpeech::State::waiting;
        } else if (p.seen_waiting.contains(entry.ticket)) {
            // An interruption threw the queue away.
            p.sent.erase(entry.ticket);
            p.ready.erase(entry.ticket);
            entry.state = QueuedSpeech::State::interrupted;
            entry.heard_ms = 0.0;
        }
    }
    p.seen_waiting.clear();
    p.seen_waiting.insert(p.news.waiting.begin(), p.news.waiting.end());
    p.news.item_events.clear();
    queueChanged();
}

const duplex::Settings& Bench::requested() const { return private_->store.values(); }
const duplex::Settings& Bench::inUse() const {
    return state_ == BenchState::running ? private_->in_use : private_->store.values();
}
duplex::SettingSource Bench::sourceOf(const std::string& full_name) const {
    return private_->store.source(full_name);
}
bool Bench::waitsForRestart(const std::string& full_name) const {
    return private_->waiting_for_restart.contains(full_name);
}

Result<void> Bench::set(const std::string& full_name, const std::string& text) {
    auto& p = *private_;
    const auto ref = duplex::findSetting(full_name);
    if (!ref) return tl::unexpected(ref.error());
    if (auto ok = p.store.set(full_name, text, duplex::SettingSource::form); !ok) return ok;
    p.edits[full_name] = text;
    applied(*ref);
    return {};
}

Result<void> Bench::unset(const std::string& full_name) {
    auto& p = *private_;
    const auto ref = duplex::findSetting(full_name);
    if (!ref) return tl::unexpected(ref.error());
    p.edits.erase(full_name);
    rebuildStore();
    applied(*ref);
    return {};
}

void Bench::applied(const duplex::SettingRef& ref) {
    auto& p = *private_;
    const auto name = ref.fullName();
    if (state_ == BenchState::running || state_ == BenchState::starting) {
        if (ref.row->apply == params::ParamApply::restart || !run_) {
            p.waiting_for_restart.insert(name);
        } else {
            duplex::TimedCommand timed;
            timed.command = {.kind = duplex::CommandKind::set,
                             .setting = ref,
                             .key = Name(name),
                             .value = ref.get(p.store.values()),
                             .source = "user"};
            run_->post(timed);
        }
    }
    settingsChanged();
}

void Bench::postKind(duplex::CommandKind kind) {
    if (state_ != BenchState::running) return;
    duplex::TimedCommand timed;
    timed.command = {.kind = kind, .source = "user"};
    run_->post(timed);
}

void Bench::interrupt() { postKind(duplex::CommandKind::interrupt); }
void Bench::resetEngine() { postKind(duplex::CommandKind::reset); }
void Bench::spike(double height_ms) {
    if (state_ == BenchState::running) run_->post(duplex::spikeCommand(int(height_ms)));
}
void Bench::loseNext(int packets) {
    if (state_ == BenchState::running) run_->post(duplex::loseCommand(packets));
}
void Bench::freezeNetwork(double ms) { spike(ms); }
void Bench::changePath() {
    if (state_ == BenchState::running) run_->post(duplex::moveCommand());
}

std::int64_t Bench::speakText(const QString& text, const QString& voice) {
    auto& p = *private_;
    const auto ticket = p.next_ticket++;
    p.queue.push_back({.ticket = ticket,
                       .item = 0,
                       .state = QueuedSpeech::State::rendering,
                       .title = text,
                       .file = false,
                       .problem = {}});
    queueChanged();
    const room::Source source{.clip = {},
                              .text = text.toStdString(),
                              .voice = voice.isEmpty() ? "en" : voice.toStdString()};
    const SampleRate rate{p.store.values().stream.rate_hz};
    render(ticket, [source, rate] { return room::loadSourceAt(source, rate, kSpeechDbfs); });
    return ticket;
}

std::int64_t Bench::speakFile(const QString& path) {
    auto& p = *private_;
    const auto ticket = p.next_ticket++;
    p.queue.push_back({.ticket = ticket,
                       .item = 0,
                       .state = QueuedSpeech::State::rendering,
                       .title = QFileInfo(path).fileName(),
                       .file = true,
                       .problem = {}});
    queueChanged();
    const auto rate_hz = p.store.values().stream.rate_hz;
    render(ticket, [file = std::filesystem::path(path.toStdString()), rate_hz] {
        return device::readMono(file, rate_hz);
    });
    return ticket;
}

void Bench::render(std::int64_t ticket, std::function<Result<std::vector<float>>()> make) {
    private_->speech.post([this, ticket, make = std::move(make)] {
        auto samples = std::make_shared<Result<std::vector<float>>>(make());
        QMetaObject::invokeMethod(this, [this, ticket, samples] { rendered(ticket, *samples); });
    });
}

void Bench::rendered(std::int64_t ticket, Result<std::vector<float>>& samples) {
    auto& p = *private_;
    const auto entry = std::find_if(p.queue.begin(), p.queue.end(),
                                    [&](const auto& one) { return one.ticket == ticket; });
    if (entry == p.queue.end()) return;  // taken back meanwhile
    if (!samples) {
        entry->state = QueuedSpeech::State::failed;
        entry->problem = told(samples.error());
        failed(entry->problem);
    } else {
        entry->state = QueuedSpeech::State::waiting;
        entry->length_ms = 1000.0 * double(samples->size()) / p.store.values().stream.rate_hz;
        p.ready[ticket] = {.samples = std::move(*samples),
                           .text = entry->title.toStdString(),
                           .kind = entry->file ? "file" : "speech",
                           .ticket = ticket};
    }
    flushQueue();
    queueChanged();
}

void Bench::flushQueue() {
    auto& p = *private_;
    if (state_ != BenchState::running) return;
    for (const auto& entry : p.queue) {
        if (entry.state == QueuedSpeech::State::rendering) return;  // the order is kept
        const auto ready = p.ready.find(entry.ticket);
        if (ready == p.ready.end() || p.sent.contains(entry.ticket)) continue;
        p.sent.insert(entry.ticket);
        run_->say(ready->second);
    }
}

std::int64_t Bench::speakStream(const QString& title) {
    auto& p = *private_;
    const auto ticket = p.next_ticket++;
    p.queue.push_back({.ticket = ticket,
                       .item = 0,
                       .state = QueuedSpeech::State::waiting,
                       .title = title,
                       .file = false,
                       .problem = {}});
    p.ready[ticket] = {
        .text = title.toStdString(), .kind = "chunks", .ticket = ticket, .open = true};
    flushQueue();
    queueChanged();
    return ticket;
}

void Bench::append(std::int64_t ticket, std::vector<float> samples, bool last) {
    auto& p = *private_;
    for (auto& entry : p.queue) {
        if (entry.ticket != ticket) continue;
        entry.length_ms += 1000.0 * double(samples.size()) / p.store.values().stream.rate_hz;
    }
    // Kept as long as it has not begun: the next run may have to say it.
    if (const auto ready = p.ready.find(ticket); ready != p.ready.end()) {
        auto& item = ready->second;
        item.samples.insert(item.samples.end(), samples.begin(), samples.end());
        item.open = !last;
    }
    if (run_ && state_ == BenchState::running) run_->append(ticket, std::move(samples), last);
}

void Bench::failStream(std::int64_t ticket, const QString& problem) {
    for (auto& entry : private_->queue) {
        if (entry.ticket == ticket) entry.problem = problem;
    }
    append(ticket, {}, true);
    failed(problem);
}

bool Bench::removeQueued(std::int64_t ticket) {
    auto& p = *private_;
    const auto entry = std::find_if(p.queue.begin(), p.queue.end(),
                                    [&](const auto& one) { return one.ticket == ticket; });
    if (entry == p.queue.end() || entry->state == QueuedSpeech::State::speaking) return false;
    if (p.sent.erase(ticket) > 0 && run_) run_->unsay(ticket);
    p.ready.erase(ticket);
    p.queue.erase(entry);
    queueChanged();
    return true;
}

bool Bench::moveQueued(std::int64_t ticket, int places) {
    auto& p = *private_;
    const auto open = [](const QueuedSpeech& entry) {
        return entry.state == QueuedSpeech::State::waiting ||
               entry.state == QueuedSpeech::State::rendering;
    };
    const auto entry = std::find_if(p.queue.begin(), p.queue.end(),
                                    [&](const auto& one) { return one.ticket == ticket; });
    if (entry == p.queue.end() || !open(*entry)) return false;
    const auto to = (entry - p.queue.begin()) + places;
    if (to < 0 || to >= std::ptrdiff_t(p.queue.size()) || !open(p.queue[std::size_t(to)]))
        return false;
    if (p.sent.contains(ticket) && run_) run_->moveSaid(ticket, places);
    if (places > 0) {
        std::rotate(entry, entry + 1, p.queue.begin() + to + 1);
    } else {
        std::rotate(p.queue.begin() + to, entry, entry + 1);
    }
    queueChanged();
    return true;
}

const std::vector<QueuedSpeech>& Bench::queue() const { return private_->queue; }

void Bench::startRecording() {
    private_->record_from = run_ && state_ == BenchState::running ? run_->block() : 0;
    recordingChanged();
}

bool Bench::recording() const { return private_->record_from >= 0; }

double Bench::recordedS() const {
    if (!recording() || !run_) return 0.0;
    return double(run_->block() - private_->record_from) * kBlockMs / 1000.0;
}

void Bench::stopRecording(const QString& folder) {
    auto& p = *private_;
    if (!recording()) return;
    const auto from = p.record_from;
    p.record_from = -1;
    recordingChanged();
    if (!run_ || run_->block() <= from) {
        failed(tr("Nothing was recorded: press Run before the recording ends"));
        return;
    }
    progress(tr("Keeping the session"), 0.0);
    p.disk.post([this, run = run_, from, to = run_->block(), folder] {
        const auto kept = run->keep(folder.toStdString(), from, to);
        const QString problem = kept ? QString() : told(kept.error());
        QMetaObject::invokeMethod(this, [this, folder, problem] {
            progress(tr("Keeping the session"), 1.0);
            if (problem.isEmpty()) {
                sessionKept(folder);
            } else {
                failed(problem);
            }
        });
    });
}

void Bench::recognise(double start_s, double end_s, std::vector<float> samples, int rate_hz) {
    private_->recogniser.post([this, start_s, end_s, samples = std::move(samples), rate_hz] {
        thread_local auto recogniser = voice::createPocketsphinxRecogniser();
        if (!recogniser) return;
        const auto text = (*recogniser)->recognise(samples, rate_hz);
        if (!text || text->empty()) return;
        QMetaObject::invokeMethod(this,
                                  [this, start_s, end_s, words = QString::fromStdString(*text)] {
                                      understood(start_s, end_s, words);
                                  });
    });
}

MachineState Bench::machine() const {
    const auto& p = *private_;
    MachineState state;
    state.load_ratio = p.news.load_ratio;
    state.block_max_ms = p.news.block_max_ms;
    state.late_blocks = p.news.late_blocks;
    state.dropped_records = p.news.dropped_records + feed_->dropped();
    for (const auto& entry : p.queue) {
        if (entry.state == QueuedSpeech::State::waiting) state.buffered_ms += entry.length_ms;
        if (entry.state == QueuedSpeech::State::speaking) {
            state.buffered_ms += std::max(entry.length_ms - entry.heard_ms, 0.0);
        }
    }
    state.health = p.news.health;
    state.device = p.source.devices ? QString::fromStdString(p.news.device) : tr("Virtual room");
    state.rate_hz = p.store.values().engine.rate_hz;
    return state;
}

}  // namespace doubletalk::bench
