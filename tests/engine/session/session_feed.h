// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "engine/core/random.h"
#include "engine/session/session_reader.h"
#include "engine/session/session_writer.h"

namespace doubletalk::session::test {

/// Makes blocks of everything a session can hold, seeded, the same for the same block whatever came
/// before; writes them and remembers what a reader must give back.
class Feed {
public:
    explicit Feed(std::uint64_t seed = 1, std::vector<std::string> taps = {"mic", "out", "ref"})
        : seed_(seed) {
        header.description = {{"scene", {{"id", "made_up"}}}, {"build", "test"}};
        header.taps = std::move(taps);
        header.metrics = {"erle_db", "jitter_ms"};
        header.machine = {"load_percent"};
        expected.metrics.columns = {"block", "time_s", "erle_db", "jitter_ms"};
        expected.machine.columns = {"block", "time_s", "load_percent"};
        expected.rate_hz = header.rate_hz;
    }

    SessionHeader header;
    Session expected;
    bool remember = true;

    [[nodiscard]] BlockIndex next() const { return next_; }

    /// Items take memory and a file: not part of block().
    void item(SessionWriter& writer, ItemId id) {
        ItemRecord record{next_,    id,          22050, "Grüße, \"item\"\n" + std::to_string(id),
                          "speech", id % 2 == 0, {}};
        Random random(deriveSeed(seed_ + id, "item"));
        for (int i = 0; i < 700; ++i) record.samples.push_back(sample(random));
        writer.item(record);
        if (remember) expected.items.push_back(record);
    }

