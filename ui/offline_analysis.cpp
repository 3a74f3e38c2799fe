// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/offline_analysis.h"

#include <cmath>

#include "engine/duplex/offline_echo.h"
#include "engine/echo/delay_estimator.h"
#include "engine/metrics/metric_table.h"
#include "ui/models/setting_text.h"

namespace doubletalk::ui {
namespace {

QString qt(std::string_view text) { return QString::fromUtf8(text.data(), qsizetype(text.size())); }

int decimalsOf(std::string_view unit, double value) {
    if (unit == "dB" || unit == "dBFS" || unit == "s") return 1;
    if (unit.empty()) return value == std::floor(value) ? 0 : 3;
    return std::abs(value) < 10.0 ? 1 : 0;
}

QString delayStateText(int state) {
    switch (echo::DelayStatus(state)) {
        case echo::DelayStatus::searching:
            return OfflineAnalysis::tr("searching");
        case echo::DelayStatus::locked:
            return OfflineAnalysis::tr("locked");
        case echo::DelayStatus::outside_window:
            return OfflineAnalysis::tr("outside window");
        case echo::DelayStatus::reference_late:
            return OfflineAnalysis::tr("reference late");
    }
    return QString::number(state);
}

QString valueText(const nlohmann::ordered_json& value, std::string_view unit) {
    const auto number = [&](const nlohmann::ordered_json& one) {
        if (!one.is_number()) return QStringLiteral("–");
        const double x = one.get<double>();
        return numberText(x, decimalsOf(unit, x));
    };
    if (!value.is_object()) return number(value);
    return OfflineAnalysis::tr("%1 (%2 … %3)")
        .arg(number(value.value("p50", nlohmann::ordered_json())),
             number(value.value("p10", nlohmann::ordered_json())),
             number(value.value("p90", nlohmann::ordered_json())));
}

}  // namespace

AnalysisResult analysisResult(const duplex::OfflineEchoReport& report, const QString& file) {
    AnalysisResult result{.canceller = QString::fromStdString(report.canceller),
                          .reducer = QString::fromStdString(report.reducer),
                          .file = file,
                          .rows = {},
                          .notes = {}};
    for (const auto& [id, value] : report.metrics.items()) {
        const auto* metric = metrics::findMetric(id);
        AnalysisRow row{.id = QString::fromStdString(id),
                        .name = QString::fromStdString(id),
                        .value = {},
                        .unit = {},
                        .tip = OfflineAnalysis::tr("%1 in reports").arg(id.c_str())};
        std::string_view unit;
        if (metric != nullptr) {
            unit = metric->unit;
            row.name = qt(metric->label);
            row.unit = qt(unit);
            row.tip = qt(metric->formula);
        }
        row.value =
            id == "echo_delay_state" ? delayStateText(value.get<int>()) : valueText(value, unit);
        if (value.is_object()) {
            row.tip +=
                '\n' +
                OfflineAnalysis::tr("Median (10 % … 90 %) of %1 values").arg(value.value("n", 0));
        }
        result.rows.push_back(row);
    }
    for (const auto& note : report.notes) result.notes << QString::fromStdString(note);
    return result;
}

OfflineAnalysis::OfflineAnalysis(QObject* parent) : QObject(parent) {}

OfflineAnalysis::~OfflineAnalysis() { cancelled_ = true; }

void OfflineAnalysis::start(const duplex::OfflineEchoOptions& options) {
    if (running_) return;
    running_ = true;
    cancelled_ = false;
    progress(0.0);
    thread_.post([this, options] {
        auto own = options;
        own.progress = [this](double done_ratio) {
            QMetaObject::invokeMethod(this, [=, this] { progress(done_ratio); });
            return !cancelled_;
        };
        const auto report = duplex::cancelEchoOfFiles(own);
        AnalysisResult result;
        QString problem;
        if (report) {
            result = analysisResult(*report, QString::fromStdString(options.out.string()));
        } else {
            problem = QString::fromStdString(report.error().message());
        }
        QMetaObject::invokeMethod(this, [this, result, problem] {
            running_ = false;
            if (problem.isEmpty()) return done(result);
            if (cancelled_) return cancelled();
            failed(problem);
        });
    });
}

}  // namespace doubletalk::ui
