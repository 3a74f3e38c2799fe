// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/transport_bar.h"

#include <QAction>
#include <QStyle>
#include <QTime>
#include <QToolButton>
#include <algorithm>

#include "app/bench/bench.h"
#include "ui/speech_services.h"
#include "ui/theme/icons.h"
#include "ui/theme/style_sheet.h"
#include "ui/widgets/lamp_button.h"
#include "ui/widgets/quick_toggles.h"
#include "ui/window_actions.h"

namespace doubletalk::ui {

TransportBar::TransportBar(WindowActions& actions, bench::Bench& bench, ParameterEdits& edits,
                           QWidget* parent)
    : QToolBar(tr("Transport"), parent), actions_(actions) {
    setObjectName("transport");
    setMovable(false);
    setIconSize({16, 16});
    setContextMenuPolicy(Qt::PreventContextMenu);
    run_ = addButton(actions.run, true);
    record_ = addButton(actions.record, true);
    addSeparator();
    speak_file_ = addButton(actions.speak_file, true);
    speak_file_->setText(tr("Speak files"));
    speak_file_->setAccessibleName(speak_file_->text());
    interrupt_ = addButton(actions.interrupt, true);
    addSeparator();
    auto* toggles = new QuickToggles(edits, this);
    for (auto* toggle : toggles->buttons()) addWidget(toggle);
    connect(toggles, &QuickToggles::failed, this, &TransportBar::failed);
    addSeparator();
    speech_ = new SpeechServices(bench, this);
    connect(speech_, &SpeechServices::failed, this, &TransportBar::failed);
    addWidget(speech_->sttButton());
    addWidget(speech_->ttsButton());
    auto* space = new QWidget(this);
    space->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    addWidget(space);
    addButton(actions.follow, true);
    first_of_view_ = actions.follow;
    for (auto* action : {actions.cursors, actions.hold, actions.palette}) addButton(action, false);
    // Their icons are for the buttons, some of which are filled.
    for (auto* action : {actions.run, actions.record, actions.interrupt})
        action->setIconVisibleInMenu(false);
    if (auto* more = findChild<QToolButton*>("qt_toolbar_ext_button"); more != nullptr) {
        more->setIcon(icon(Icon::extension));
        more->setToolTip(tr("More of the tool bar"));
        more->setAccessibleName(more->toolTip());
    }
}

QToolButton* TransportBar::addButton(QAction* action, bool words) {
    addAction(action);
    auto* made = qobject_cast<QToolButton*>(widgetForAction(action));
    made->setToolButtonStyle(words ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonIconOnly);
    return made;
}

void TransportBar::addAtRight(QWidget* widget) { insertWidget(first_of_view_, widget); }

void TransportBar::showState(bench::BenchState state) {
    const bool idle = state == bench::BenchState::idle;
    actions_.run->setText(idle ? tr("Run") : tr("Stop"));
    actions_.run->setIcon(
        icon(idle ? Icon::run : Icon::stop, idle ? Token::on_accent : Token::text));
    actions_.run->setEnabled(state != bench::BenchState::stopping);
    setKind(*run_, idle ? "primary" : "field");
}

void TransportBar::showRecording(double seconds) {
    const bool recording = seconds >= 0.0;
    actions_.record->setChecked(recording);
    actions_.record->setText(recording
                                 ? QTime(0, 0).addMSecs(int(seconds * 1000.0)).toString("HH:mm:ss")
                                 : tr("Record"));
    if (!recording) {  // nothing beside it moves when the clock appears
        const QFontMetrics words(record_->font());
        const int more = words.horizontalAdvance(QStringLiteral("00:00:00")) -
                         words.horizontalAdvance(actions_.record->text());
        record_->setMinimumWidth(record_->sizeHint().width() + std::max(more, 0));
    }
    const char* kind = recording ? "primary" : "";
    if (record_->property("kind").toString() == QLatin1String(kind)) return;
    actions_.record->setIcon(icon(Icon::record, recording ? Token::on_accent : Token::text));
    setKind(*record_, kind);
}

void TransportBar::showSounding(bool sounds) {
    const char* kind = sounds ? "interrupt" : "field";
    if (interrupt_->property("kind").toString() == QLatin1String(kind)) return;
    actions_.interrupt->setIcon(
        icon(Icon::interrupt, sounds ? Token::interrupt_text : Token::text));
    setKind(*interrupt_, kind);
}

void TransportBar::setCompact(bool compact) {
    setProperty("compact", compact);
    style()->unpolish(this);
    style()->polish(this);
    speak_file_->setToolButtonStyle(compact ? Qt::ToolButtonIconOnly
                                            : Qt::ToolButtonTextBesideIcon);
}

}  // namespace doubletalk::ui
