// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/quick_toggles.h"

#include <QAction>
#include <QActionGroup>
#include <QMenu>

#include "engine/duplex/settings.h"
#include "ui/models/parameter_edits.h"
#include "ui/models/parameter_target.h"
#include "ui/models/setting_text.h"
#include "ui/widgets/lamp_button.h"

namespace doubletalk::ui {

QuickToggles::QuickToggles(ParameterEdits& edits, QWidget* parent)
    : QObject(parent), edits_(edits) {
    add(parent, tr("AEC"), tr("Echo canceller"), QStringLiteral("echo.enabled"),
        QStringLiteral("echo.canceller"));
    add(parent, tr("NR"), tr("Noise reduction"), QStringLiteral("noise.enabled"),
        QStringLiteral("noise.reducer"));
    add(parent, tr("PLC"), tr("Packet loss concealment"), QStringLiteral("loss.enabled"),
        QStringLiteral("loss.concealer"));
    add(parent, tr("Jitter"), tr("Jitter buffer"), QStringLiteral("jitter.enabled"),
        QStringLiteral("jitter.buffer"));
    connect(&edits_, &ParameterEdits::changed, this, &QuickToggles::refresh);
    refresh();
}

std::vector<LampButton*> QuickToggles::buttons() const {
    std::vector<LampButton*> all;
    for (const auto& entry : entries_) all.push_back(entry.button);
    return all;
}

void QuickToggles::set(const QString& name, const QString& text) {
    if (const auto done = edits_.set(name, text); !done) emit failed(errorText(done.error()));
    refresh();
}

void QuickToggles::add(QWidget* parent, const QString& title, const QString& what,
                       const QString& enabled, const QString& choice) {
    auto* button = new LampButton(title, parent);
    auto* menu = new QMenu(button);
    auto* group = new QActionGroup(menu);
    const auto ref = duplex::findSetting(choice.toStdString());
    if (ref && ref->row->choices != nullptr) {
        for (const auto name : ref->row->choices()) {
            auto* action = menu->addAction(choiceTitle(choice.toStdString(), name));
            const auto raw = QString::fromUtf8(name.data(), qsizetype(name.size()));
            action->setData(raw);
            action->setCheckable(true);
            if (!choiceBuilt(choice.toStdString(), name)) {
                action->setEnabled(false);
                action->setText(tr("%1, not in this build").arg(action->text()));
            }
            group->addAction(action);
            connect(action, &QAction::triggered, this, [this, choice, raw] { set(choice, raw); });
        }
    }
    button->setMenu(menu);
    button->setPopupMode(QToolButton::MenuButtonPopup);
    connect(button, &QToolButton::clicked, this, [this, enabled] {
        set(enabled, edits_.isOn(enabled) ? QStringLiteral("false") : QStringLiteral("true"));
    });
    entries_.push_back({button, menu, enabled, choice, what});
}

void QuickToggles::refresh() {
    for (const auto& entry : entries_) {
        const bool on = edits_.isOn(entry.enabled);
        const auto wanted = edits_.requestedText(entry.choice);
        const auto used = edits_.inUseText(entry.choice);
        const auto lamp = !on ? Lamp::off : wanted == used ? Lamp::on : Lamp::failed;
        auto text = tr("%1: %2. Click switches it %3; the arrow chooses the engine.")
                        .arg(entry.what, on ? used : tr("off"), on ? tr("off") : tr("on"));
        if (lamp == Lamp::failed)
            text += QLatin1Char('\n') + tr("%1 was asked for, %2 is in use.").arg(wanted, used);
        entry.button->setLamp(lamp, text);
        const auto raw = edits_.rawText(entry.choice);
        for (auto* action : entry.menu->actions())
            action->setChecked(action->data().toString() == raw);
    }
}

}  // namespace doubletalk::ui
