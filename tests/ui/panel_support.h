// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>
#include <QWidget>

#include "tests/ui/store_target.h"
#include "ui/models/parameter_edits.h"
#include "ui/models/preset_store.h"
#include "ui/theme/theme.h"
#include "ui/widgets/error_bar.h"

namespace doubletalk::ui {

/// With DT_GRABS=folder a picture of it is kept there, dark and light.
inline void keepPicture(QWidget& widget, const QString& name) {
    const auto folder = qEnvironmentVariable("DT_GRABS");
    if (folder.isEmpty()) return;
    for (const bool dark : {true, false}) {
        Theme::current().setDark(dark);
        QTest::qWait(30);
        widget.grab().save(folder + '/' + name + (dark ? "-dark.png" : "-light.png"));
    }
    Theme::current().setDark(true);
}

/// By what it says, without its Alt key.
inline QPushButton& button(const QWidget& parent, const QString& text) {
    for (auto* one : parent.findChildren<QPushButton*>()) {
        if (one->text().remove('&') == text) return *one;
    }
    qFatal("no button %s", qPrintable(text));
}

/// What the error bars of a window say.
inline QString errorsOf(const QWidget& window) {
    QString all;
    for (const auto* bar : window.findChildren<ErrorBar*>()) all += bar->text();
    return all;
}

struct Rig {
    QTemporaryDir folder;
    StoreTarget target;
    ParameterEdits edits{target};
    PresetStore presets{QStringLiteral(DT_SOURCE_DIR "/resources/presets"), folder.path()};
};

}  // namespace doubletalk::ui
