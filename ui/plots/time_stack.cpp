// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/time_stack.h"

#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QToolTip>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <qcustomplot.h>

#include "ui/models/history.h"
#include "ui/plots/label.h"
#include "ui/plots/plot_header.h"
#include "ui/plots/strip.h"
#include "ui/plots/tick_text.h"
#include "ui/theme/theme.h"

namespace doubletalk::ui {
namespace {

constexpr int kLeftGutter = 71;
constexpr int kRightGutter = 88;
constexpr int kCompactGutter = 56;
constexpr int kCompactBelow = 960;  // px of the stack
constexpr int kFlagStrip = 16;
constexpr int kTimeAxis = 22;
constexpr int kStripGap = 4;
constexpr int kTickPx = 75;       // least distance of time ticks
constexpr int kPlayLineFoot = 6;  // of the play position, in the time ruler

}  // namespace

/// Draws a part of the stack when the plot asks its layers.
class TimeStack::Layer : public QCPLayerable {
public:
    Layer(QCustomPlot* plot, const QString& layer, std::function<void(QCPPainter*)> drawing)
        : QCPLayerable(plot, layer), draw_(std::move(drawing)) {}

protected:
    void applyDefaultAntialiasingHint(QCPPainter* painter) const override {
        painter->setAntialiasing(false);
    }
    void draw(QCPPainter* painter) override { draw_(painter); }

private:
    std::function<void(QCPPainter*)> draw_;
};

/// Where a track plays: above the plot, so that nothing of it is drawn again when it moves.
class TimeStack::PlayLine : public QWidget {
public:
    explicit PlayLine(QWidget* parent) : QWidget(parent) {
        setAttribute(Qt::WA_TransparentForMouseEvents);
        hide();
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter(this).fillRect(rect(), Theme::current().colour(Token::text));
    }
};

TimeStack::TimeStack(const QString& title, const QString& name, const History& history,
                     TimeView& view, QWidget* parent)
    : QWidget(parent),
      name_(name),
      history_(history),
      view_(view),
      header_(new PlotHeader(title, this)),
      plot_(new QCustomPlot(this)),
      play_line_(new PlayLine(plot_)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(header_);
    column->addWidget(plot_, 1);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(title);
    plot_->setAccessibleName(title);
    plot_->plotLayout()->clear();
    plot_->plotLayout()->setAutoMargins(QCP::msNone);
    plot_->plotLayout()->setRowSpacing(kStripGap);
    // One paint buffer for all: less to fill and to blend.
    plot_->layer("overlay")->setMode(QCPLayer::lmLogical);
    new Layer(plot_, "main", [this](QCPPainter* painter) {
        if (isVisible()) drawStrips(*painter, liveDrawing());
    });
    new Layer(plot_, "overlay", [this](QCPPainter* painter) {
        if (isVisible()) drawOverlay(*painter, liveDrawing());
    });
    plot_->installEventFilter(this);
    plot_->setMouseTracking(true);
    connect(header_, &PlotHeader::holdToggled, this, &TimeStack::setHeld);
    connect(header_, &PlotHeader::exportAsked, this, &TimeStack::askExport);
    connect(&view_, &TimeView::rangeChanged, this, [this] {
        if (!view_.follows()) changed();
    });
    connect(&view_, &TimeView::followChanged, this, &TimeStack::changed);
    connect(&view_, &TimeView::cursorsChanged, this, &TimeStack::changed);
    connect(&view_, &TimeView::markedChanged, this, &TimeStack::changed);
    connect(&view_, &TimeView::playheadChanged, this, &TimeStack::placePlayLine);
    connect(plot_, &QCustomPlot::afterReplot, this, &TimeStack::placePlayLine);
    connect(&Theme::current(), &Theme::changed, this, &TimeStack::restyle);
    restyle();
}

TimeStack::~TimeStack() = default;

void TimeStack::restyle() {
    const auto& theme = Theme::current();
    ++style_;
    plot_->setBackground(QBrush(theme.colour(Token::panel)));
    plot_->plotLayout()->setMargins(QMargins(theme.scaled(kLeftGutter), theme.scaled(kFlagStrip),
                                             theme.scaled(compact_ ? kCompactGutter : kRightGutter),
                                             theme.scaled(kTimeAxis)));
    for (std::size_t i = 0; i < strips_.size(); ++i) {
        if (const int height = strips_[i]->height(); height > 0) {
            rects_[i]->setMinimumSize(50, theme.scaled(height));
            rects_[i]->setMaximumSize(QWIDGETSIZE_MAX, theme.scaled(height));
        }
    }
    std::vector<LegendEntry> legend;
    for (const auto& strip : strips_) {
        for (auto& entry : strip->legend(compact_)) legend.push_back(std::move(entry));
    }
    header_->setLegend(std::move(legend));
    changed();
}

void TimeStack::addStrip(std::unique_ptr<Strip> strip) {
    auto* rect = new QCPAxisRect(plot_, false);
    rect->setAutoMargins(QCP::msNone);
    rect->setMargins(QMargins());
    rect->setMinimumMargins(QMargins());
    rect->setMinimumSize(50, 30);
    const int row = plot_->plotLayout()->rowCount();
    plot_->plotLayout()->addElement(row, 0, rect);
    plot_->plotLayout()->setRowStretchFactor(row, strip->height() > 0 ? 0.001 : strip->weight());
    rects_.push_back(rect);
    strips_.push_back(std::move(strip));
    restyle();
}

void TimeStack::resizeEvent(QResizeEvent* event) {
    const bool compact = width() < kCompactBelow;
    if (compact != compact_) {
        compact_ = compact;
        restyle();
    }
    QWidget::resizeEvent(event);
}

void TimeStack::changed() {
    dirty_ = true;
    updateNote();
    if (isVisible()) plot_->replot(QCustomPlot::rpQueuedReplot);
}

QString TimeStack::note() const {
    QString text;
    const auto frozen = running_ ? view_.frozenAt() : std::nullopt;  // else nothing goes on
    if (frozen) text = tr("Frozen at %1, engine running").arg(clockText(*frozen, 1));
    if (view_.cursorsShown()) {
        const double a = view_.cursor(0);
        const double b = view_.cursor(1);
        if (frozen) text = tr("Frozen at %1   ").arg(clockText(*frozen, 1));
        text += tr("t\u2081 %1  t\u2082 %2  \u0394 %3 s")
                    .arg(clockText(a, 3), clockText(b, 3), plainNumber(b - a, 3));
    }
    return text;
}

void TimeStack::setRunning(bool running) {
    if (running == running_) return;
    running_ = running;
    updateNote();
}

void TimeStack::updateNote() { header_->setNote(note(), view_.cursorsShown()); }

void TimeStack::setLimit(std::string_view name, double value) {
    for (auto& strip : strips_) strip->setLimit(name, value);
    dirty_ = true;
}

TimeStack::Drawing TimeStack::liveDrawing() const {
    return {view_.range(), plot_->bufferDevicePixelRatio(), false};
}

StripFrame TimeStack::frameOf(std::size_t index, const Drawing& drawing) const {
    StripFrame frame{.history = history_, .view = view_, .problems = problems_,
                     .rect = rects_[index]->rect()};
    frame.ratio = drawing.ratio;
    frame.px_per_s = std::max(frame.rect.width(), 1) * drawing.ratio / drawing.range.length();
    // Whole pixels: what was drawn once keeps its place.
    frame.phase = std::int64_t(std::floor(drawing.range.from_s * frame.px_per_s + 1e-6));
    frame.wave_peak = wave_peak_;
    frame.compact = compact_;
    frame.vector = drawing.vector;
    frame.style = style_;
    return frame;
}

double TimeStack::xOf(double time_s) const {
    return rects_.empty() ? 0.0 : frameOf(0, liveDrawing()).xOf(time_s) + plot_->x();
}

void TimeStack::placePlayLine() {
    const auto& at = view_.playhead();
    const auto area = dataArea();
    bool shown = at.has_value() && !rects_.empty();
    if (shown) {
        const int x = int(std::floor(frameOf(0, liveDrawing()).xOf(*at)));
        shown = x >= area.left() && x <= area.right();
        if (shown) {
            play_line_->setGeometry(x, area.top(), 1,
                                    area.height() + Theme::current().scaled(kPlayLineFoot));
        }
    }
    play_line_->setVisible(shown);
}

std::optional<int> TimeStack::playLineX() const {
    if (play_line_->isHidden()) return {};
    return play_line_->x() + plot_->x();
}

QRect TimeStack::dataArea() const {
    if (rects_.empty()) return {};
    return rects_.front()->rect().united(rects_.back()->rect());
}

void TimeStack::updateWavePeak() {
    // One scale for all waveforms, so that heights compare; steps of 1.5 dB, slow to shrink.
    const auto range = view_.range();
    int peak = 0;
    for (int tap = 0; tap < bench::kFeedTaps; ++tap) {
        const auto& level = history_.wave(static_cast<bench::FeedTap>(tap),
                                          std::max(range.length() / 1000.0, 0.02));
        const auto size = std::int64_t(level.columns.size());
        const auto first = std::clamp<std::int64_t>(std::int64_t(range.from_s / level.step_s), 0, size);
        const auto end = std::clamp<std::int64_t>(std::int64_t(range.to_s / level.step_s) + 1, 0, size);
        for (auto i = first; i < end; ++i) {
            const auto& column = level.columns[std::size_t(i)];
            peak = std::max({peak, int(column.max), -int(column.min)});
        }
    }
    const double wanted = std::clamp(1.1 * peak / 32767.0, 0.02, 1.0);
    const double step = std::pow(2.0, 0.25);
    if (wanted > wave_peak_ || wanted < wave_peak_ / (1.1 * step)) {
        wave_peak_ = std::min(std::pow(step, std::ceil(std::log(wanted) / std::log(step))), 1.0);
    }
}

void TimeStack::refresh() {
    problems_.update(history_, view_.rateHz());
    flags_.update(history_, view_);
    if (!isVisible() || rects_.empty()) return;
    const auto frame = frameOf(0, liveDrawing());
    // A frame that would show the same pixels is not drawn.
    std::vector<std::int64_t> shows{
        frame.phase,
        std::int64_t(frame.px_per_s * 1000.0),
        std::min(std::int64_t(std::floor(history_.nowS() * frame.px_per_s)),
                 frame.phase + std::int64_t(frame.rect.width() * frame.ratio)),
        std::int64_t(history_.series("latency_ms").values.size()),
        std::int64_t(history_.events().size()),
        std::int64_t(history_.epoch())};
    if (!dirty_ && shows == drawn_) return;
    drawn_ = std::move(shows);
    dirty_ = false;
    updateWavePeak();
    plot_->replot(QCustomPlot::rpQueuedRefresh);
}

std::vector<double> TimeStack::timeTicks(const StripFrame& frame) const {
    const double least = Theme::current().scaled(kTickPx) * frame.ratio / frame.px_per_s;
    return ticksWithin(std::max(frame.fromS(), 0.0), frame.toS(), roundTimeStep(least));
}

void TimeStack::drawStrips(QPainter& painter, const Drawing& drawing) {
    if (rects_.empty()) return;
    ++frames_drawn_;
    const auto ticks = timeTicks(frameOf(0, drawing));
    for (std::size_t i = 0; i < strips_.size(); ++i) {
        drawStrip(painter, i, frameOf(i, drawing), ticks);
    }
}

void TimeStack::drawStrip(QPainter& painter, std::size_t index, const StripFrame& frame,
                          const std::vector<double>& ticks) {
    const auto& theme = Theme::current();
    const auto& rect = frame.rect;
    painter.fillRect(rect, theme.colour(Token::plot));
    painter.setPen(theme.colour(Token::grid));
    for (const double tick : ticks) {
        const int x = int(std::floor(frame.xOf(tick)));
        if (x >= rect.left() && x <= rect.right()) painter.drawLine(x, rect.top(), x, rect.bottom());
    }
    for (const double y : strips_[index]->gridLines(frame)) {
        const int line = std::clamp(int(std::floor(y)), rect.top(), rect.bottom());
        painter.drawLine(rect.left(), line, rect.right(), line);
    }
    painter.save();
    painter.setClipRect(rect, Qt::IntersectClip);
    strips_[index]->draw(painter, frame);
    painter.restore();
    painter.setRenderHint(QPainter::Antialiasing, false);
    strips_[index]->drawGutters(painter, frame);
}

void TimeStack::drawTimeAxis(QPainter& painter, const StripFrame& frame,
                             const std::vector<double>& ticks) {
    const auto& theme = Theme::current();
    painter.setFont(theme.note());
    painter.setPen(theme.colour(Token::axis));
    const double step = ticks.size() > 1 ? ticks[1] - ticks[0] : 1.0;
    const int decimals = step >= 1.0 ? 0 : step >= 0.1 ? 1 : step >= 0.01 ? 2 : 3;
    const int top = dataArea().bottom() + 1;
    for (const double tick : ticks) {
        drawLabel(painter, QRectF(frame.xOf(tick) - 50, top, 100, theme.scaled(kTimeAxis)),
                         Qt::AlignCenter, clockText(tick, decimals));
    }
}

void TimeStack::drawFlags(QPainter& painter, const StripFrame& frame) {
    const auto& theme = Theme::current();
    const auto area = dataArea();
    const int strip_top = area.top() - theme.scaled(kFlagStrip);
    struct Label {
        double x, left, right;
        QString text, all;
        Token colour;
        int count;
    };
    std::vector<Label> labels;
    painter.setFont(theme.note());
    int last_x = -1;
    const auto& flags = flags_.all();
    auto at = std::lower_bound(flags.begin(), flags.end(), frame.fromS(),
                               [](const TimeFlag& flag, double t) { return flag.at_s < t; });
    for (; at != flags.end() && at->at_s <= frame.toS(); ++at) {
        const int x = int(std::floor(frame.xOf(at->at_s)));
        if (x != last_x) {
            QPen pen(theme.colour(at->colour), 1.0);
            if (at->dotted) pen.setDashPattern({1.0, 3.0});
            painter.setPen(pen);
            painter.drawLine(x, strip_top, x, area.bottom());
            last_x = x;
        }
        const double width = labelWidth(painter, at->text) + 8;
        const QString line = clockText(at->at_s, 3) + "  " + at->text;
        if (!labels.empty() && x < labels.back().right + 2) {
            auto& label = labels.back();
            const double before = labels.size() > 1 ? labels[labels.size() - 2].right : area.left();
            // Left of its own line there may be room.
            if (label.count == 1 && label.x < x && label.left == label.x &&
                label.x - (label.right - label.x) > before + 2) {
                label.left = label.x - (label.right - label.x) + 1;
                label.right = label.x + 1;
                labels.push_back({double(x), double(x), x + width, at->text, line, at->colour, 1});
                continue;
            }
            ++label.count;
            label.all += '\n' + line;
            label.text = tr("%1 flags").arg(label.count);
            label.left = label.x;
            label.right = label.x + labelWidth(painter, label.text) + 8;
            if (label.colour != at->colour) label.colour = Token::text;
        } else {
            labels.push_back({double(x), double(x), x + width, at->text, line, at->colour, 1});
        }
    }
    flag_tips_.clear();
    for (const auto& label : labels) {
        const QRectF box(label.left, strip_top, label.right - label.left, theme.scaled(kFlagStrip) - 1);
        painter.fillRect(box, theme.colour(Token::hover));
        painter.fillRect(QRectF(label.x, strip_top, 1.0, box.height()), theme.colour(label.colour));
        painter.setPen(theme.colour(label.colour));
        drawLabel(painter, box.adjusted(4, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, label.text);
        flag_tips_.emplace_back(box, label.all);
    }
}

void TimeStack::drawCursors(QPainter& painter, const Drawing& drawing, const StripFrame& frame) {
    const auto& theme = Theme::current();
    const auto area = dataArea();
    const int handle = theme.scaled(15);
    const QColor accent = theme.colour(Token::accent);
    for (int i = 0; i < 2; ++i) {
        const double at = view_.cursor(i);
        const int x = int(std::floor(frame.xOf(at)));
        if (x < area.left() - handle / 2 || x > area.right() + handle / 2) continue;
        painter.setPen(accent);
        painter.drawLine(x, area.top() - 1, x, area.bottom());
        const QRect box(x - handle / 2, area.top() - handle - 1, handle, handle);
        painter.fillRect(box, accent);
        painter.setFont(theme.title());
        painter.setPen(theme.colour(Token::on_accent));
        drawLabel(painter, box, Qt::AlignCenter, QString::number(i + 1));
        painter.setRenderHint(QPainter::Antialiasing);
        for (std::size_t s = 0; s < strips_.size(); ++s) {
            const auto strip = frameOf(s, drawing);
            for (const auto& dot : strips_[s]->dotsAt(at, strip)) {
                if (dot.y < strip.rect.top() || dot.y > strip.rect.bottom() + 1) continue;
                painter.setPen(QPen(accent, 1.4));
                painter.setBrush(theme.colour(Token::plot));
                painter.drawEllipse(QPointF(x + 0.5, dot.y), 3.2, 3.2);
            }
        }
        painter.setBrush(Qt::NoBrush);
        painter.setRenderHint(QPainter::Antialiasing, false);
    }
}

void TimeStack::drawOverlay(QPainter& painter, const Drawing& drawing) {
    if (rects_.empty()) return;
    const auto& theme = Theme::current();
    const auto frame = frameOf(0, drawing);
    const auto area = dataArea();
    drawTimeAxis(painter, frame, timeTicks(frame));
    if (history_.nowS() <= 0.0 && !idle_text_.isEmpty()) {
        painter.setFont(theme.text());
        painter.setPen(theme.colour(Token::text2));
        drawLabel(painter, area, Qt::AlignCenter, idle_text_);
    }
    const double now_x = frame.xOf(history_.nowS());
    if (history_.nowS() > 0.0 && now_x >= area.left() && now_x <= area.right()) {
        painter.setPen(theme.colour(Token::text3));
        painter.drawLine(int(now_x), area.top(), int(now_x), area.bottom());
    }
    drawFlags(painter, frame);
    if (const auto& marked = view_.marked()) {
        const double left = std::max(frame.xOf(marked->from_s) - 3.0, double(area.left()));
        const double right = std::min(frame.xOf(marked->to_s) + 3.0, double(area.right()));
        if (right > left) {
            painter.setPen(QPen(theme.colour(Token::accent), 2.0, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(QRectF(left, area.top() + 1, right - left, area.height() - 2));
        }
    }
    if (view_.cursorsShown()) drawCursors(painter, drawing, frame);
}

bool TimeStack::nextProblem() {
    problems_.update(history_, view_.rateHz());
    const auto& range = view_.range();
    const double from = view_.marked() ? view_.marked()->from_s : range.from_s;
    const auto* problem = problems_.after(from);
    if (problem != nullptr) view_.show(problem->at);
    return problem != nullptr;
}

bool TimeStack::previousProblem() {
    problems_.update(history_, view_.rateHz());
    const auto& range = view_.range();
    const double from = view_.marked() ? view_.marked()->from_s : range.to_s;
    const auto* problem = problems_.before(from);
    if (problem != nullptr) view_.show(problem->at);
    return problem != nullptr;
}

void TimeStack::setHeld(bool held) {
    if (held == held_) return;
    held_ = held;
    for (auto& strip : strips_) {
        if (held) {
            strip->hold(history_);
        } else {
            strip->release();
        }
    }
    header_->setHeld(held);
    changed();
}

void TimeStack::askExport() { showExportMenu(header_->exportButton(), *this); }

}  // namespace doubletalk::ui
