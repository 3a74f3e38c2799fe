// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/network/trace_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <optional>
#include <string_view>

namespace doubletalk::network {
namespace {

constexpr std::size_t kMaxPackets = 5'000'000;  ///< 28 hours of 20 ms
constexpr std::size_t kMaxLineBytes = 4096;
constexpr double kMaxTimeMs = 1e9;  ///< eleven days
constexpr double kMinFrameMs = 5.0, kMaxFrameMs = 120.0;
constexpr std::int64_t kMaxSequence = 1'000'000'000;
constexpr double kMaxGapMs = 60'000.0;

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

template <class T>
std::optional<T> number(std::string_view text) {
    text = trim(text);
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

tl::unexpected<Error> bad(std::string what, const std::string& where, std::size_t line) {
    return fail(ErrorKind::format, std::move(what), where + ":" + std::to_string(line),
                "each line is seq,send_ms,arrival_ms with an empty arrival for a lost packet");
}

std::string quoted(std::string_view text) {
    constexpr std::size_t kShown = 40;
    std::string shown;
    for (const char c : text.substr(0, kShown)) shown += c >= ' ' && c <= '~' ? c : '?';
    return "'" + shown + (text.size() > kShown ? "…'" : "'");
}

Result<void> parseHeader(std::string_view line, const std::string& where, Trace& trace) {
    if (line.empty() || line.front() != '#') {
        return bad("the first line must be '# origin | licence | note | frame_ms=N'", where, 1);
    }
    line.remove_prefix(1);
    bool found = false;
    std::array<std::string*, 3> texts = {&trace.origin, &trace.licence, &trace.note};
    std::size_t field = 0;
    while (!line.empty() || field == 0) {
        const auto bar = line.find('|');
        const std::string_view part = trim(line.substr(0, bar));
        line = bar == std::string_view::npos ? std::string_view() : line.substr(bar + 1);
        constexpr std::string_view kKey = "frame_ms=";
        if (part.substr(0, kKey.size()) == kKey) {
            const auto value = number<double>(part.substr(kKey.size()));
            if (!value || !(*value >= kMinFrameMs && *value <= kMaxFrameMs)) {
                return bad("frame_ms must be a number from 5 to 120, not " +
                               quoted(part.substr(kKey.size())),
                           where, 1);
            }
            trace.frame_ms = *value;
            found = true;
        } else if (field < texts.size()) {
            *texts[field] = part;
        }
        ++field;
    }
    if (!found) return bad("the first line has no frame_ms=N", where, 1);
    return {};
}

Result<TracePacket> parsePacket(std::string_view line, const std::string& where,
                                std::size_t line_number) {
    const auto first = line.find(',');
    const auto second = first == std::string_view::npos ? first : line.find(',', first + 1);
    if (second == std::string_view::npos || line.find(',', second + 1) != std::string_view::npos) {
        return bad("expected three fields, found " + quoted(line), where, line_number);
    }
    TracePacket packet;
    const auto sequence = number<std::int64_t>(line.substr(0, first));
    if (!sequence || *sequence < 0 || *sequence > kMaxSequence) {
        return bad("bad sequence number " + quoted(line.substr(0, first)), where, line_number);
    }
    packet.sequence = *sequence;
    const auto time = [&](std::string_view text, const char* name) -> Result<double> {
        const auto value = number<double>(text);
        if (!value || !(std::abs(*value) <= kMaxTimeMs)) {
            return bad(std::string("bad ") + name + " " + quoted(text), where, line_number);
        }
        return *value;
    };
    const auto send = time(line.substr(first + 1, second - first - 1), "send_ms");
    if (!send) return tl::unexpected(send.error());
    packet.send_ms = *send;
    if (trim(line.substr(second + 1)).empty()) return packet;
    const auto arrival = time(line.substr(second + 1), "arrival_ms");
    if (!arrival) return tl::unexpected(arrival.error());
    packet.arrival_ms = *arrival;
    if (packet.arrival_ms < packet.send_ms - 1e-3) {
        return bad("the packet arrives before it is sent", where, line_number);
    }
    return packet;
}

}  // namespace

double Trace::minDelayMs() const {
    double least = std::numeric_limits<double>::infinity();
    for (const auto& p : packets) {
        if (!p.lost()) least = std::min(least, p.arrival_ms - p.send_ms);
    }
    return std::isfinite(least) ? least : 0.0;
}

std::int64_t Trace::lostPackets() const {
    return std::count_if(packets.begin(), packets.end(), [](const auto& p) { return p.lost(); });
}

Result<Trace> parseTrace(std::istream& in, const std::string& where) {
    Trace trace;
    std::string line(kMaxLineBytes, '\0');
    bool any_arrived = false;
    for (std::size_t line_number = 1;; ++line_number) {
        // A bounded read: a file without line ends must not fill the memory.
        in.getline(line.data(), static_cast<std::streamsize>(kMaxLineBytes));
        const auto got = static_cast<std::size_t>(in.gcount());
        if (in.fail() && got + 1 >= kMaxLineBytes)
            return bad("the line is too long", where, line_number);
        if (in.bad()) return fail(ErrorKind::io, "cannot be read", where);
        if (in.fail()) break;
        const std::string_view text = trim(std::string_view(line.data(), in.eof() ? got : got - 1));
        if (line_number == 1) {
            if (auto ok = parseHeader(text, where, trace); !ok) return tl::unexpected(ok.error());
            continue;
        }
        if (line_number == 2) {
            if (text != "seq,send_ms,arrival_ms") {
                return bad("the second line must be seq,send_ms,arrival_ms", where, line_number);
            }
            continue;
        }
        if (text.empty()) continue;
        auto packet = parsePacket(text, where, line_number);
        if (!packet) return tl::unexpected(packet.error());
        if (!trace.packets.empty()) {
            const auto& before = trace.packets.back();
            if (packet->sequence <= before.sequence || packet->send_ms < before.send_ms) {
                return bad("sequence or send time goes back", where, line_number);
            }
            if (packet->send_ms - before.send_ms > kMaxGapMs) {
                return bad("more than 60 s between two packets", where, line_number);
            }
        }
        if (trace.packets.size() >= kMaxPackets) return bad("too many packets", where, line_number);
        any_arrived = any_arrived || !packet->lost();
        trace.packets.push_back(*packet);
    }
    if (!any_arrived) {
        return fail(ErrorKind::format, "no packet of this trace arrives", where,
                    "a trace needs at least one line with an arrival time");
    }
    return trace;
}

Result<Trace> readTrace(const std::filesystem::path& csv) {
    std::error_code error;
    if (std::filesystem::is_directory(csv, error)) {
        return fail(ErrorKind::io, "is a folder, not a trace", csv.string(), "name a CSV file");
    }
    if (!std::filesystem::exists(csv, error)) {
        return fail(ErrorKind::not_found, "no such trace", csv.string(), "check the path");
    }
    std::ifstream in(csv, std::ios::binary);
    if (!in) return fail(ErrorKind::io, "cannot be opened", csv.string(), "check its permissions");
    return parseTrace(in, csv.string());
}

}  // namespace doubletalk::network
