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

/// Writes a picture of the window and ends.
void takePicture(ui::MainWindow& window, const QString& picture) {
    // The last frames are on their way to the screen.
    QTimer::singleShot(300, &window, [&window, picture] {
        window.refresh();
        const bool written = window.grab().save(picture);
        if (!written) {
            std::fprintf(stderr, "doubletalk: error: cannot write %s\n", qPrintable(picture));
        }
        QCoreApplication::exit(written ? 0 : 1);
    });
}

/// A picture after a run as fast as it goes, or of the session when one is opened.
void demonstrate(ui::MainWindow& window, const QString& picture, const QString& session) {
    QObject::connect(&window, &ui::MainWindow::failed, &window, [](const QString& what) {
        std::fprintf(stderr, "doubletalk: error: %s\n", qPrintable(what));
        QCoreApplication::exit(1);
    });
    if (!session.isEmpty()) {
        QObject::connect(&window, &ui::MainWindow::sessionShown, &window,
                         [&window, picture] { takePicture(window, picture); });
        return;
    }
    QObject::connect(&window.bench(), &bench::Bench::stateChanged, &window,
                     [&window, picture](bench::BenchState state) {
                         if (state == bench::BenchState::idle) takePicture(window, picture);
                     });
    QTimer::singleShot(0, &window, [&window] { window.run(bench::RunPace::as_fast); });
}

int wrongUse(const QString& what) {
    std::fprintf(stderr, "doubletalk: error: %s\n", qPrintable(what));
    return 2;
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
    // Not --session: QApplication takes that one for the session manager's.
    const QCommandLineOption open(
        "open", QCoreApplication::translate("main", "Open a recorded session."), "DIR");
    const QCommandLineOption workspace(
        "workspace", QCoreApplication::translate("main", "echo or network."), "NAME");
    const QCommandLineOption light("light", QCoreApplication::translate("main", "Light theme."));
    const QCommandLineOption size(
        "size", QCoreApplication::translate("main", "Size of the window, 1600x1000."), "WxH");
    const QCommandLineOption picture(
        "picture",
        QCoreApplication::translate(
            "main",
            "Run the scene as fast as it goes, or open the session of --open; write a picture of "
            "the window and end."),
        "FILE");
    const QCommandLineOption frames(
        "fps", QCoreApplication::translate("main", "Frames a second, 1 to 60."), "N");
    const QCommandLineOption defaults(
        "default-settings",
        QCoreApplication::translate(
            "main", "Layout, theme and scene as at the first start; nothing is remembered."));
    parser.addOptions({scene, run, open, workspace, light, size, picture, frames, defaults});
    parser.process(app);
    if (const auto others = parser.positionalArguments(); !others.isEmpty()) {
        return wrongUse(QCoreApplication::translate(
                            "main", "%1: options only; --open %1 opens a session, see --help")
                            .arg(others[0]));
    }
    if (parser.isSet(open) && parser.isSet(run)) {
        return wrongUse(QCoreApplication::translate(
            "main", "--open shows a session and --run a new run: choose one of them"));
    }

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
            return wrongUse(QString::fromStdString(ok.error().message()));
        }
    }
    if (parser.isSet(light)) ui::Theme::current().setDark(false);
    if (parser.value(workspace) == "network") window.showWorkspace(ui::Workspace::network);
    if (const auto wh = parser.value(size).split('x'); wh.size() == 2) {
        window.setWindowState(Qt::WindowNoState);  // as it was left, or to fill a small screen
        window.resize(wh[0].toInt(), wh[1].toInt());
    }
    if (parser.isSet(frames)) {
        const int hz = parser.value(frames).toInt();
        if (hz < 1 || hz > 60) {
            return wrongUse(
                QCoreApplication::translate("main", "--fps %1: write a number from 1 to 60")
                    .arg(parser.value(frames)));
        }
        window.setFrameRate(hz);
    }
    window.show();
    if (parser.isSet(picture)) {
        demonstrate(window, parser.value(picture), parser.value(open));
    } else if (parser.isSet(run)) {
        QTimer::singleShot(0, &window, [&window] { window.run(); });
    }
    if (parser.isSet(open)) {
        QTimer::singleShot(0, &window,
                           [&window, folder = parser.value(open)] { window.openSession(folder); });
    }
    return QApplication::exec();
}
