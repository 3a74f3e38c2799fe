// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/audio_files.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QStringList>

#include "engine/codec/media_kind.h"

namespace doubletalk::ui {
namespace {

QStringList endings() {
    QStringList all;
    for (const auto ending : codec::readableEndings()) {
        all << QString::fromUtf8(ending.data(), qsizetype(ending.size()));
    }
    return all;
}

}  // namespace

QString soundFilter() {
    return QCoreApplication::translate("SoundFiles", "Sound (*.%1);;All files (*)")
        .arg(endings().join(" *."));
}

bool isSoundFile(const QString& path) {
    return endings().contains(QFileInfo(path).suffix().toLower());
}

}  // namespace doubletalk::ui
