// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/setting_text.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "engine/duplex/settings.h"
#include "engine/echo/canceller_registry.h"
#include "engine/jitter/concealer_registry.h"
#include "engine/jitter/jitter_buffer_registry.h"
#include "engine/noise/reducer_registry.h"
#include "engine/speech/vad_registry.h"

namespace doubletalk::ui {
namespace {

constexpr const char* kContext = "Settings";
constexpr QChar kMinus(0x2212);

QString qt(std::string_view text) { return QString::fromUtf8(text.data(), qsizetype(text.size())); }

QString tr(const char* text) { return QCoreApplication::translate(kContext, text); }

QString tableText(std::string_view text) { return tr(std::string(text).c_str()); }

struct GroupTitle {
    std::string_view module;
    const char* title;
};
constexpr GroupTitle kGroupTitles[] = {
    {"engine", QT_TRANSLATE_NOOP("Settings", "Engine")},
    {"stream", QT_TRANSLATE_NOOP("Settings", "Packet stream")},
    {"echo", QT_TRANSLATE_NOOP("Settings", "Echo canceller")},
    {"noise", QT_TRANSLATE_NOOP("Settings", "Noise reduction")},
    {"jitter", QT_TRANSLATE_NOOP("Settings", "Jitter buffer")},
    {"loss", QT_TRANSLATE_NOOP("Settings", "Concealment")},
    {"vad", QT_TRANSLATE_NOOP("Settings", "Voice activity")},
    {"segment", QT_TRANSLATE_NOOP("Settings", "Segments")},
    {"barge_in", QT_TRANSLATE_NOOP("Settings", "Barge-in")},
    {"buffer", QT_TRANSLATE_NOOP("Settings", "Reader's buffer")},
    {"health", QT_TRANSLATE_NOOP("Settings", "Health limits")},
    {"network", QT_TRANSLATE_NOOP("Settings", "Network")},
    {"room", QT_TRANSLATE_NOOP("Settings", "Room")},
    {"session", QT_TRANSLATE_NOOP("Settings", "Recording")},
};

struct Choice {
    QString title;
    bool built = true;
};

template <class Entries>
Choice lookUp(const Entries& entries, std::string_view choice) {
    for (const auto& entry : entries) {
        if (entry.name != choice) continue;
        // The registry's title may explain itself in brackets: a tool bar has no room for that.
        const auto title = tableText(entry.label);
        return {title.section(QLatin1Char(','), 0, 0).section(QLatin1String(" ("), 0, 0),
                entry.create != nullptr};
    }
    return {};
}

Choice choiceOf(std::string_view full_name, std::string_view choice) {
    Choice found;
    if (full_name == "echo.canceller") found = lookUp(echo::cancellers(), choice);
    if (full_name == "noise.reducer") found = lookUp(noise::noiseReducers(), choice);
    if (full_name == "jitter.buffer") found = lookUp(jitter::jitterBuffers(), choice);
    if (full_name == "loss.concealer") found = lookUp(jitter::concealers(), choice);
    if (full_name == "vad.detector") found = lookUp(speech::voiceActivityDetectors(), choice);
    if (found.title.isEmpty()) found.title = qt(choice).replace(QLatin1Char('_'), QLatin1Char(' '));
    return found;
}

/// Decimals a value needs for its step; without a step up to three.
int decimalsOf(const params::ParamRow& row, double value) {
    const auto needed = [](double number) {
        int decimals = 0;
        while (decimals < 3 &&
               std::abs(number - std::round(number)) > 1e-6 * (1 + std::abs(number))) {
            number *= 10.0;
            ++decimals;
        }
        return decimals;
    };
    return row.range.step > 0.0 ? needed(row.range.step) : needed(value);
}

}  // namespace

QString groupTitle(std::string_view module) {
    for (const auto& group : kGroupTitles) {
        if (group.module == module) return tr(group.title);
    }
    auto title = qt(module).replace(QLatin1Char('_'), QLatin1Char(' '));
    if (!title.isEmpty()) title[0] = title[0].toUpper();
    return title;
}

QString settingLabel(const params::ParamRow& row) { return tableText(row.text.label); }

QString choiceTitle(std::string_view full_name, std::string_view choice) {
    return choiceOf(full_name, choice).title;
}

bool choiceBuilt(std::string_view full_name, std::string_view choice) {
    return choiceOf(full_name, choice).built;
}

QString numberText(double value, int decimals) {
    if (!std::isfinite(value)) return QStringLiteral("–");
    auto text = QString::number(value, 'f', decimals);
    if (text.startsWith(QLatin1Char('-'))) {
        const bool zero = text.toDouble() == 0.0;
        text = zero ? text.mid(1) : kMinus + text.mid(1);
    }
    return text;
}

QString timeText(double seconds, int decimals) {
    if (!std::isfinite(seconds)) return QStringLiteral("–");
    const QString sign = seconds < 0.0 ? QString(kMinus) : QString();
    const double unit = std::pow(10.0, decimals);
    const auto ticks = std::int64_t(std::llround(std::abs(seconds) * unit));
    const auto whole = ticks / std::int64_t(unit);
    const auto rest = ticks % std::int64_t(unit);
    QString text = sign;
    if (whole >= 3600) text += QStringLiteral("%1:").arg(whole / 3600);
    text += QStringLiteral("%1:%2")
                .arg(whole / 60 % 60, 2, 10, QLatin1Char('0'))
                .arg(whole % 60, 2, 10, QLatin1Char('0'));
    if (decimals > 0) text += QStringLiteral(".%1").arg(rest, decimals, 10, QLatin1Char('0'));
    return text;
}

QString valueText(const params::ParamRow& row, std::string_view full_name,
                  const params::ParamValue& value) {
    if (const auto* on = std::get_if<bool>(&value)) return *on ? tr("on") : tr("off");
    if (const auto* whole = std::get_if<int>(&value)) return numberText(*whole, 0);
    if (const auto* real = std::get_if<double>(&value)) {
        return numberText(*real, decimalsOf(row, *real));
    }
    return choiceTitle(full_name, std::get<Name>(value).view());
}

std::string typedText(const params::ParamRow& row, const QString& typed) {
    auto text = typed.trimmed();
    if (row.kind == params::ParamKind::integer || row.kind == params::ParamKind::real) {
        const auto unit = qt(row.text.unit);
        if (!unit.isEmpty() && text.endsWith(unit)) text.chop(unit.size());
        text.remove(QChar::Space).remove(QChar(0x2009)).remove(QChar(0x00A0));
        text.replace(kMinus, QLatin1Char('-')).replace(QLatin1Char(','), QLatin1Char('.'));
        if (text.startsWith(QLatin1Char('+'))) text.remove(0, 1);
    }
    return text.toStdString();
}

QString settingToolTip(const duplex::SettingRef& ref) {
    const auto& row = *ref.row;
    const auto name = ref.fullName();
    static const duplex::Settings kDefaults;
    const auto unit = row.text.unit.empty() ? QString() : QLatin1Char(' ') + qt(row.text.unit);
    QString text =
        QStringLiteral("<p><b>%1</b></p><p>%2</p><p>")
            .arg(settingLabel(row).toHtmlEscaped(), tableText(row.text.help).toHtmlEscaped());
    if (row.kind == params::ParamKind::integer || row.kind == params::ParamKind::real) {
        text += tr("Range %1 to %2%3")
                    .arg(valueText(row, name, row.range.min), valueText(row, name, row.range.max),
                         unit.toHtmlEscaped());
        if (row.range.step > 0.0) {
            text += tr(", step %1").arg(valueText(row, name, row.range.step));
        }
        text += QLatin1String(". ");
    }
    text +=
        tr("Default %1%2.")
            .arg(valueText(row, name, ref.get(kDefaults)).toHtmlEscaped(), unit.toHtmlEscaped());
    if (row.apply == params::ParamApply::restart) {
        text += QLatin1Char(' ') + tr("A change takes effect at the next run.");
    }
    return text + QStringLiteral("</p><p><code>%1</code></p>").arg(qt(name));
}

QString errorText(const Error& error) {
    const auto what = QString::fromStdString(error.what);
    const auto hint = QString::fromStdString(error.hint);
    return hint.isEmpty() ? what : what + QLatin1String(": ") + hint;
}

}  // namespace doubletalk::ui
