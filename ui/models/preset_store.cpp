// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/preset_store.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>
#include <QStandardPaths>
#include <algorithm>

#include "engine/duplex/settings.h"
#include "engine/room/scene.h"

namespace doubletalk::ui {
namespace {

QString textOf(const QJsonValue& value) {
    if (value.isBool()) return value.toBool() ? QStringLiteral("true") : QStringLiteral("false");
    if (value.isDouble()) return QString::number(value.toDouble(), 'g', 12);
    return value.toString();
}

QJsonValue jsonOf(const params::ParamValue& value) {
    if (const auto* on = std::get_if<bool>(&value)) return *on;
    if (const auto* whole = std::get_if<int>(&value)) return *whole;
    if (const auto* real = std::get_if<double>(&value)) return *real;
    const auto text = std::get<Name>(value).view();
    return QString::fromUtf8(text.data(), qsizetype(text.size()));
}

/// A preset out of its file; what is wrong in problem.
bool readPreset(const QString& path, Preset& preset, QString& problem) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        problem = file.errorString();
        return false;
    }
    QJsonParseError error;
    const auto json = QJsonDocument::fromJson(file.readAll(), &error);
    if (!json.isObject()) {
        problem = error.error == QJsonParseError::NoError ? QStringLiteral("no JSON object")
                                                          : error.errorString();
        return false;
    }
    preset.title = json[QLatin1String("title")].toString().trimmed();
    preset.description = json[QLatin1String("description")].toString();
    for (const auto& module : json[QLatin1String("modules")].toArray()) {
        preset.modules << module.toString();
    }
    const auto settings = json[QLatin1String("settings")].toObject();
    for (auto it = settings.begin(); it != settings.end(); ++it) {
        const auto name = it.key().toStdString();
        const auto ref = duplex::findSetting(name);
        const auto text = textOf(it.value());
        const auto value = ref ? params::parseParam(*ref->row, name, text.toStdString())
                               : Result<params::ParamValue>(tl::unexpected(ref.error()));
        if (!value) {
            problem = QString::fromStdString(value.error().message());
            return false;
        }
        preset.values.push_back({it.key(), text});
    }
    if (preset.title.isEmpty()) problem = QStringLiteral("no title");
    return !preset.title.isEmpty();
}

/// A title as a file name: readable, and different for different titles.
QString fileName(const QString& title) {
    QString name;
    for (const auto c : title.toLower()) {
        name += c.isLetterOrNumber() && c.unicode() < 128 ? c : QLatin1Char('_');
    }
    const auto hash = QCryptographicHash::hash(title.toUtf8(), QCryptographicHash::Sha1).toHex();
    return name.left(40) + QLatin1Char('-') + QString::fromLatin1(hash.left(8)) +
           QLatin1String(".json");
}

}  // namespace

PresetStore::PresetStore(const QString& built_in_folder, const QString& own_folder, QObject* parent)
    : QObject(parent), built_in_folder_(built_in_folder), own_folder_(own_folder) {
    load();
}

QString PresetStore::builtInFolder() {
    return QString::fromStdString((room::sceneFolder().parent_path() / "presets").string());
}

QString PresetStore::ownFolder() {
    return QStandardPaths::writableLocation(QStandardPaths::AppConfigLocation) +
           QLatin1String("/presets");
}

void PresetStore::load() {
    presets_.clear();
    problems_.clear();
    loadFolder(built_in_folder_, false);
    loadFolder(own_folder_, true);
}

void PresetStore::loadFolder(const QString& folder, bool own) {
    const QDir dir(folder);
    std::vector<Preset> found;
    for (const auto& name : dir.entryList({QStringLiteral("*.json")}, QDir::Files, QDir::Name)) {
        Preset preset;
        preset.own = own;
        preset.file = dir.filePath(name);
        QString problem;
        if (!readPreset(preset.file, preset, problem)) {
            problems_ << preset.file + QLatin1String(": ") + problem;
        } else if (find(preset.title) == nullptr) {
            found.push_back(std::move(preset));
        }
    }
    if (own) {
        std::sort(found.begin(), found.end(), [](const Preset& a, const Preset& b) {
            return a.title.localeAwareCompare(b.title) < 0;
        });
    }
    presets_.insert(presets_.end(), found.begin(), found.end());
}

const Preset* PresetStore::find(const QString& title) const {
    for (const auto& preset : presets_) {
        if (preset.title == title) return &preset;
    }
    return nullptr;
}

