// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "engine/core/event.h"
#include "engine/core/result.h"
#include "engine/session/records.h"

namespace doubletalk::session {

inline constexpr int kFormatVersion = 1;

/// What session.json says from the start; fixed for the life of the session.
struct SessionHeader {
    nlohmann::json description;  ///< build, features, scene or devices, clocks, settings
    int rate_hz = 16000;
    std::vector<std::string> taps;     ///< channels of audio.wav
    std::vector<std::string> metrics;  ///< columns of metrics.csv after block,time_s
    std::vector<std::string> machine;  ///< columns of machine.csv after block,time_s
    int max_payload_bytes = 1920;
    std::int64_t ring_bytes = std::int64_t{4} << 20;  ///< between worker and disk thread
    std::int64_t limit_bytes = 0;  ///< of a spool: above it the start is dropped; 0: none
};

/// Writes a session folder while the engine runs. The worker's verbs only copy into one lock-free
/// byte ring; a disk thread writes and flushes every 250 ms, so that a kill at any moment loses at
/// most the last second and leaves every file readable. When the ring is full the record is dropped
/// and counted, and the session says bit_exact: false.
/// Thread: verbs marked worker on the worker, the others on the owner.
class SessionWriter {
public:
    /// Creates folder (which must be new or empty). Errors: exists, not writable, disk full.
    [[nodiscard]] static Result<std::unique_ptr<SessionWriter>> create(
        const std::filesystem::path& folder, const SessionHeader& header);
    ~SessionWriter();

    /// worker: one block of every tap, in the order of header.taps.
    void block(std::span<const std::span<const float>> taps) noexcept;
    /// worker: raw frames handed to the loudspeaker (tracks/playback.wav).
    void playback(std::span<const float> frames) noexcept;
    /// worker
    void exchange(const ExchangeRecord& record) noexcept;
    void command(const CommandRecord& record) noexcept;
    void answer(const AnswerRecord& record) noexcept;
    void event(const Event& event) noexcept;
    /// worker: payload empty for a lost packet.
    void packet(const PacketRecord& record, std::span<const std::byte> payload) noexcept;
    /// worker: one row; NaN is written as an empty field.
    void metrics(BlockIndex block, double time_s, std::span<const double> values) noexcept;
    /// worker
    void machine(BlockIndex block, double time_s, std::span<const double> values) noexcept;
    /// worker, or whoever sends: the disk thread writes its audio.
    void item(ItemRecord record);
    /// Another WAV under tracks/ (rate, whole signal). Owner.
    [[nodiscard]] Result<void> track(const std::string& name, int rate_hz,
                                     std::span<const float> samples);

    /// Waits until at least half of the ring is free: for drivers on a virtual clock, which are
    /// faster than any disk. Never called on a worker in real time.
    void waitForSpace();
    [[nodiscard]] std::int64_t droppedRecords() const noexcept;
    /// First error of the disk thread (disk full, folder gone), if any. The engine goes on.
    [[nodiscard]] std::string diskError() const;
    /// Everything pushed before this call is on disk when it returns. Owner.
    [[nodiscard]] Result<void> flush();
    /// First block still on disk: above 0 once a spool has dropped its start.
    [[nodiscard]] BlockIndex firstBlock() const noexcept;
    /// Runs copy on the calling thread while the files keep their names: no start is dropped
    /// meanwhile, though the session goes on growing. Owner.
    void withFilesInPlace(const std::function<void()>& copy);
    /// Writes the rest, adds summary to session.json and closes everything.
    [[nodiscard]] Result<void> finish(const nlohmann::json& summary);

private:
    SessionWriter();
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace doubletalk::session
