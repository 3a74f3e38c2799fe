// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/health_panel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QScrollArea>
#include <QStyle>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "app/bench/bench.h"
#include "ui/models/history.h"
#include "ui/models/parameter_target.h"
#include "ui/models/setting_text.h"
#include "ui/theme/theme.h"
#include "ui/widgets/health_row_view.h"
#include "ui/widgets/level_meter.h"
#include "ui/widgets/panel_header.h"

namespace doubletalk::ui {
namespace {

constexpr int kRowsEvery = 6;            ///< of 30 a second
constexpr std::size_t kRmsColumns = 40;  ///< 100 ms
constexpr double kFullScale = 32767.0;
constexpr int kNarrowBelow = 190;
constexpr int kNarrowest = 132;  ///< below it words are cut

double dbOf(double amplitude) {
    return amplitude > 0.0 ? 20.0 * std::log10(amplitude / kFullScale) : -200.0;
}

constexpr int kInset = 14;
constexpr int kNarrowInset = 8;

/// One 1 px line in the colour of a group's edge.
class Line : public QWidget {
public:
    explicit Line(QWidget* parent) : QWidget(parent) { setFixedHeight(1); }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter(this).fillRect(rect(), Theme::current().colour(Token::line));
    }
};

QHBoxLayout* makeGroupTitle(const QString& title, QLabel*& note, QWidget* parent) {
    auto* row = new QHBoxLayout;
    row->setContentsMargins(kInset, 8, kInset, 4);
    row->addWidget(makeNote(title, parent));
    row->addStretch(1);
    note = makeNote({}, parent);
    row->addWidget(note);
    return row;
}

}  // namespace

HealthPanel::HealthPanel(const History& history, ParameterTarget& target, QWidget* parent)
    : QWidget(parent),
      history_(history),
      target_(target),
      state_(new QLabel(this)),
      reason_(new QLabel(this)) {
    makePanel(*this);
    setAccessibleName(tr("Health"));
    setMinimumWidth(Theme::current().scaled(kNarrowest));
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->setSpacing(0);
    outer->addWidget(new PanelHeader(tr("Health"), this));
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    outer->addWidget(scroll, 1);
    auto* inner = new QWidget(scroll);
    scroll->setWidget(inner);
    rows_layout_ = new QVBoxLayout(inner);
    rows_layout_->setContentsMargins(0, 0, 0, 8);
    rows_layout_->setSpacing(0);
    state_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    state_->setAccessibleName(tr("State of the whole chain"));
    reason_->setWordWrap(true);
    reason_->setProperty("kind", "note");
    rows_layout_->addWidget(state_);
    rows_layout_->addWidget(reason_);
    rows_layout_->addWidget(new Line(inner));
    group_titles_.push_back(makeGroupTitle(tr("Levels"), meters_unit_, inner));
    rows_layout_->addLayout(group_titles_.back());
    const QString names[] = {tr("Far"), tr("Mic"), tr("Out")};
    const Token tokens[] = {Token::far_end, Token::microphone, Token::output};
    meters_layout_ = new QVBoxLayout;
    meters_layout_->setSpacing(0);
    for (int i = 0; i < 3; ++i) {
        meters_[i] = new LevelMeter(names[i], tokens[i], inner);
        meters_layout_->addWidget(meters_[i]);
    }
    rows_layout_->addLayout(meters_layout_);
    buildRows();
    rows_layout_->addStretch(1);
    connect(&Theme::current(), &Theme::changed, this, &HealthPanel::restyle);
    restyle();
    refreshRows();
}

HealthPanel::~HealthPanel() = default;

void HealthPanel::buildRows() {
    reader_.update(history_, target_.inUse(), nullptr, rate_hz_, false);
    auto* inner = rows_layout_->parentWidget();
    for (const auto& row : reader_.rows()) {
        if (!groups_.contains(row.group)) {
            groups_ << row.group;
            rows_layout_->addWidget(new Line(inner));
            QLabel* note = nullptr;
            group_titles_.push_back(makeGroupTitle(row.group, note, inner));
            rows_layout_->addLayout(group_titles_.back());
            group_notes_.push_back(note);
        }
        auto* view = new HealthRowView(inner);
        rows_layout_->addWidget(view);
        views_.push_back(view);
    }
}

HealthRowView* HealthPanel::rowView(const QString& id) const {
    for (auto* view : views_) {
        if (view->row().id == id) return view;
    }
    return nullptr;
}

void HealthPanel::restyle() {
    const auto& theme = Theme::current();
    setMinimumWidth(theme.scaled(kNarrowest));
    reason_->setFont(theme.font(Type::row));
    layOut();
    refreshRows();
}

/// Smaller before it is cut.
void HealthPanel::fitState() {
    auto font = Theme::current().state();
    const int room = width() - style()->pixelMetric(QStyle::PM_ScrollBarExtent) -
                     2 * (narrow_ ? kNarrowInset : kInset);
    const double least = Theme::current().note().pointSizeF();
    while (font.pointSizeF() > least &&
           QFontMetrics(font).horizontalAdvance(state_->text()) > room) {
        font.setPointSizeF(font.pointSizeF() - 0.5);
    }
    if (state_->font() != font) state_->setFont(font);
}

