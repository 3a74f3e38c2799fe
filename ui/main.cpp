// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QCommandLineParser>
#include <QSettings>
#include <QTemporaryDir>
#include <QTimer>
#include <cstdio>

#include "engine/core/thread_role.h"
#include "engine/duplex/build_info.h"
#include "ui/main_window.h"
#include "ui/theme/theme.h"

namespace {

using namespace doubletalk;

/// Runs the scene as fast as it goes and writes a picture of the window after it.
void demonstrate(ui::MainWindow& window, const QString& picture) {
    QObject::connect(&window.bench(), &bench::Bench::failed, &window, [](const QString& what) {
        std::fprintf(stderr, "doubletalk: error: %s\n", qPrintable(what));
        QCoreApplication::exit(1);
    });
    QObject::connect(&window.bench(), &bench::Bench::stateChanged, &window,
                     [&window, picture](bench::BenchState state) {
                         if (state != bench::BenchState::idle) return;
                         // The last frames are on their way to the screen.
                         QTimer::singleShot(300, &window, [&window, picture] {
                             window.refresh();
                             const bool written = window.grab().save(picture);
                             if (!written) {
                                 std::fprintf(stderr, "doubletalk: error: cannot write %s\n",
                                              qPrintable(picture));
                             }
                             QCoreApplication::exit(written ? 0 : 1);
                         });
                     });
    QTimer::singleShot(0, &window, [&window] { window.run(bench::RunPace::as_fast); });
}

}  // namespace

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    QApplication::setApplicationName("doubletalk");
    QApplication::setOrganizationName("doubletalk");
    QApplication::setApplicationDisplayName("Doubletalk");
    QApplication::setApplicationVersion(QString::fromStdString(duplex::buildVersion()));
    setThreadRole(ThreadRole::gui);

    QCommandLineParser parser;
    parser.setApplicationDescription(QCoreApplication::translate(
        "main",
        "Test bench for full-duplex voice assistants: echo, jitter and barge-in on one clock."));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption scene(
        "scene", QCoreApplication::translate("main", "A shipped scene's name, or a scene file."),
        "NAME");
    const QCommandLineOption run("run", QCoreApplication::translate("main", "Start at once."));
    const QCommandLineOption session(
        "session", QCoreApplication::translate("main", "Open a recorded session."), "DIR");
    const QCommandLineOption workspace(
        "workspace", QCoreApplication::translate("main", "echo or network."), "NAME");
    const QCommandLineOption light("light", QCoreApplication::translate("main", "Light theme."));
    const QCommandLineOption size(
        "size", QCoreApplication::translate("main", "Size of the window, 1600x1000."), "WxH");
    const QCommandLineOption picture(
        "picture",
        QCoreApplication::translate(
            "main", "Run the scene as fast as it goes, write a picture of the window and end."),
        "FILE");
    const QCommandLineOption frames(
        "fps", QCoreApplication::translate("main", "Frames a second, 1 to 60."), "N");
    const QCommandLineOption defaults(
        "default-settings",
        QCoreApplication::translate(
            "main", "Layout, theme and scene as at the first start; nothing is remembered."));
    parser.addOptions({scene, run, session, workspace, light, size, picture, frames, defaults});
    parser.process(app);

    QTemporaryDir forgotten;
    if (parser.isSet(defaults)) {
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, forgotten.path());
    }
    ui::Theme::current().applyTo(app);
    ui::MainWindow window;
    if (parser.isSet(scene)) {
        auto source = window.bench().source();
        source.scene = parser.value(scene).toStdString();
        if (auto ok = window.bench().setSource(source); !ok) {
            std::fprintf(stderr, "doubletalk: error: %s\n", ok.error().message().c_str());
            return 2;
        }
    }
    if (parser.isSet(light)) ui::Theme::current().setDark(false);
    if (parser.value(workspace) == "network") window.showWorkspace(ui::Workspace::network);
    if (const auto wh = parser.value(size).split('x'); wh.size() == 2) {
        window.resize(wh[0].toInt(), wh[1].toInt());
    }
    if (parser.isSet(frames)) {
        const int hz = parser.value(frames).toInt();
        if (hz < 1 || hz > 60) {
            std::fprintf(stderr, "doubletalk: error: --fps %s: write a number from 1 to 60\n",
                         qPrintable(parser.value(frames)));
            return 2;
        }
        window.setFrameRate(hz);
    }
    window.show();
    if (parser.isSet(session)) window.openSession(parser.value(session));
    if (parser.isSet(picture)) {
        demonstrate(window, parser.value(picture));
    } else if (parser.isSet(run)) {
        QTimer::singleShot(0, &window, [&window] { window.run(); });
    }
    return QApplication::exec();
}
