// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "ui/plots/strip.h"

namespace doubletalk::ui {

enum class Lane { assistant, user, barge_in, problems, concealed, lost, network };

/// Rows of bars: who spoke, what was decided, what went wrong; sizes and reasons in words.
class LaneStrip : public Strip {
public:
    explicit LaneStrip(std::vector<Lane> lanes);

    [[nodiscard]] int height() const override { return int(lanes_.size()) * kRowPx; }
    void draw(QPainter& painter, const StripFrame& frame) override;
    void drawGutters(QPainter& painter, const StripFrame& frame) override;
    [[nodiscard]] std::vector<std::string> metrics() const override;
    [[nodiscard]] QString tipAt(QPointF at, const StripFrame& frame) override;

private:
    static constexpr int kRowPx = 20;
    enum class Form { solid, outline, hatched, tick };
    struct Bar {
        double from_s, to_s;
        Form form = Form::solid;
        Token colour = Token::far_end;
        QString text;         ///< right of it
        QString before = {};  ///< left of it, bold
        QString tip = {};
    };

    void readEvents(const StripFrame& frame);
    void readPackets(const StripFrame& frame);
    [[nodiscard]] std::vector<Bar> barsOf(Lane lane, const StripFrame& frame) const;
    void drawBars(QPainter& painter, const QRect& row, const std::vector<Bar>& bars,
                  const StripFrame& frame) const;
    [[nodiscard]] QRect rowRect(std::size_t index, const StripFrame& frame) const;

    std::vector<Lane> lanes_;
    std::vector<Bar> decisions_, unheard_, network_;  ///< out of the events
    std::vector<Bar> lost_;                            ///< out of the packets
    std::uint64_t epoch_ = 0, packets_epoch_ = 0;
    int lost_count_ = 0;  ///< packets of the newest bar of lost_
    std::size_t seen_ = 0, packets_seen_ = 0;
    double onset_s_ = -1.0, voice_s_ = -1.0;
    double dropped_s_ = 0.0;
    int open_stop_ = -1;  ///< decision whose silence is still to come
};

}  // namespace doubletalk::ui
