// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <memory>
#include <vector>

#include "ui/plots/plot_export.h"
#include "ui/plots/problem_list.h"
#include "ui/plots/time_flags.h"
#include "ui/plots/time_view.h"

class QCustomPlot;
class QCPAxisRect;
class QHelpEvent;
class QPainter;

namespace doubletalk::ui {

class History;
class PlotHeader;
class Strip;
struct StripFrame;

/// Strips above each other on the window's time axis: one plot with flags, cursors, the newest
/// moment and problems through all of them. Draws only what is new; nothing while hidden.
/// Thread: gui.
class TimeStack : public QWidget, public ExportablePlot {
    Q_OBJECT
public:
    /// name: for files ("echo"). history and view outlive it.
    TimeStack(const QString& title, const QString& name, const History& history, TimeView& view,
              QWidget* parent = nullptr);
    ~TimeStack() override;

    void addStrip(std::unique_ptr<Strip> strip);
    /// Shown while there is nothing yet: what appears here and the key that starts it.
    void setIdleText(const QString& text) { idle_text_ = text; }
    /// Once a frame of the window, after TimeView::advance().
    void refresh();
    /// Whether the engine runs on while the view stands still.
    void setRunning(bool running);
    /// A setting that is drawn as a line ("barge_in.trigger_dbfs").
    void setLimit(std::string_view name, double value);

    /// Centres and frames the next or previous problem; false: there is none.
    bool nextProblem();
    bool previousProblem();
    [[nodiscard]] const ProblemList& problems() const { return problems_; }

    void setHeld(bool held);
    [[nodiscard]] bool held() const { return held_; }
    void askExport();

    [[nodiscard]] QString exportName() const override { return name_; }
    [[nodiscard]] QSize exportSize() const override;
    void render(QCPPainter& painter, ExportRange range, bool vector) override;
    /// time_s and the metrics of its strips, a row each 100 ms.
    [[nodiscard]] QByteArray csv(ExportRange range) override;
    [[nodiscard]] bool hasSelection() const override { return view_.cursorsShown(); }

    /// Frames really drawn, for measurements.
    [[nodiscard]] std::int64_t framesDrawn() const { return frames_drawn_; }
    /// Title row's text: cursors, "Frozen at ...".
    [[nodiscard]] QString note() const;
    /// x of a time in this widget, logical px.
    [[nodiscard]] double xOf(double time_s) const;
    /// x of the line where a track plays, in this widget; nothing while it is not in view.
    [[nodiscard]] std::optional<int> playLineX() const;
    [[nodiscard]] const std::vector<std::unique_ptr<Strip>>& strips() const { return strips_; }

protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    struct Drawing {
        TimeRange range;
        double ratio;
        bool vector;
    };
    void restyle();
    void updateNote();
    void changed();
    void drawStrips(QPainter& painter, const Drawing& drawing);
    void drawStrip(QPainter& painter, std::size_t index, const StripFrame& frame,
                   const std::vector<double>& ticks);
    void drawOverlay(QPainter& painter, const Drawing& drawing);
    void drawFlags(QPainter& painter, const StripFrame& frame);
    void drawCursors(QPainter& painter, const Drawing& drawing, const StripFrame& frame);
    void drawTimeAxis(QPainter& painter, const StripFrame& frame, const std::vector<double>& ticks);
    [[nodiscard]] StripFrame frameOf(std::size_t index, const Drawing& drawing) const;
    [[nodiscard]] Drawing liveDrawing() const;
    [[nodiscard]] TimeRange rangeOf(ExportRange range) const;
    [[nodiscard]] std::vector<double> timeTicks(const StripFrame& frame) const;
    [[nodiscard]] QRect dataArea() const;
    void updateWavePeak();
    void placePlayLine();
    [[nodiscard]] bool inRuler(QPointF at) const;
    /// Whether a press there moves the play position.
    [[nodiscard]] bool scrubsAt(const QMouseEvent& event) const;
    bool doubleClick(const QMouseEvent& event);
    void mouseRelease();
    bool mousePress(QMouseEvent& event);
    bool mouseMove(QMouseEvent& event);
    bool wheel(QWheelEvent& event);
    bool toolTip(QHelpEvent& event);
    [[nodiscard]] int cursorNear(double x) const;

    class Layer;
    class PlayLine;
    QString name_, idle_text_;
    const History& history_;
    TimeView& view_;
    PlotHeader* header_;
    QCustomPlot* plot_;
    PlayLine* play_line_;
    std::vector<std::unique_ptr<Strip>> strips_;
    std::vector<QCPAxisRect*> rects_;
    ProblemList problems_;
    TimeFlags flags_;
    std::vector<std::pair<QRectF, QString>> flag_tips_;
    double wave_peak_ = 1.0;
    std::uint64_t style_ = 1;
    bool held_ = false;
    bool compact_ = false;
    bool running_ = false;
    bool dirty_ = true;
    std::vector<std::int64_t> drawn_;  ///< what the last frame showed
    std::int64_t frames_drawn_ = 0;
    int dragged_cursor_ = -1;
    bool panning_ = false, scrubbing_ = false;
    double pressed_x_ = 0.0, pressed_from_s_ = 0.0;
};

}  // namespace doubletalk::ui
