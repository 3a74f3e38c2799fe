// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/transcript_panel.h"

#include <QScrollBar>
#include <QTextBrowser>
#include <QUrl>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <iterator>

#include "ui/models/history.h"
#include "ui/models/setting_text.h"
#include "ui/theme/theme.h"
#include "ui/widgets/panel_header.h"

namespace doubletalk::ui {

TranscriptPanel::TranscriptPanel(const History& history, QWidget* parent)
    : QWidget(parent), history_(history), view_(new QTextBrowser(this)) {
    makePanel(*this);
    setAccessibleName(tr("Transcript"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto* header = new PanelHeader(tr("Transcript"), this);
    header->setNote(tr("heard | unheard"));
    header->setToolTip(
        tr("What the assistant said, as far as it was heard; what was cut is struck "
           "through. Words are split by their share of the time."));
    layout->addWidget(header);
    view_->setOpenLinks(false);
    view_->setFrameShape(QFrame::NoFrame);
    view_->setAccessibleName(tr("Transcript"));
    view_->setStyleSheet(
        QStringLiteral("QTextBrowser{border:none;padding:0 8px;background:transparent;}"));
    layout->addWidget(view_, 1);
    connect(view_, &QTextBrowser::anchorClicked, this,
            [this](const QUrl& url) { emit timeSelected(url.path().toDouble()); });
    connect(&Theme::current(), &Theme::changed, this, [this] {
        shown_.clear();
        rebuild();
    });
    rebuild();
}

int TranscriptPanel::heardLength(const QString& text, double heard_ms, double length_ms) {
    if (!(length_ms > 0.0) || !(heard_ms > 0.0)) return 0;
    if (heard_ms >= length_ms) return int(text.size());
    const double at = heard_ms / length_ms * double(text.size());
    // A word counts as heard when more than half of it was.
    qsizetype begin = 0;
    while (begin < text.size()) {
        auto end = text.indexOf(QLatin1Char(' '), begin);
        if (end < 0) end = text.size();
        if (double(begin + end) / 2.0 > at) return int(begin);
        begin = end + 1;
    }
    return int(text.size());
}

TranscriptPanel::Line TranscriptPanel::assistantLine(const bench::QueuedSpeech& speech) const {
    using State = bench::QueuedSpeech::State;
    const auto& theme = Theme::current();
    Line line{std::nan(""), {}};
    for (const auto& stretch : history_.assistant()) {
        if (stretch.item == speech.item) {
            line.start_s = stretch.from_s;
            break;
        }
    }
    const int split = speech.state == State::heard
                          ? int(speech.title.size())
                          : heardLength(speech.title, speech.heard_ms, speech.length_ms);
    auto html = speech.title.left(split).toHtmlEscaped();
    const auto rest = speech.title.mid(split).toHtmlEscaped();
    if (speech.state == State::interrupted) {
        html +=
            QStringLiteral("<span style=\"color:%1\">▎</span><s style=\"color:%2\">%3</s>")
                .arg(theme.colour(Token::decision).name(), theme.colour(Token::text3).name(), rest);
        html += QStringLiteral(" <span style=\"color:%1\">%2</span>")
                    .arg(theme.colour(Token::decision).name(),
                         tr("cut at %1").arg(timeText(speech.heard_ms / 1000.0)));
    } else if (!rest.isEmpty()) {
        html += QStringLiteral("<span style=\"color:%1\">%2</span>")
                    .arg(theme.colour(Token::text3).name(), rest);
    }
    line.html = html;
    return line;
}

void TranscriptPanel::setQueue(const std::vector<bench::QueuedSpeech>& queue, int run) {
    queue_.clear();
    std::copy_if(queue.begin(), queue.end(), std::back_inserter(queue_),
                 [run](const auto& speech) { return speech.run == run; });
    rebuild();
}

void TranscriptPanel::addUnderstood(double start_s, double end_s, const QString& text) {
    understood_.push_back({start_s, end_s, text});
    rebuild();
}

void TranscriptPanel::clear() {
    queue_.clear();
    understood_.clear();
    rebuild();
}

QString TranscriptPanel::plainText() const { return view_->toPlainText(); }

void TranscriptPanel::rebuild() {
    using State = bench::QueuedSpeech::State;
    const auto& theme = Theme::current();
    std::vector<std::pair<double, QString>> lines;
    const auto add = [&](double start_s, Token token, const QString& who, const QString& html) {
        lines.emplace_back(
            start_s, QStringLiteral("<tr><td style=\"padding:3px 8px 3px 4px\"><a href=\"time:%1\" "
                                    "style=\"color:%2;text-decoration:none\">%3</a></td>"
                                    "<td style=\"padding:3px 8px 3px 0;color:%4\">%5</td>"
                                    "<td style=\"padding:3px 0\">%6</td></tr>")
                         .arg(start_s, 0, 'f', 3)
                         .arg(theme.colour(Token::text2).name(), timeText(start_s, 1),
                              theme.colour(token).name(), who, html));
    };
    for (const auto& speech : queue_) {
        if (speech.state != State::speaking && speech.state != State::heard &&
            speech.state != State::interrupted &&
            !(speech.state == State::failed && speech.heard_ms > 0.0)) {
            continue;
        }
        const auto line = assistantLine(speech);
        if (std::isfinite(line.start_s))
            add(line.start_s, Token::far_end, tr("Assistant"), line.html);
    }
    for (const auto& segment : understood_) {
        add(segment.start_s, Token::microphone, tr("User"),
            segment.text.isEmpty() ? QStringLiteral("<i>%1</i>").arg(tr("not understood"))
                                   : segment.text.toHtmlEscaped());
    }
    std::stable_sort(lines.begin(), lines.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    QString html = QStringLiteral("<body style=\"color:%1\"><table cellspacing=\"0\">")
                       .arg(theme.colour(Token::text).name());
    for (const auto& [start_s, text] : lines) html += text;
    html += QStringLiteral("</table>");
    if (lines.empty()) {
        html =
            QStringLiteral("<p align=\"center\" style=\"color:%1\">%2</p>")
                .arg(theme.colour(Token::text2).name(), tr("What was heard appears after Run, R"));
    }
    if (html == shown_) return;
    shown_ = html;
    auto* bar = view_->verticalScrollBar();
    const bool at_end = bar->value() >= bar->maximum() - 4;
    const int was = bar->value();
    view_->document()->setDefaultFont(theme.font(Type::row));
    view_->setHtml(html);
    bar->setValue(at_end ? bar->maximum() : was);
}

}  // namespace doubletalk::ui
