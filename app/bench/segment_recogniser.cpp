// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bench/segment_recogniser.h"

#include <utility>

#include "engine/voice/recogniser.h"

namespace doubletalk::bench {

void SegmentRecogniser::recognise(VoiceSegment segment, int rate_hz, int number) {
    thread_.post([this, segment = std::move(segment), rate_hz, number] {
        if (number != number_) return;
        thread_local auto recogniser = voice::createPocketsphinxRecogniser();
        if (!recogniser) return;
        const auto text = (*recogniser)->recognise(segment.samples, rate_hz);
        if (!text || text->empty()) return;
        const auto words = QString::fromStdString(*text);
        QMetaObject::invokeMethod(
            this, [this, from_s = segment.start_s, to_s = segment.end_s, words, number] {
                if (number == number_) understood(from_s, to_s, words);
            });
    });
}

}  // namespace doubletalk::bench
