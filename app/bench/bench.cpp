// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bench/bench.h"

#include <QStandardPaths>
#include <QTimer>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <set>
#include <thread>
#include <utility>

#include "app/bench/device_run.h"
#include "app/bench/monitor.h"
#include "app/bench/segment_recogniser.h"
#include "app/bench/speech_queue.h"
#include "app/bench/task_thread.h"

namespace doubletalk::bench {
namespace {

constexpr int kPollMs = 33;

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
    bool recording = false;
    std::shared_ptr<BenchRun> recorded;  ///< null while recording: the next run will be
    BlockIndex record_from = 0;
    std::function<void(std::span<const float>, BlockIndex)> clean_sink;
    std::function<void(const duplex::BlockLoop&, const duplex::BlockInput&)> block_sink;
    QString device_problem;
    QString no_source;  ///< why there is nothing to run; empty: there is
    Monitor monitor;
    RunNews news;
    bool stop_wanted = false;
    QTimer timer;
    SpeechQueue speech_queue{speech};
    /// Last: their threads end before what they use.
    TaskThread speech;  ///< preparing runs, rendering speech
    TaskThread disk;    ///< keeping sessions
    SegmentRecogniser recogniser;
};

Bench::Bench(QObject* parent)
    : QObject(parent), feed_(std::make_unique<LiveFeed>()), private_(std::make_unique<Private>()) {
    auto& p = *private_;
    if (auto ok = p.base.loadEnvironment(duplex::processEnvironment()); !ok) {
        // A window opens all the same; who listens to failed() is not there yet.
        QTimer::singleShot(0, this, [this, what = told(ok.error())] { failed(what); });
    }
    if (auto ok = setSource(p.source); !ok) {
        p.no_source = told(ok.error());
        QTimer::singleShot(0, this, [this, what = p.no_source] { failed(what); });
    }
    p.in_use = requested();
    p.timer.setInterval(kPollMs);
    connect(&p.timer, &QTimer::timeout, this, &Bench::poll);
    connect(&p.speech_queue, &SpeechQueue::changed, this, &Bench::queueChanged);
    connect(&p.speech_queue, &SpeechQueue::failed, this, &Bench::failed);
    connect(&p.recogniser, &SegmentRecogniser::understood, this, &Bench::understood);
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
        if (!source.trace.empty()) {
            scene->trace = source.trace;
            scene->source["trace"] = source.trace;  // a replay takes it from there
        }
        private_->scene = std::move(*scene);
    }
    auto& before = private_->source;
    if (source.input_id != before.input_id || source.output_id != before.output_id) {
        private_->news.device.clear();  // of the last run
    }
    before = source;
    private_->no_source.clear();
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
    p.speech_queue.setRate(p.store.values().stream.rate_hz);
}

void Bench::setState(BenchState state) {
    if (state_ == state) return;
    state_ = state;
    stateChanged(state);
}

void Bench::start(RunPace pace) {
    auto& p = *private_;
    if (!p.no_source.isEmpty()) return failed(p.no_source);
    if (state_ != BenchState::idle) return;
    if (auto ok = p.store.check(); !ok) {
        failed(told(ok.error()));
        return;
    }
    if (run_) p.disk.post([old = std::move(run_)] {});  // its spool goes, which may take a while
    run_.reset();
    setState(BenchState::starting);
    p.stop_wanted = false;
    p.waiting_for_restart.clear();
    p.speech_queue.nextRun();
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
    auto& [input, output] = plan.devices;
    input.device = p.source.input_id;
    input.rate_hz = p.source.input_rate_hz;
    input.channels = p.source.input_channels;
    output.device = p.source.output_id;
    output.rate_hz = p.source.output_rate_hz;
    output.channels = p.source.output_channels;
    plan.trace = p.source.trace;
    prepareRun(tr("Opening the devices"), [plan = std::move(plan)]() mutable -> MadeRun {
        auto run = DeviceRun::create(std::move(plan));
        if (!run) return tl::unexpected(run.error());
        return std::shared_ptr<BenchRun>(std::move(*run));
    });
}

