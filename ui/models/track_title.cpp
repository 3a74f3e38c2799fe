// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/track_title.h"

#include <QCoreApplication>

namespace doubletalk::ui {
namespace {

struct Title {
    const char* name;
    const char* title;
};
constexpr Title kTitles[] = {
    {"mic", QT_TRANSLATE_NOOP("TrackTitle", "Microphone")},
    {"far", QT_TRANSLATE_NOOP("TrackTitle", "Far end, aligned to the microphone")},
    {"linear", QT_TRANSLATE_NOOP("TrackTitle", "After the canceller's filter")},
    {"out", QT_TRANSLATE_NOOP("TrackTitle", "After the echo canceller")},
    {"clean", QT_TRANSLATE_NOOP("TrackTitle", "Output: after echo canceller and noise reducer")},
    {"playback", QT_TRANSLATE_NOOP("TrackTitle", "Loudspeaker")},
    {"direct", QT_TRANSLATE_NOOP("TrackTitle", "Far end as it was handed over")},
    {"echo", QT_TRANSLATE_NOOP("TrackTitle", "Room's truth: echo")},
    {"speech", QT_TRANSLATE_NOOP("TrackTitle", "Room's truth: speech")},
    {"noise", QT_TRANSLATE_NOOP("TrackTitle", "Room's truth: noise")},
};

}  // namespace

QString trackTitle(const QString& name) {
    for (const auto& known : kTitles) {
        if (name == QLatin1String(known.name)) {
            return QCoreApplication::translate("TrackTitle", known.title);
        }
    }
    return name;
}

}  // namespace doubletalk::ui
