// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProcess>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

namespace doubletalk::test {

/// An independent recorder: PulseAudio's own parec on a monitor, mono 48 kHz, with the time each
/// piece came in.
class ParecCapture {
public:
    struct Piece {
        std::int64_t time_ns, end_frame;  ///< steady clock; frames up to its end
    };
    explicit ParecCapture(const std::string& source);
    ~ParecCapture();
    ParecCapture(const ParecCapture&) = delete;
    ParecCapture& operator=(const ParecCapture&) = delete;
    /// Ends the recording; the rest is valid from then on.
    void stop();

    std::vector<float> frames;
    std::vector<Piece> pieces;
    /// When this frame came in: that of its piece, less what came after it in it.
    [[nodiscard]] std::int64_t timeNs(std::int64_t frame) const;
    /// The newest frame that had come in by then; -1 before the first.
    [[nodiscard]] std::int64_t frameAt(std::int64_t time_ns) const;

private:
    void run();
    std::FILE* pipe_ = nullptr;
    std::atomic<bool> running_{true};
    std::thread thread_;
};

}  // namespace doubletalk::test
