// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/source_choice.h"

#include <QActionGroup>
#include <QMenu>
#include <QSettings>

#include "app/bench/bench.h"
#include "engine/network/trace_file.h"
#include "engine/room/scene.h"
#include "ui/device_dialog.h"

namespace doubletalk::ui {

SourceChoice::SourceChoice(bench::Bench& bench, QMenu& scene_menu) : bench_(bench) {
    fillScenes(scene_menu);
}

void SourceChoice::fillScenes(QMenu& menu) {
    const auto scenes = room::shippedScenes();
    if (!scenes) return;
    auto* group = new QActionGroup(this);
    for (const auto& scene : *scenes) {
        auto* action = menu.addAction(QString::fromStdString(scene.title));
        action->setCheckable(true);
        action->setToolTip(QString::fromStdString(scene.description));
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, id = scene.id] {
            auto source = bench_.source();
            source.devices = false;
            source.scene = id;
            apply(source);
        });
        connect(&menu, &QMenu::aboutToShow, action, [this, action, id = scene.id] {
            action->setChecked(!bench_.source().devices && bench_.source().scene == id);
        });
    }
}

void SourceChoice::apply(const bench::BenchSource& source) {
    if (auto ok = bench_.setSource(source); !ok) {
        failed(QString::fromStdString(ok.error().message()));
    }
    changed();
}

void SourceChoice::chooseDevices(QWidget* window) {
    DeviceDialog dialog(bench_.source(), monitor_id_, bench_.requested().engine.rate_hz, window);
    if (dialog.exec() != QDialog::Accepted) return;
    monitor_id_ = dialog.monitorId();
    apply(dialog.source());
    roundTripMeasured(dialog.roundTripMs());
}

QString SourceChoice::trace() const { return QString::fromStdString(bench_.source().trace); }

void SourceChoice::setTrace(const QString& file) {
    wanted_trace_ = file;
    const auto use = [this, file] {
        auto source = bench_.source();
        source.trace = file.toStdString();
        apply(source);
    };
    if (file.isEmpty()) return use();
    thread_.post([this, file, use] {
        const auto trace = network::readTrace(file.toStdString());
        const auto problem = trace ? QString() : QString::fromStdString(trace.error().message());
        QMetaObject::invokeMethod(this, [this, file, use, problem] {
            if (file != wanted_trace_) return;  // another one, or none, was chosen meanwhile
            if (!problem.isEmpty()) return failed(problem);
            use();
        });
    });
}

void SourceChoice::save() const {
    QSettings settings;
    const auto& source = bench_.source();
    settings.setValue("bench/devices", source.devices);
    settings.setValue("bench/input", QString::fromStdString(source.input_id));
    settings.setValue("bench/output", QString::fromStdString(source.output_id));
    settings.setValue("bench/input_rate_hz", source.input_rate_hz);
    settings.setValue("bench/input_channels", source.input_channels);
    settings.setValue("bench/output_rate_hz", source.output_rate_hz);
    settings.setValue("bench/output_channels", source.output_channels);
    settings.setValue("bench/monitor", monitor_id_);
    settings.setValue("bench/trace", trace());
    settings.setValue("bench/scene", QString::fromStdString(source.scene));
}

void SourceChoice::restore() {
    const QSettings settings;
    const auto text = [&](const char* key, const std::string& standard = {}) {
        return settings.value(key, QString::fromStdString(standard)).toString().toStdString();
    };
    auto source = bench_.source();
    source.scene = text("bench/scene", source.scene);
    source.devices = settings.value("bench/devices", false).toBool();
    source.input_id = text("bench/input");
    source.output_id = text("bench/output");
    source.input_rate_hz = settings.value("bench/input_rate_hz").toInt();
    source.input_channels = settings.value("bench/input_channels").toInt();
    source.output_rate_hz = settings.value("bench/output_rate_hz").toInt();
    source.output_channels = settings.value("bench/output_channels").toInt();
    source.trace = text("bench/trace");
    monitor_id_ = settings.value("bench/monitor").toString();
    if (!bench_.setSource(source)) (void)bench_.setSource({});
}

}  // namespace doubletalk::ui