Result<void> PresetStore::save(const QString& title, const ParameterEdits& edits) {
    const auto name = title.trimmed();
    const auto* same = find(name);
    if (name.isEmpty() || (same != nullptr && !same->own)) {
        return fail(ErrorKind::usage,
                    name.isEmpty() ? "a preset needs a name" : "a built-in preset has this name",
                    name.toStdString(), "choose another name");
    }
    QJsonObject settings;
    for (const auto& ref : duplex::allSettings()) {
        const auto full_name = QString::fromStdString(ref.fullName());
        if (!edits.isChanged(full_name)) continue;
        const auto value =
            params::parseParam(*ref.row, ref.fullName(), edits.rawText(full_name).toStdString());
        if (value) settings[full_name] = jsonOf(*value);
    }
    QDir().mkpath(own_folder_);
    const auto path = same != nullptr ? same->file : QDir(own_folder_).filePath(fileName(name));
    QSaveFile file(path);
    const auto text = QJsonDocument(QJsonObject{{QStringLiteral("title"), name},
                                                {QStringLiteral("settings"), settings}})
                          .toJson();
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size() || !file.commit()) {
        return fail(ErrorKind::io, "cannot write the preset", path.toStdString(),
                    "check the folder, its permissions and the free space");
    }
    load();
    emit changed();
    return {};
}

Result<void> PresetStore::rename(const QString& title, const QString& new_title) {
    const auto* preset = find(title);
    const auto name = new_title.trimmed();
    if (preset == nullptr || !preset->own || name.isEmpty() || find(name) != nullptr) {
        return fail(ErrorKind::usage,
                    name.isEmpty()          ? "a preset needs a name"
                    : find(name) != nullptr ? "a preset has this name already"
                                            : "there is no own preset of this name",
                    title.toStdString(), "choose another name");
    }
    QFile old(preset->file);
    if (!old.open(QIODevice::ReadOnly)) {
        return fail(ErrorKind::io, "cannot read the preset", preset->file.toStdString(),
                    "check its permissions");
    }
    auto json = QJsonDocument::fromJson(old.readAll()).object();
    json[QStringLiteral("title")] = name;
    QSaveFile file(QDir(own_folder_).filePath(fileName(name)));
    if (!file.open(QIODevice::WriteOnly) || file.write(QJsonDocument(json).toJson()) < 0 ||
        !file.commit()) {
        return fail(ErrorKind::io, "cannot write the preset", file.fileName().toStdString(),
                    "check the folder, its permissions and the free space");
    }
    if (file.fileName() != old.fileName()) old.remove();
    load();
    emit changed();
    return {};
}

Result<void> PresetStore::remove(const QString& title) {
    const auto* preset = find(title);
    if (preset == nullptr || !preset->own) {
        return fail(ErrorKind::usage, "there is no own preset of this name", title.toStdString(),
                    "built-in presets stay");
    }
    if (!QFile::remove(preset->file)) {
        return fail(ErrorKind::io, "cannot remove the preset", preset->file.toStdString(),
                    "check the folder's permissions");
    }
    load();
    emit changed();
    return {};
}

std::vector<ParameterValue> PresetStore::allValues(const Preset& preset) const {
    std::vector<ParameterValue> values;
    for (const auto& ref : duplex::allSettings()) {
        const auto name = QString::fromStdString(ref.fullName());
        const auto given = std::find_if(preset.values.begin(), preset.values.end(),
                                        [&](const auto& value) { return value.name == name; });
        if (given != preset.values.end()) {
            values.push_back(*given);
        } else if (preset.modules.isEmpty() ||
                   preset.modules.contains(name.section(QLatin1Char('.'), 0, 0))) {
            values.push_back({name, std::nullopt});
        }
    }
    return values;
}

Result<void> PresetStore::apply(const Preset& preset, ParameterEdits& edits) const {
    return edits.apply(tr("Preset %1").arg(preset.title), allValues(preset));
}

bool PresetStore::matches(const Preset& preset, const ParameterEdits& edits) const {
    for (const auto& value : allValues(preset)) {
        if (!value.text) {
            if (edits.isChanged(value.name)) return false;
            continue;
        }
        const auto* ref = settingRef(value.name);
        const auto parsed =
            params::parseParam(*ref->row, value.name.toStdString(), value.text->toStdString());
        if (!parsed ||
            QString::fromStdString(params::formatParam(*parsed)) != edits.rawText(value.name)) {
            return false;
        }
    }
    return true;
}

}  // namespace doubletalk::ui
