// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/error_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>

#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

namespace doubletalk::ui {

ErrorBar::ErrorBar(QWidget* parent)
    : QWidget(parent),
      label_(new QLabel(this)),
      action_(new QPushButton(this)),
      close_(new QToolButton(this)) {
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(26, 2, 4, 2);
    layout->setSpacing(8);
    layout->addWidget(label_, 1);
    layout->addWidget(action_);
    layout->addWidget(close_);
    label_->setTextFormat(Qt::PlainText);
    label_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    close_->setProperty("kind", "icon");
    close_->setIcon(icon(Icon::close, Token::text2));
    close_->setFocusPolicy(Qt::TabFocus);
    close_->setToolTip(tr("Close this message"));
    close_->setAccessibleName(close_->toolTip());
    connect(close_, &QToolButton::clicked, this, [this] {
        clear();
        emit closed();
    });
    connect(action_, &QPushButton::clicked, this, [this] {
        const auto act = act_;
        if (kind_ == Kind::problem) clear();
        if (act) act();
    });
    connect(&Theme::current(), &Theme::changed, this, qOverload<>(&QWidget::update));
    setMinimumHeight(32);
    clear();
}

void ErrorBar::showError(const QString& text) { showError(text, {}, {}); }

void ErrorBar::showError(const QString& text, const QString& action, std::function<void()> act) {
    kind_ = Kind::problem;
    full_text_ = text;
    act_ = std::move(act);
    action_->setText(action);
    action_->setVisible(!action.isEmpty());
    setToolTip(text);
    setAccessibleName(tr("Problem: %1").arg(text));
    show();
    elide();
}

void ErrorBar::showResult(const QString& text) { showResult(text, {}, {}); }

void ErrorBar::showResult(const QString& text, const QString& action, std::function<void()> act) {
    showError(text, action, std::move(act));
    kind_ = Kind::result;
    setAccessibleName(text);
}

void ErrorBar::clear() {
    full_text_.clear();
    act_ = {};
    hide();
}

void ErrorBar::elide() {
    label_->setText(label_->fontMetrics().elidedText(full_text_, Qt::ElideRight,
                                                     std::max(label_->width(), 40)));
}

void ErrorBar::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    elide();
}

void ErrorBar::paintEvent(QPaintEvent*) {
    const auto& theme = Theme::current();
    QPainter painter(this);
    painter.fillRect(rect(), theme.colour(Token::field));
    const bool problem = kind_ == Kind::problem;
    const auto edge = theme.colour(problem ? Token::problem : Token::accent);
    painter.fillRect(QRect(0, 0, 3, height()), edge);
    painter.setPen(edge);
    painter.setFont(theme.note());
    painter.drawText(QRect(8, 0, 16, height()), Qt::AlignCenter,
                     problem ? QStringLiteral("◆") : QStringLiteral("●"));
}

}  // namespace doubletalk::ui
