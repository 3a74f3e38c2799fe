// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>
#include <cstdint>
#include <vector>

namespace doubletalk::bench {
struct MachineState;
}
namespace doubletalk::duplex {
enum class HealthRule : std::uint8_t;
struct Settings;
}

namespace doubletalk::ui {

class History;

enum class Verdict : std::uint8_t { no_data, good, watch, failing };

/// A stretch of a value's band, up to to_ratio of its width.
struct BandPart {
    double to_ratio = 1.0;
    Verdict verdict = Verdict::good;
};

/// One value of the health panel with its judgement.
struct HealthRow {
    QString id, group, name;
    QString value, unit, word;
    Verdict verdict = Verdict::no_data;
    double marker = -1.0;  ///< 0..1 of the band; below 0: none
    std::vector<BandPart> parts;
    QString tip;      ///< what it is, what is good, what to do
    QString numbers;  ///< the figures behind a value that is not good
    QString rule;     ///< what judged it
};

/// The one line above the rows.
struct HealthSummary {
    QString word, reason;
    Verdict verdict = Verdict::no_data;
    int watch = 0, failing = 0, good = 0;  ///< values
    QStringList fired, passed;             ///< rules of the engine, in words
    int rules_pass = -1;                   ///< -1: not all are known (a session)
};

/// Judges a history by the rules of the engine and METRICS. Keeps what it already looked at.
/// Thread: gui.
class HealthReader {
public:
    /// settings: in use. machine may be null: no engine behind the history.
    void update(const History& history, const duplex::Settings& settings,
                const bench::MachineState* machine, int rate_hz, bool running);
    [[nodiscard]] const std::vector<HealthRow>& rows() const { return rows_; }
    [[nodiscard]] const HealthSummary& summary() const { return summary_; }
    [[nodiscard]] const HealthRow* find(const QString& id) const;
    /// Packets the network rows rest on.
    [[nodiscard]] std::size_t packets() const { return packets_; }
    [[nodiscard]] int stops() const { return stops_; }

    struct Input;

private:
    void readEvents(const Input& in);
    void addEcho(const Input& in);
    void addTurns(const Input& in);
    void addNetwork(const Input& in);
    void addMachine(const Input& in);
    void summarise(const Input& in, bool running);
    void readRules(const Input& in);
    [[nodiscard]] static QString ruleWords(duplex::HealthRule rule, bool fired, const Input& in);

    std::vector<HealthRow> rows_;
    HealthSummary summary_;
    std::uint64_t epoch_ = 0;
    std::size_t events_read_ = 0;
    std::size_t packets_ = 0;
    QString delay_state_;
    bool reference_late_ = false;
    QString engine_state_, engine_reason_;
    double stop_ms_ = -1.0, flush_ms_ = -1.0, heard_ms_ = 0.0;
    bool stop_onset_ = false, stop_by_hand_ = false;
    int stops_ = 0;
};

}  // namespace doubletalk::ui