RunListener Bench::listener() {
    const int rate_hz = private_->store.values().engine.rate_hz;
    RunListener listener;
    auto& recogniser = private_->recogniser;
    listener.segment = [&recogniser, rate_hz, hearing = recogniser.listenAnew()](
                           double start_s, double end_s, std::vector<float> samples) {
        recogniser.recognise({start_s, end_s, std::move(samples)}, rate_hz, hearing);
    };
    listener.clean = private_->clean_sink;
    listener.block = [monitor = &private_->monitor, sink = private_->block_sink](
                         const duplex::BlockLoop& loop, const duplex::BlockInput& input) {
        monitor->hear(loop, input);
        if (sink) sink(loop, input);
    };
    return listener;
}

void Bench::setCleanSink(std::function<void(std::span<const float>, BlockIndex)> sink) {
    private_->clean_sink = std::move(sink);
}

void Bench::setBlockSink(
    std::function<void(const duplex::BlockLoop&, const duplex::BlockInput&)> sink) {
    private_->block_sink = std::move(sink);
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
    p.device_problem.clear();
    p.news.in_use = p.store.values();
    p.in_use = p.store.values();
    if (auto ok = run_->begin(); !ok) {
        run_.reset();
        setState(BenchState::idle);
        failed(told(ok.error()));
        return;
    }
    if (p.recording && !p.recorded) {
        p.recorded = run_;
        p.record_from = 0;
    }
    setState(BenchState::running);
    p.speech_queue.setRun(run_.get());
    p.timer.start();
}

void Bench::stop() {
    if (state_ == BenchState::starting) private_->stop_wanted = true;
    if (state_ != BenchState::running) return;
    run_->requestStop();
    private_->speech_queue.setRun(nullptr);
    setState(BenchState::stopping);
}

void Bench::poll() {
    if (!run_) return;
    const bool over = run_->ended();
    takeNews();
    if (!over) return;
    private_->timer.stop();
    private_->speech_queue.setRun(nullptr);
    private_->speech_queue.follow(private_->news, true);
    // Nothing is tried again any more.
    if (const auto problem = std::exchange(private_->device_problem, {}); !problem.isEmpty()) {
        recovered(problem);
    }
    const bool was_recorded = private_->recorded == run_;
    setState(BenchState::idle);
    if (was_recorded) recordingEnded();
}

void Bench::takeNews() {
    auto& p = *private_;
    if (!run_->news(p.news)) return;
    p.speech_queue.follow(p.news, false);
    if (!p.news.disk_error.empty()) {
        failed(QString::fromStdString(p.news.disk_error));
        p.news.disk_error.clear();
    }
    for (const auto& text : p.news.device_events) notice(QString::fromStdString(text));
    p.news.device_events.clear();
    if (const auto problem = QString::fromStdString(p.news.device_problem);
        problem != p.device_problem) {
        const auto before = std::exchange(p.device_problem, problem);
        if (!before.isEmpty()) recovered(before);
        if (!problem.isEmpty()) failed(problem);
    }
    // What a stage fell back to is seen where the settings are shown.
    if (duplex::settingsToJson(p.in_use) != duplex::settingsToJson(p.news.in_use)) {
        p.in_use = p.news.in_use;
        settingsChanged();
    }
}

const duplex::Settings& Bench::requested() const { return private_->store.values(); }
const duplex::Settings& Bench::inUse() const {
    return state_ == BenchState::running ? private_->in_use : private_->store.values();
}
duplex::SettingSource Bench::sourceOf(const std::string& full_name) const {
    return private_->store.source(full_name);
}
const std::map<std::string, std::string>& Bench::edits() const { return private_->edits; }
bool Bench::waitsForRestart(const std::string& full_name) const {
    return private_->waiting_for_restart.contains(full_name);
}

Result<void> Bench::set(const std::string& full_name, const std::string& text) {
    auto& p = *private_;
    const auto ref = duplex::findSetting(full_name);
    if (!ref) return tl::unexpected(ref.error());
    const auto before = ref->get(p.store.values());
    if (auto ok = p.store.set(full_name, text, duplex::SettingSource::form); !ok) return ok;
    p.edits[full_name] = text;
    const auto now = ref->get(p.store.values());
    if (now == before && now == ref->get(p.in_use)) {
        settingsChanged();
        return {};
    }
    p.speech_queue.setRate(p.store.values().stream.rate_hz);
    applied(*ref);
    return {};
}

