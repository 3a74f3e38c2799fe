// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/network_panel.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QToolButton>
#include <QVBoxLayout>

#include "engine/duplex/settings.h"
#include "ui/models/parameter_edits.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/panel_header.h"
#include "ui/widgets/setting_field.h"

namespace doubletalk::ui {
namespace {

constexpr double kSpikeMs = 300.0;
constexpr int kLosePackets = 3;
constexpr double kFreezeMs = 1000.0;

struct Field {
    const char* name;
    const char* label;
};
/// A label of its own begins a group; what follows belongs to it.
constexpr Field kFields[] = {
    {"network.delay_ms", QT_TRANSLATE_NOOP("doubletalk::ui::NetworkPanel", "Delay")},
    {"network.jitter_law", QT_TRANSLATE_NOOP("doubletalk::ui::NetworkPanel", "Jitter")},
    {"network.jitter_ms", ""},
    {"network.spikes_per_min", QT_TRANSLATE_NOOP("doubletalk::ui::NetworkPanel", "Spikes")},
    {"network.spike_ms", ""},
    {"network.loss_model", QT_TRANSLATE_NOOP("doubletalk::ui::NetworkPanel", "Loss")},
    {"network.loss_percent", ""},
    {"network.loss_burst_packets", QT_TRANSLATE_NOOP("doubletalk::ui::NetworkPanel", "Burst")},
    {"network.reorder_percent", QT_TRANSLATE_NOOP("doubletalk::ui::NetworkPanel", "Reorder")},
    {"network.duplicate_percent", QT_TRANSLATE_NOOP("doubletalk::ui::NetworkPanel", "Duplicate")},
};

}  // namespace

NetworkPanel::NetworkPanel(ParameterEdits& edits, QWidget* parent)
    : QWidget(parent), errors_(new ErrorBar(this)), strip_(new QWidget(this)) {
    makePanel(*this);
    setAccessibleName(tr("Simulated network"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(errors_);
    layout->addWidget(strip_);
    auto* flow = new FlowLayout(strip_, 10);
    flow->setContentsMargins(12, 8, 12, 8);
    addTrace();
    for (const auto& field : kFields) {
        if (!duplex::findSetting(field.name)) continue;  // not in every build's table
        auto* editor = new SettingField(edits, QLatin1String(field.name),
                                        *field.label != '\0' ? tr(field.label) : QString(), strip_);
        connect(editor, &SettingField::rejected, this,
                [this](const QString& why) { errors_->showError(why); });
        connect(editor, &SettingField::accepted, errors_, &ErrorBar::clear);
        flow->addWidget(editor);
    }
    // Whoever changes a setting, a preset too, ends what was said of a value before.
    connect(&edits, &ParameterEdits::changed, errors_, &ErrorBar::clear);
    addAction(tr("Spike 300 ms"),
              tr("Nothing arrives for 300 ms, then everything at once, in order"),
              &NetworkPanel::spike);
    addAction(tr("Lose 3"), tr("The next three packets never arrive"), &NetworkPanel::lose);
    addAction(tr("Freeze 1 s"),
              tr("Nothing arrives for a second, as when Wi-Fi changes its access point"),
              &NetworkPanel::freeze);
    static_cast<QToolButton*>(actions_.front())->setIcon(icon(Icon::spike));
    static_cast<QToolButton*>(actions_.front())->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    setRunning(false);
}

void NetworkPanel::addAction(const QString& text, const QString& tip, void (NetworkPanel::*act)()) {
    auto* button = new QToolButton(strip_);
    button->setProperty("kind", "field");
    button->setProperty("low", true);  // as the fields beside it
    button->setText(text);
    button->setToolTip(tip);
    button->setFocusPolicy(Qt::TabFocus);
    connect(button, &QToolButton::clicked, this, act);
    strip_->layout()->addWidget(button);
    actions_ << button;
}

void NetworkPanel::setRunning(bool running) {
    for (auto* action : actions_) action->setEnabled(running);
    trace_->setEnabled(!running);
}

void NetworkPanel::addTrace() {
    auto* box = new QWidget(strip_);
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(6);
    row->addWidget(makeNote(tr("Trace"), box));
    trace_ = new QToolButton(box);
    trace_->setProperty("kind", "field");
    trace_->setProperty("low", true);
    trace_->setPopupMode(QToolButton::InstantPopup);
    trace_->setFocusPolicy(Qt::TabFocus);
    trace_->setAccessibleName(tr("Trace of recorded packet delays"));
    auto* menu = new QMenu(trace_);
    menu->addAction(tr("&None: jitter law"), this, [this] { emit traceWanted({}); });
    menu->addAction(tr("&Choose a file …"), this, &NetworkPanel::chooseTrace);
    trace_->setMenu(menu);
    row->addWidget(trace_);
    strip_->layout()->addWidget(box);
    setTrace({});
}

void NetworkPanel::chooseTrace() {
    const auto file = QFileDialog::getOpenFileName(this, tr("Recorded packet delays"), {},
                                                   tr("Traces (*.csv);;All files (*)"));
    if (!file.isEmpty()) emit traceWanted(file);
}

void NetworkPanel::setTrace(const QString& file) {
    trace_->setText(file.isEmpty() ? tr("none") : QFileInfo(file).completeBaseName());
    const auto tip = tr(
        "Delays and losses of recorded packets in place of the jitter law, from the next run on. A "
        "table of seq, send_ms, arrival_ms; it begins anew at its end. Stop the run to change it.");
    trace_->setToolTip(file.isEmpty() ? tip : file + '\n' + tip);
}

void NetworkPanel::spike() { emit spikeWanted(kSpikeMs); }
void NetworkPanel::lose() { emit lossWanted(kLosePackets); }
void NetworkPanel::freeze() { emit freezeWanted(kFreezeMs); }

}  // namespace doubletalk::ui