void HealthPanel::layOut() {
    narrow_ = width() < Theme::current().scaled(kNarrowBelow);
    const int inset = narrow_ ? kNarrowInset : kInset;
    state_->setContentsMargins(inset, 0, inset, 0);
    reason_->setContentsMargins(inset, 0, inset, 10);
    meters_layout_->setContentsMargins(inset, 0, inset, 10);
    for (auto* title : group_titles_) title->setContentsMargins(inset, 8, inset, 4);
    meters_unit_->setText(narrow_ ? tr("dBFS") : tr("peak, dBFS"));
    for (auto* meter : meters_) meter->setNarrow(narrow_);
    for (auto* view : views_) view->setNarrow(narrow_);
    for (auto* note : group_notes_) note->setVisible(!narrow_);
    fitState();
}

void HealthPanel::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    layOut();
}

void HealthPanel::setRunning(bool running) {
    running_ = running;
    refreshRows();
}

void HealthPanel::setMachine(const bench::MachineState* machine) {
    machine_ = machine != nullptr ? std::make_unique<bench::MachineState>(*machine) : nullptr;
}

void HealthPanel::refreshMeters() {
    if (epoch_ != history_.epoch()) {
        epoch_ = history_.epoch();
        metered_columns_ = 0;
        for (auto* meter : meters_) meter->clear();
    }
    std::size_t taken = metered_columns_;
    for (int tap = 0; tap < 3; ++tap) {
        const auto& columns = history_.wave(bench::FeedTap(tap), bench::kColumnS).columns;
        if (columns.size() <= metered_columns_) continue;
        taken = columns.size();
        double energy = 0.0;
        int peak = 0;
        const auto rms_from = columns.size() - std::min(columns.size(), kRmsColumns);
        for (auto i = rms_from; i < columns.size(); ++i) {
            energy += double(columns[i].rms) * columns[i].rms;
        }
        const auto peak_from = std::min(metered_columns_, rms_from);
        for (auto i =
                 std::max(peak_from, columns.size() - std::min<std::size_t>(columns.size(), 400));
             i < columns.size(); ++i) {
            peak = std::max({peak, int(columns[i].max), -int(columns[i].min)});
        }
        const bool microphone = bench::FeedTap(tap) == bench::FeedTap::microphone;
        const auto& clipped = history_.clipped();
        const bool clip = microphone && !clipped.empty() &&
                          (clipped.back().to_s < clipped.back().from_s ||
                           clipped.back().to_s > double(metered_columns_) * bench::kColumnS);
        meters_[tap]->setLevel(dbOf(std::sqrt(energy / double(columns.size() - rms_from))),
                               dbOf(peak), clip || peak >= int(kFullScale), history_.nowS());
    }
    metered_columns_ = taken;
}

void HealthPanel::refreshRows() {
    reader_.update(history_, target_.inUse(), machine_.get(), rate_hz_, running_);
    const auto& theme = Theme::current();
    const auto& summary = reader_.summary();
    const bool bad = summary.verdict == Verdict::watch || summary.verdict == Verdict::failing;
    const QString mark = summary.verdict == Verdict::watch     ? QStringLiteral("▲ ")
                         : summary.verdict == Verdict::failing ? QStringLiteral("◆ ")
                                                               : QString();
    state_->setText(mark + summary.word);
    fitState();
    auto palette = state_->palette();
    palette.setColor(QPalette::WindowText, theme.colour(bad ? Token::problem : Token::text));
    state_->setPalette(palette);
    reason_->setText(summary.reason);
    QStringList rules;
    for (const auto& rule : summary.fired) rules << tr("◆ %1").arg(rule);
    for (const auto& rule : summary.passed) rules << tr("passes: not “%1”").arg(rule);
    reason_->setToolTip(rules.join('\n'));
    for (std::size_t i = 0; i < views_.size(); ++i) {
        views_[i]->setRow(reader_.rows()[i], history_.nowS());
    }
    const auto& erle = history_.series("erle_db").values;
    std::size_t gated = 0;
    while (gated < erle.size() && !std::isfinite(erle[erle.size() - 1 - gated])) ++gated;
    const auto setNote = [&](int group, const QString& text) {
        auto* note = group_notes_[std::size_t(group)];
        if (note->text() != text) note->setText(text);
    };
    setNote(0, gated > 10 && gated < erle.size()
                   ? tr("gated since %1").arg(timeText(double(erle.size() - gated) * 0.1, 1))
                   : QString());
    setNote(1, reader_.stops() > 0 ? tr("N = %1").arg(reader_.stops()) : QString());
    setNote(2,
            reader_.packets() > 0 ? tr("N = %1 packets").arg(reader_.packets()) : tr("no packets"));
    if (summary.word != last_word_) {
        last_word_ = summary.word;
        emit healthChanged(summary.word, bad);
    }
}

void HealthPanel::refresh() {
    refreshMeters();
    if (++ticks_ % kRowsEvery == 0) refreshRows();
}

}  // namespace doubletalk::ui
