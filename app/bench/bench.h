// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <QStringList>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "app/bench/live_feed.h"
#include "app/bench/room_run.h"
#include "app/bench/segment_recogniser.h"
#include "app/bench/speech_queue.h"
#include "engine/core/result.h"
#include "engine/duplex/settings_store.h"

namespace doubletalk::bench {

enum class BenchState { idle, starting, running, stopping };

/// What the next run stands on.
struct BenchSource {
    bool devices = false;             ///< real sound devices instead of the virtual room
    std::string scene = "barge_in";   ///< virtual room: a shipped scene or a scene file
    std::string input_id, output_id;  ///< devices; empty: the system's default
    /// [Hz], 1 or 2 channels; 0: what the device prefers.
    int input_rate_hz = 0, input_channels = 0, output_rate_hz = 0, output_channels = 0;
    std::string trace;  ///< file of packet delays in place of the jitter law; or empty
};

/// Numbers of the machine for a status bar.
struct MachineState {
    double load_ratio = 0.0;  ///< worker time / block time, smoothed
    double block_max_ms = 0.0, block_p99_ms = 0.0;
    double drift_confidence_ppm = 0.0;  ///< half of the 95 % interval; NaN: not known
    std::uint32_t rules_fired = 0;      ///< health rules, bit by bit
    std::int64_t late_blocks = 0;       ///< begun more than a block late
    std::int64_t dropped_records = 0;
    double buffered_ms = 0.0;  ///< still to be spoken, as far as it is rendered
    duplex::HealthState health = duplex::HealthState::healthy;
    QString device;          ///< "virtual room", or both devices
    QString device_problem;  ///< of the run that goes on; empty: none
    int rate_hz = 16000;
};

class Monitor;

/// Folder of spools when nobody says otherwise: the user's cache folder.
[[nodiscard]] std::filesystem::path defaultSpoolRoot();

/// The instrument behind a window: owns the settings, starts and stops runs in threads of their
/// own, takes commands and tells what happened. Nothing here waits for another thread for longer
/// than a lock of microseconds; slow work reports by signals.
/// Thread: gui.
class Bench : public QObject {
    Q_OBJECT
public:
    explicit Bench(QObject* parent = nullptr);
    ~Bench() override;

    [[nodiscard]] BenchState state() const { return state_; }
    [[nodiscard]] LiveFeed& feed() { return *feed_; }
    [[nodiscard]] const BenchSource& source() const;
    /// For the next run. Errors: state (running).
    Result<void> setSource(const BenchSource& source);

    /// Asynchronous; stateChanged() tells, failed() why it did not (at once, and still idle, while
    /// no source was ever good). as_fast: the virtual room at once, up to the scene's end.
    void start(RunPace pace = RunPace::real_time);
    void stop();

    /// Settings as asked for; a scene's own settings are below them while it runs.
    [[nodiscard]] const duplex::Settings& requested() const;
    /// As the engine uses them now: clamped, fallen back; equal to requested() while idle.
    [[nodiscard]] const duplex::Settings& inUse() const;
    [[nodiscard]] duplex::SettingSource sourceOf(const std::string& full_name) const;
    /// Live while running; settings that need a restart wait for the next run; the value in use is
    /// no change. Errors: unknown, out of range.
    Result<void> set(const std::string& full_name, const std::string& text);
    /// Back to the default.
    Result<void> unset(const std::string& full_name);
    /// What was set here, by full name.
    [[nodiscard]] const std::map<std::string, std::string>& edits() const;
    [[nodiscard]] bool waitsForRestart(const std::string& full_name) const;

    void interrupt();
    void resetEngine();
    /// Network: a delay spike now.
    void spike(double height_ms);
    /// Network: the next packets are lost / nothing comes for so long.
    void loseNext(int packets);
    void freezeNetwork(double ms);
    /// Room: the echo path changes now.
    void changePath();

    /// Ticket of the new entry at the queue's end.
    std::int64_t speakText(const QString& text, const QString& voice);
    std::int64_t speakFile(const QString& path);
    /// Speech that is still being made: append() brings its audio at the stream's rate, piece by
    /// piece.
    std::int64_t speakStream(const QString& title);
    void append(std::int64_t ticket, std::vector<float> samples, bool last);
    /// Not after its end, an interruption, its removal.
    [[nodiscard]] bool takesMore(std::int64_t ticket) const;
    /// [ms] still to be spoken, as far as it is rendered.
    [[nodiscard]] double bufferedMs() const;
    /// What its maker says went wrong; the entry ends with what there is.
    void failStream(std::int64_t ticket, const QString& problem);
    /// Of what has not been sent yet.
    bool removeQueued(std::int64_t ticket);
    bool moveQueued(std::int64_t ticket, int places);
    /// What the user gave it, and what the scene of the last run has said.
    [[nodiscard]] const std::vector<QueuedSpeech>& queue() const;
    /// Of the run that goes on or the last one, as in QueuedSpeech::run.
    [[nodiscard]] int runNumber() const;

    /// Marks the range that is kept as a session when the recording stops: from now on in the run
    /// that goes on, else all of the next one. Every run is spooled from its first block.
    void startRecording();
    /// Asynchronous; sessionKept() or failed().
    void stopRecording(const QString& folder);
    [[nodiscard]] bool recording() const;
    [[nodiscard]] double recordedS() const;

    [[nodiscard]] MachineState machine() const;

    /// understood() tells what is said in them, one after the other; what was being recognised
    /// before is dropped, and so are these when a run starts.
    void recogniseSegments(std::vector<VoiceSegment> segments, int rate_hz);

    /// What the operator hears of the running engine, or of a session.
    [[nodiscard]] Monitor& monitor();

    /// Gets the cleaned audio of the next runs, on a thread of the run that is not real time.
    void setCleanSink(std::function<void(std::span<const float>, BlockIndex)> sink);
    /// After every block of the next runs, on their worker: must be real-time safe.
    void setBlockSink(
        std::function<void(const duplex::BlockLoop&, const duplex::BlockInput&)> sink);

signals:
    void stateChanged(doubletalk::bench::BenchState state);
    /// Why something asked for did not happen, and what to do.
    void failed(const QString& what);
    /// What failed() said of a device is over.
    void recovered(const QString& what);
    void notice(const QString& text);
    void queueChanged();
    /// By anybody: the form, undo, a preset, a scene's command.
    void settingsChanged();
    void recordingChanged();
    /// The run being recorded is over: stopRecording() keeps it. The next run is not part of it.
    void recordingEnded();
    void sessionKept(const QString& folder);
    /// 0..1 of work with a name; 1 ends it.
    void progress(const QString& what, double done_ratio);
    /// What the recogniser understood of a segment of the user.
    void understood(double start_s, double end_s, const QString& text);

private:
    struct Private;
    void setState(BenchState state);
    void rebuildStore();
    using MadeRun = Result<std::shared_ptr<BenchRun>>;
    void startDevices();
    [[nodiscard]] RunListener listener();
    void prepareRun(const QString& what, std::function<MadeRun()> make);
    void beginRun(std::shared_ptr<BenchRun> run);
    void poll();
    void takeNews();
    void applied(const duplex::SettingRef& ref);
    void postKind(duplex::CommandKind kind);
    [[nodiscard]] QString deviceName() const;

    BenchState state_ = BenchState::idle;
    std::unique_ptr<LiveFeed> feed_;
    std::shared_ptr<BenchRun> run_;
    std::unique_ptr<Private> private_;
};

}  // namespace doubletalk::bench