    void block(SessionWriter& writer) {
        const BlockIndex b = next_++;
        Random random(deriveSeed(seed_ + static_cast<std::uint64_t>(b) * 7919, "block"));
        exchange(writer, b, random);
        records(writer, b, random);
        packets(writer, b, random);
        std::vector<std::span<const float>> spans;
        for (std::size_t i = 0; i < header.taps.size(); ++i) {
            auto& samples = audio_[i % 4];
            samples.resize(static_cast<std::size_t>(header.rate_hz / 100));
            for (auto& s : samples) s = sample(random);
            spans.emplace_back(samples);
            if (!remember) continue;
            auto& all = expected.taps[header.taps[i]];
            all.insert(all.end(), samples.begin(), samples.end());
        }
        writer.block(spans);
        if (b % 10 == 9) rows(writer, b, random);
        if (remember) expected.end_block = b + 1;
    }

private:
    static float sample(Random& random) {
        switch (random.bits() % 500) {
            case 0:
                return std::bit_cast<float>(0x7FA12345U);  // a signalling NaN
            case 1:
                return std::numeric_limits<float>::quiet_NaN();
            case 2:
                return -std::numeric_limits<float>::infinity();
            case 3:
                return -0.0F;
            case 4:
                return std::numeric_limits<float>::denorm_min();
            case 5:
                return 7.5F;
            default:
                return static_cast<float>(random.uniform() * 2.0 - 1.0);
        }
    }
    static double number(Random& random) {
        switch (random.bits() % 8) {
            case 0:
                return std::bit_cast<double>(random.bits() & 0x7FEFFFFFFFFFFFFFULL);
            case 1:
                return -0.0;
            case 2:
                return std::numeric_limits<double>::quiet_NaN();
            case 3:
                return std::numeric_limits<double>::infinity();
            case 4:
                return 1e15 + static_cast<double>(random.bits() % 100);
            case 5:
                return std::numeric_limits<double>::denorm_min();
            default:
                return random.normal();
        }
    }
    void exchange(SessionWriter& writer, BlockIndex b, Random& random) {
        ExchangeRecord record;
        record.block = b;
        record.time_ns = (b + 1) * kBlockNs + std::int64_t(random.bits() % 1000);
        record.captured_frames = 160;
        record.playback_frames = 159 + int(random.bits() % 3);
        record.queued_frames = int(random.bits() % 160);
        record.ring_frame = std::int64_t(random.bits() >> 2);
        record.lost = random.chance(0.1);
        record.interrupted = random.chance(0.1);
        record.faded = record.interrupted && random.chance(0.5);
        std::vector<float> frames(static_cast<std::size_t>(record.playback_frames));
        for (auto& s : frames) s = sample(random);
        writer.exchange(record);
        writer.playback(frames);
        if (!remember) return;
        expected.exchanges.push_back(record);
        expected.playback.insert(expected.playback.end(), frames.begin(), frames.end());
    }
    void records(SessionWriter& writer, BlockIndex b, Random& random) {
        if (random.chance(0.2)) {
            // Cut by Name in the middle of a character: no valid UTF-8.
            const CommandRecord record{b, "set", "echo.tail_ms", Name(std::string(46, 'x') + "ü"),
                                       "user"};
            writer.command(record);
            if (remember) expected.commands.push_back(record);
        }
        if (random.chance(0.2)) {
            const AnswerRecord record{b, "headroom", number(random), Name("a\"b\\c\x01\n")};
            writer.answer(record);
            if (remember) expected.answers.push_back(record);
        }
        if (random.chance(0.5)) {
            Event event;
            event.block = b;
            event.kind = static_cast<EventKind>(random.bits() % 30);
            event.frame = std::int64_t(random.bits() >> 1) * (random.chance(0.5) ? 1 : -1);
            event.item = static_cast<ItemId>(random.bits());
            event.value = number(random);
            event.value2 = number(random);
            event.text = "speexdsp";
            event.cause = "";
            writer.event(event);
            if (remember) expected.events.push_back(event);
        }
    }
    void packets(SessionWriter& writer, BlockIndex b, Random& random) {
        for (auto n = random.bits() % 3; n > 0; --n) {
            ReadPacket packet;
            auto& record = packet.record;
            record.block = b;
            record.stream = static_cast<std::uint8_t>(random.bits() % 2);
            const bool lost = random.chance(0.2);
            record.arrival_ns = lost ? -1 : b * kBlockNs + std::int64_t(random.bits() % kBlockNs);
            auto& header = record.header;
            header.sequence = static_cast<std::uint16_t>(random.bits());
            header.timestamp = static_cast<std::uint32_t>(random.bits());
            header.payload_type = static_cast<PayloadType>(random.bits() % 3);
            header.speech = random.chance(0.5);
            header.marker = random.chance(0.5);
            header.last = random.chance(0.5);
            header.frames = 320;
            header.item = 3;
            header.item_sample = number(random);
            header.item_samples_per_frame = number(random);
            header.send_ns = std::int64_t(random.bits() >> 1);
            if (!lost) packet.payload.resize(random.bits() % 641);
            for (auto& byte : packet.payload) byte = std::byte(random.bits() & 255);
            writer.packet(record, packet.payload);
            if (remember) expected.packets.push_back(packet);
        }
    }
    void rows(SessionWriter& writer, BlockIndex b, Random& random) {
        const std::vector<double> values{number(random), number(random)};
        const std::vector<double> load{random.uniform()};
        const double time_s = double(b + 1) / 100.0;
        writer.metrics(b, time_s, values);
        writer.machine(b, time_s, load);
        if (!remember) return;
        expected.metrics.rows.push_back({double(b), time_s, values[0], values[1]});
        expected.machine.rows.push_back({double(b), time_s, load[0]});
    }