Result<void> Bench::unset(const std::string& full_name) {
    auto& p = *private_;
    const auto ref = duplex::findSetting(full_name);
    if (!ref) return tl::unexpected(ref.error());
    const auto before = ref->get(p.store.values());
    p.edits.erase(full_name);
    rebuildStore();
    const auto now = ref->get(p.store.values());
    if (now == before && now == ref->get(p.in_use)) {
        settingsChanged();
        return {};
    }
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
    return private_->speech_queue.addText(text, voice);
}
std::int64_t Bench::speakFile(const QString& path) { return private_->speech_queue.addFile(path); }
std::int64_t Bench::speakStream(const QString& title) {
    return private_->speech_queue.addStream(title);
}
void Bench::append(std::int64_t ticket, std::vector<float> samples, bool last) {
    private_->speech_queue.append(ticket, std::move(samples), last);
}
bool Bench::takesMore(std::int64_t ticket) const {
    return private_->speech_queue.takesMore(ticket);
}
double Bench::bufferedMs() const { return private_->speech_queue.bufferedMs(); }
void Bench::failStream(std::int64_t ticket, const QString& problem) {
    private_->speech_queue.failStream(ticket, problem);
}
bool Bench::removeQueued(std::int64_t ticket) { return private_->speech_queue.remove(ticket); }
bool Bench::moveQueued(std::int64_t ticket, int places) {
    return private_->speech_queue.move(ticket, places);
}
const std::vector<QueuedSpeech>& Bench::queue() const { return private_->speech_queue.entries(); }
int Bench::runNumber() const { return private_->speech_queue.runNumber(); }

void Bench::startRecording() {
    auto& p = *private_;
    p.recording = true;
    p.recorded = state_ == BenchState::running ? run_ : nullptr;
    p.record_from = p.recorded ? p.recorded->block() : 0;
    recordingChanged();
}

bool Bench::recording() const { return private_->recording; }

double Bench::recordedS() const {
    const auto& p = *private_;
    if (!p.recorded) return 0.0;
    return double(p.recorded->block() - p.record_from) * kBlockMs / 1000.0;
}

void Bench::stopRecording(const QString& folder) {
    auto& p = *private_;
    if (!p.recording) return;
    const auto from = p.record_from;
    const auto run = std::exchange(p.recorded, nullptr);
    p.recording = false;
    recordingChanged();
    if (!run || run->block() <= from) {
        failed(tr("Nothing was recorded: press Run before the recording ends"));
        return;
    }
    progress(tr("Keeping the session"), 0.0);
    p.disk.post([this, run, from, to = run->block(), folder] {
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

void Bench::recogniseSegments(std::vector<VoiceSegment> segments, int rate_hz) {
    const int hearing = private_->recogniser.listenAnew();
    for (auto& segment : segments) {
        private_->recogniser.recognise(std::move(segment), rate_hz, hearing);
    }
}

/// As the run says it; before there is one, as it was chosen.
QString Bench::deviceName() const {
    const auto& p = *private_;
    if (!p.source.devices) return tr("Virtual room");
    if (!p.news.device.empty()) return QString::fromStdString(p.news.device);
    const auto named = [](const std::string& id) {
        return id.empty() ? tr("System default") : QString::fromStdString(id);
    };
    return named(p.source.input_id) + QStringLiteral(" / ") + named(p.source.output_id);
}

MachineState Bench::machine() const {
    const auto& p = *private_;
    MachineState state;
    state.load_ratio = p.news.load_ratio;
    state.block_max_ms = p.news.block_max_ms;
    state.block_p99_ms = p.news.block_p99_ms;
    state.drift_confidence_ppm = p.news.drift_confidence_ppm;
    state.rules_fired = p.news.rules_fired;
    state.late_blocks = p.news.late_blocks;
    state.dropped_records = p.news.dropped_records + feed_->dropped();
    state.buffered_ms = p.speech_queue.bufferedMs();
    state.health = p.news.health;
    state.device = deviceName();
    if (state_ == BenchState::running) state.device_problem = p.device_problem;
    state.rate_hz = inUse().engine.rate_hz;
    return state;
}

}  // namespace doubletalk::bench
