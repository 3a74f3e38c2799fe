// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "app/bench/bench_run.h"
#include "app/bench/item_waves.h"
#include "engine/core/packet.h"
#include "engine/core/result.h"
#include "engine/duplex/far_end.h"

namespace doubletalk::bench {

class TaskThread;

/// One text or file the assistant is to speak.
struct QueuedSpeech {
    enum class State { rendering, waiting, speaking, heard, interrupted, failed };
    std::int64_t ticket = 0;  ///< stable name of the entry
    ItemId item = 0;          ///< once it was sent
    int run = 0;              ///< in which it was sent; 0: it was not
    bool scene = false;       ///< the scene's own, not of the user
    State state = State::waiting;
    QString title;  ///< text, or file name
    bool file = false;
    double length_ms = 0.0;  ///< 0: not known yet
    double heard_ms = 0.0;   ///< at the loudspeaker so far, or where it was interrupted
    /// ± of heard_ms, 95 %; NaN: exact, or not known.
    double heard_error_ms = std::numeric_limits<double>::quiet_NaN();
    QString problem;  ///< why it failed
};

/// What the assistant is to speak, in order: rendered on another thread, sent to the run that goes
/// on, followed until it was heard. Entries outlive runs; what was not begun waits for the next.
/// Thread: gui.
class SpeechQueue : public QObject {
    Q_OBJECT
public:
    /// renderer outlives no task of it: end it before this.
    explicit SpeechQueue(TaskThread& renderer, QObject* parent = nullptr);

    /// Rate of the assistant's stream from now on.
    void setRate(int rate_hz) { rate_hz_ = rate_hz; }
    /// A run is being prepared: what the scene of the one before said is gone.
    void nextRun();
    /// Of the run being prepared or going on, else of the last one; from 1 on.
    [[nodiscard]] int runNumber() const { return run_number_; }
    /// Where entries go; null: they wait.
    void setRun(BenchRun* run);
    /// What the run told; run_is_over: these were its last news.
    void follow(RunNews& news, bool run_is_over);

    /// Ticket of the new entry at the queue's end.
    std::int64_t addText(const QString& text, const QString& voice);
    std::int64_t addFile(const QString& path);
    /// Speech that is still being made: append() brings its audio at the stream's rate.
    std::int64_t addStream(const QString& title);
    void append(std::int64_t ticket, std::vector<float> samples, bool last);
    /// Whether append() still adds to it: not after its end, an interruption, its removal.
    [[nodiscard]] bool takesMore(std::int64_t ticket) const;
    /// The entry ends with what there is, as failed.
    void failStream(std::int64_t ticket, const QString& problem);
    /// Of what has not been sent yet.
    bool remove(std::int64_t ticket);
    bool move(std::int64_t ticket, int places);

    [[nodiscard]] const std::vector<QueuedSpeech>& entries() const { return entries_; }
    /// Still to be spoken, as far as it is rendered.
    [[nodiscard]] double bufferedMs() const;

signals:
    void changed();
    void failed(const QString& what);

private:
    using Rendering = std::function<Result<std::vector<float>>()>;
    struct Rendered {
        Result<std::vector<float>> samples;
        std::vector<WaveColumn> columns;
    };
    struct Ready {
        duplex::FarEndItem item;
        std::vector<WaveColumn> columns;
    };

    std::int64_t add(const QString& title, bool file, QueuedSpeech::State state);
    [[nodiscard]] std::vector<QueuedSpeech>::iterator find(std::int64_t ticket);
    void render(std::int64_t ticket, Rendering make);
    void rendered(std::int64_t ticket, Rendered& done);
    void flush();
    void addSceneItem(const RunNews::Begun& begun);
    void followItem(QueuedSpeech& entry, const RunNews& news, bool run_is_over);
    void followSent(QueuedSpeech& entry, const RunNews& news, bool run_is_over);

    TaskThread& renderer_;
    BenchRun* run_ = nullptr;
    int run_number_ = 0;
    int rate_hz_ = 16000;
    std::int64_t next_ticket_ = 1;
    std::vector<QueuedSpeech> entries_;
    std::map<std::int64_t, Ready> ready_;       ///< rendered, not begun
    std::map<std::int64_t, WaveMaker> makers_;  ///< of streams that have not ended
    std::set<std::int64_t> sent_;               ///< to the run, not yet begun
    std::set<std::int64_t> seen_waiting_;       ///< there, in the last news
};

}  // namespace doubletalk::bench