    std::uint64_t seed_;
    BlockIndex next_ = 0;
    std::vector<float> audio_[4];
};

inline bool sameBits(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0; }
inline bool sameBits(const std::vector<float>& a, const std::vector<float>& b) {
    return a.size() == b.size() &&
           (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0);
}

/// What of a killed session's blocks is not as expected; empty: all of them are. Compares field by
/// field, not with compareSessions.
inline std::string checkPrefix(const Session& got, const Session& expected) {
    const auto end = got.end_block;
    for (const auto& [name, samples] : expected.taps) {
        auto wanted = samples;
        wanted.resize(static_cast<std::size_t>(end * expected.rate_hz / 100));
        if (!sameBits(got.taps.at(name), wanted)) return "audio " + name;
    }
    std::size_t i = 0, frames = 0;
    for (const auto& e : expected.exchanges) {
        if (e.block >= end) break;
        if (i >= got.exchanges.size()) return "exchanges missing";
        const auto& g = got.exchanges[i++];
        frames += static_cast<std::size_t>(e.playback_frames);
        if (g.block != e.block || g.time_ns != e.time_ns || g.ring_frame != e.ring_frame ||
            g.captured_frames != e.captured_frames || g.playback_frames != e.playback_frames ||
            g.queued_frames != e.queued_frames || g.lost != e.lost ||
            g.interrupted != e.interrupted || g.faded != e.faded) {
            return "exchange " + std::to_string(i);
        }
    }
    if (i != got.exchanges.size()) return "too many exchanges";
    auto playback = expected.playback;
    playback.resize(frames);
    if (!sameBits(got.playback, playback)) return "playback";
    i = 0;
    for (const auto& e : expected.commands) {
        if (e.block >= end) break;
        if (i >= got.commands.size()) return "commands missing";
        const auto& g = got.commands[i++];
        if (g.block != e.block || !(g.name == e.name) || !(g.key == e.key) ||
            !(g.value == e.value) || !(g.source == e.source)) {
            return "command " + std::to_string(i);
        }
    }
    i = 0;
    for (const auto& e : expected.answers) {
        if (e.block >= end) break;
        if (i >= got.answers.size()) return "answers missing";
        const auto& g = got.answers[i++];
        if (g.block != e.block || !(g.name == e.name) || !sameBits(g.value, e.value) ||
            !(g.text == e.text)) {
            return "answer " + std::to_string(i);
        }
    }
    i = 0;
    for (const auto& e : expected.events) {
        if (e.block >= end) break;
        if (i >= got.events.size()) return "events missing";
        const auto& g = got.events[i++];
        if (g.block != e.block || g.kind != e.kind || g.frame != e.frame || g.item != e.item ||
            !sameBits(g.value, e.value) || !sameBits(g.value2, e.value2) || !(g.text == e.text) ||
            !(g.cause == e.cause)) {
            return "event " + std::to_string(i);
        }
    }
    if (i != got.events.size()) return "too many events";
    i = 0;
    for (const auto& e : expected.packets) {
        if (e.record.block >= end) break;
        if (i >= got.packets.size()) return "packets missing";
        const auto& g = got.packets[i++];
        const auto &a = g.record.header, &b = e.record.header;
        if (g.record.block != e.record.block || g.record.stream != e.record.stream ||
            g.record.arrival_ns != e.record.arrival_ns || g.payload != e.payload ||
            a.sequence != b.sequence || a.timestamp != b.timestamp ||
            a.payload_type != b.payload_type || a.speech != b.speech || a.marker != b.marker ||
            a.last != b.last || a.frames != b.frames || a.item != b.item ||
            !sameBits(a.item_sample, b.item_sample) || a.send_ns != b.send_ns ||
            !sameBits(a.item_samples_per_frame, b.item_samples_per_frame)) {
            return "packet " + std::to_string(i);
        }
    }
    if (i != got.packets.size()) return "too many packets";
    i = 0;
    for (const auto& row : expected.metrics.rows) {
        if (row[0] >= double(end)) break;
        if (i >= got.metrics.rows.size()) return "metrics missing";
        const auto& g = got.metrics.rows[i++];
        for (std::size_t c = 0; c < row.size(); ++c) {
            if (!(std::isnan(row[c]) && std::isnan(g[c])) && !sameBits(row[c], g[c])) {
                return "metrics row " + std::to_string(i);
            }
        }
    }
    if (i != got.metrics.rows.size()) return "too many metrics rows";
    return {};
}

}  // namespace doubletalk::session::test
