// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/session_list_model.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>
#include <QRegularExpression>
#include <QSet>
#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/models/setting_text.h"

namespace doubletalk::ui {
namespace {

/// The time at a recorded folder's beginning has a column of its own.
QString withoutTime(const QString& title) {
    static const QRegularExpression time(QStringLiteral(R"(^\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d_)"));
    const auto rest = QString(title).remove(time);
    return rest.isEmpty() ? title : rest;
}

}  // namespace

SessionEntry readSessionEntry(const QString& folder) {
    SessionEntry entry;
    entry.folder = QDir::cleanPath(folder);
    entry.title = QFileInfo(entry.folder).fileName();
    entry.length_s = std::numeric_limits<double>::quiet_NaN();
    QFile file(QDir(folder).filePath(QStringLiteral("session.json")));
    entry.time = QFileInfo(file).lastModified();
    if (!file.open(QIODevice::ReadOnly)) {
        entry.note = SessionListModel::tr("Cannot be read: %1").arg(file.errorString());
        return entry;
    }
    QJsonParseError error;
    const auto json = QJsonDocument::fromJson(file.readAll(), &error).object();
    if (error.error != QJsonParseError::NoError ||
        !json.contains(QLatin1String("format_version"))) {
        entry.note = SessionListModel::tr("session.json is damaged: restore a copy");
        return entry;
    }
    entry.readable = true;
    const auto scene = json[QLatin1String("scene")].toObject()[QLatin1String("title")].toString();
    if (!scene.isEmpty()) entry.title += QStringLiteral(" · ") + scene;
    entry.complete = json[QLatin1String("complete")].toBool();
    entry.bit_exact = json[QLatin1String("bit_exact")].toBool();
    entry.note = json[QLatin1String("bit_exact_reason")].toString();
    const double rate_hz = json[QLatin1String("rate_hz")].toDouble();
    const auto written = json[QLatin1String("written")].toObject();
    if (entry.complete && rate_hz > 0.0) {
        entry.length_s = written[QLatin1String("audio_frames")].toDouble() / rate_hz;
    } else if (!entry.complete) {
        entry.note = SessionListModel::tr("Not finished: the program ended while it recorded");
    }
    return entry;
}

void SessionListModel::setFolders(const QStringList& folders) {
    beginResetModel();
    rows_.clear();
    QSet<QString> seen;
    for (const auto& folder : folders) {
        auto entry = readSessionEntry(folder);
        if (seen.contains(entry.folder)) continue;
        seen.insert(entry.folder);
        rows_.push_back(std::move(entry));
    }
    std::stable_sort(rows_.begin(), rows_.end(),
                     [](const auto& a, const auto& b) { return a.time > b.time; });
    endResetModel();
}

void SessionListModel::scan(const QString& parent_folder, const QStringList& others) {
    QStringList folders;
    const QDir parent(parent_folder);
    for (const auto& name : parent.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        const QDir folder(parent.filePath(name));
        if (folder.exists(QStringLiteral("session.json"))) folders << folder.path();
    }
    setFolders(folders + others);
}

QString SessionListModel::shortTime(const QDateTime& time) {
    const bool this_year = time.date().year() == QDate::currentDate().year();
    return QLocale().toString(time, this_year ? tr("d MMM HH:mm") : tr("d MMM yyyy"));
}

QString SessionListModel::text(const SessionEntry& entry, int column) const {
    switch (column) {
        case kTitle:
            return withoutTime(entry.title);
        case kTime:
            return shortTime(entry.time);
        case kLength:
            return timeText(entry.length_s, 1);
        default:
            if (!entry.readable) return tr("damaged");
            if (!entry.complete) return tr("unfinished");
            return entry.bit_exact ? tr("bit-exact") : tr("not exact");
    }
}

QString SessionListModel::toolTip(const SessionEntry& entry, int column) const {
    if (column == kExact) {
        return tr("Whether a replay gives the same samples. %1").arg(entry.note);
    }
    return entry.note.isEmpty() ? entry.folder : entry.folder + QLatin1Char('\n') + entry.note;
}

QVariant SessionListModel::value(const SessionEntry& entry, int role) const {
    switch (role) {
        case kFolderRole:
            return entry.folder;
        case kReadableRole:
            return entry.readable;
        case kNoteRole:
            return entry.note;
        default:
            return {};
    }
}

QString SessionListModel::title(int column) const {
    switch (column) {
        case kTitle:
            return tr("Session");
        case kTime:
            return tr("Recorded");
        case kLength:
            return tr("Length");
        default:
            return tr("Replay");
    }
}

}  // namespace doubletalk::ui
