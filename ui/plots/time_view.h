// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <functional>
#include <optional>

namespace doubletalk {
struct Event;
}

namespace doubletalk::ui {

/// A stretch of time in seconds on the capture clock.
struct TimeRange {
    double from_s = 0.0;
    double to_s = 16.0;
    [[nodiscard]] double length() const { return to_s - from_s; }
    friend bool operator==(const TimeRange&, const TimeRange&) = default;
};

/// The one time axis and the one cursor pair of all plots of the window. While it follows, the
/// newest moment stands near the right edge; freezing it never touches the engine.
/// Thread: gui.
class TimeView : public QObject {
    Q_OBJECT
public:
    static constexpr double kShortestS = 0.05;
    static constexpr double kLongestS = 6.0 * 3600.0;

    explicit TimeView(QObject* parent = nullptr);

    /// Once a frame, with the end of the newest block.
    void advance(double now_s);
    [[nodiscard]] double nowS() const { return now_s_; }

    [[nodiscard]] const TimeRange& range() const { return range_; }
    /// Stops following unless the range ends at the newest moment.
    void setRange(TimeRange range);
    /// factor below 1 zooms in; about_s keeps its place (the right edge while following).
    void zoom(double factor, double about_s);
    void pan(double by_s);
    /// All that there is, and follows.
    void fit();
    /// Seconds shown; keeps following.
    void setSpan(double span_s);

    [[nodiscard]] bool follows() const { return follows_; }
    void setFollow(bool follow);
    /// Where it was frozen; nothing while following.
    [[nodiscard]] std::optional<double> frozenAt() const { return frozen_at_; }

    [[nodiscard]] bool cursorsShown() const { return cursors_shown_; }
    /// Places both at a third and two thirds of the view when they are outside it.
    void setCursorsShown(bool shown);
    void toggleCursors() { setCursorsShown(!cursors_shown_); }
    /// index 0: cursor 1, 1: cursor 2.
    [[nodiscard]] double cursor(int index) const { return cursors_[index]; }
    void setCursor(int index, double at_s);

    /// The problem N and P stand on.
    [[nodiscard]] const std::optional<TimeRange>& marked() const { return marked_; }
    /// Centres and frames a stretch; widens the view when it does not fit.
    void show(const TimeRange& stretch);
    void unmark();

    /// Where a track of the opened session sounds; nothing while none does.
    [[nodiscard]] const std::optional<double>& playhead() const { return playhead_; }
    /// Ignored while it is dragged, unless nothing sounds any more.
    void setPlayhead(std::optional<double> at_s);
    /// Drags it; endScrub() asks for what sounds to go on from there.
    void scrub(double at_s);
    void endScrub();

    /// Rate of the frames in events. 16000 unless set.
    [[nodiscard]] int rateHz() const { return rate_hz_; }
    void setRateHz(int hz) { rate_hz_ = hz; }
    /// Words on a parameter's flag ("Suppressor 9 → 6 dB"); without one the setting's name.
    void setFlagText(std::function<QString(const Event&)> text) { flag_text_ = std::move(text); }
    [[nodiscard]] QString flagText(const Event& event) const;

signals:
    void rangeChanged();
    void followChanged(bool follows);
    void cursorsChanged();
    void markedChanged();
    void playheadChanged();
    void playFromWanted(double at_s);

private:
    void place(TimeRange range);
    void followNow();

    TimeRange range_;
    double now_s_ = 0.0;
    bool follows_ = true;
    std::optional<double> frozen_at_;
    bool cursors_shown_ = false;
    double cursors_[2] = {-1.0, -1.0};
    std::optional<TimeRange> marked_;
    std::optional<double> playhead_;
    bool scrubs_ = false;
    int rate_hz_ = 16000;
    std::function<QString(const Event&)> flag_text_;
};

}  // namespace doubletalk::ui
