// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <vector>

#include "engine/remote/ingest_protocol.h"
#include "tests/fuzz/fuzz_input.h"

using namespace doubletalk::remote;

/// A sender's bytes, whole and cut into pieces (their size is the first byte): both must say the
/// same, and what was understood must be written back as it came.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t piece_bytes = data[0] % 32 + 1U;
    const auto stream = textOf(data + 1, size - 1);
    IngestReader whole, cut;
    std::vector<IngestEvent> events, cut_events;
    whole.receive(stream, events);
    for (auto rest = stream; !rest.empty();
         rest.remove_prefix(std::min(rest.size(), piece_bytes))) {
        cut.receive(rest.substr(0, piece_bytes), cut_events);
    }
    require(events.size() == cut_events.size() && whole.over() == cut.over());

    std::string again;
    IngestFormat format;
    for (std::size_t i = 0; i < events.size(); ++i) {
        require(events[i].index() == cut_events[i].index());
        const bool last = i + 1 == events.size();
        if (const auto* first = std::get_if<IngestFormat>(&events[i])) {
            require(i == 0 && first->channels >= 1 && first->channels <= kIngestMaxChannels);
            require(first->rate_hz >= kIngestMinRateHz && first->rate_hz <= kIngestMaxRateHz);
            format = *first;
            appendIngestFormat(format, again);
        } else if (const auto* audio = std::get_if<IngestAudio>(&events[i])) {
            require(format.channels > 0 && !audio->samples.empty());
            require(audio->samples.size() % std::size_t(format.channels) == 0);
            require(audio->samples == std::get<IngestAudio>(cut_events[i]).samples);
            appendIngestAudio(audio->samples, format.channels, again);
        } else if (const auto* fault = std::get_if<Fault>(&events[i])) {
            require(last && whole.over() && !fault->what.empty());
        } else {
            require(last && whole.over());
            appendIngestEnd(again);
        }
    }
    require(stream.starts_with(again));

    IngestReplyReader server;
    std::vector<IngestReply> replies;
    server.receive(stream, replies);
    for (const auto& reply : replies) {
        if (const auto* refused = std::get_if<IngestRefused>(&reply)) {
            require(refused->reason.size() <= kIngestMaxReasonBytes && &reply == &replies.back());
        }
    }
    return 0;
}
