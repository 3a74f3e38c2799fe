// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTemporaryDir>
#include <QTest>
#include <QWidget>

#include "tests/ui/store_target.h"
#include "ui/models/parameter_edits.h"
#include "ui/models/preset_store.h"
#include "ui/theme/theme.h"

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

struct Rig {
    QTemporaryDir folder;
    StoreTarget target;
    ParameterEdits edits{target};
    PresetStore presets{QStringLiteral(DT_SOURCE_DIR "/resources/presets"), folder.path()};
};

}  // namespace doubletalk::ui
