// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window_actions.h"

#include <QAction>
#include <QActionGroup>
#include <QApplication>
#include <QDialog>
#include <QKeyEvent>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>

#include "ui/theme/icons.h"

namespace doubletalk::ui {

QAction* WindowActions::add(QMenu* menu, const QString& text, const QString& tip,
                            const QString& keys) {
    auto* action = new QAction(text, &window_);
    const auto key = keys.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(keys);
    action->setToolTip(tip + key);
    action->setStatusTip(tip);
    if (!keys.isEmpty()) action->setShortcut(QKeySequence(keys));
    // Also while a dock floats.
    action->setShortcutContext(Qt::ApplicationShortcut);
    menu->addAction(action);
    window_.addAction(action);
    all_.append(action);
    return action;
}

QAction* WindowActions::addSwitch(QMenu* menu, const QString& text, const QString& tip,
                                  const QString& keys) {
    auto* action = add(menu, text, tip, keys);
    action->setCheckable(true);
    return action;
}

void WindowActions::showSpeakAddress(const QString& address) {
    if (speak_stream_text_.isEmpty()) {
        speak_stream_text_ = speak_stream->text();
        speak_stream_tip_ = speak_stream->toolTip();
    }
    if (address.isEmpty()) {
        speak_stream->setText(speak_stream_text_);
        speak_stream->setToolTip(speak_stream_tip_);
        return;
    }
    speak_stream->setText(tr("Speak what is se&nt to %1").arg(address));
    speak_stream->setToolTip(speak_stream_tip_ + '\n' +
                             tr("doubletalk-cli send --wav FILE --host %1 --ingest-port %2")
                                 .arg(address.section(':', 0, 0), address.section(':', 1, 1)));
}

bool WindowActions::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride && qobject_cast<QDialog*>(watched) != nullptr) {
        const auto keys = static_cast<QKeyEvent*>(event)->modifiers();
        if (!(keys & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier))) {
            event->accept();
            return true;
        }
    }
    return QObject::eventFilter(watched, event);
}

WindowActions::WindowActions(QMainWindow& window) : QObject(&window), window_(window) {
    qApp->installEventFilter(this);
    auto* file = window.menuBar()->addMenu(tr("&File"));
    open =
        add(file, tr("&Open session …"), tr("Show a recorded session on the time axis"), "Ctrl+O");
    recent_menu = file->addMenu(tr("&Recent sessions"));
    file->addSeparator();
    save_track = add(file, tr("Save a &track as …"),
                     tr("A signal of the opened or last kept session as WAV, FLAC, MP3, AAC, Opus"),
                     "Ctrl+Shift+S");
    export_plot = add(file, tr("&Export plot …"),
                      tr("Write the plot in front as PNG, SVG, PDF or CSV"), "Ctrl+E");
    file->addSeparator();
    quit = add(file, tr("&Quit"), tr("End Doubletalk; what is being recorded is kept"), "Ctrl+Q");

    auto* session = window.menuBar()->addMenu(tr("&Session"));
    run = add(session, tr("&Run"), tr("Start or stop the engine"), "R");
    run->setIcon(icon(Icon::run));
    record = addSwitch(session, tr("Re&cord"), tr("Keep this run as a session"), "Shift+R");
    record->setIcon(icon(Icon::record));
    interrupt = add(session, tr("&Interrupt"), tr("Stop the assistant now and tell what was heard"),
                    "Space");
    interrupt->setIcon(icon(Icon::interrupt));
    speak_file = add(session, tr("Speak &files …"), tr("Let the assistant play sound files"),
                     "Ctrl+Shift+O");
    speak_file->setIcon(icon(Icon::file));
    speak_stream = addSwitch(session, tr("Speak what is se&nt"),
                             tr("The assistant speaks what 'doubletalk-cli send' brings over TCP, "
                                "as long as it comes; only from this computer"),
                             "Ctrl+Shift+P");
    session->addSeparator();
    scene_menu = session->addMenu(tr("&Scene"));
    source = add(session, tr("&Devices …"), tr("Virtual room or real microphone and loudspeaker"),
                 "Ctrl+D");
    session->addSeparator();
    spike =
        add(session, tr("Delay s&pike"), tr("300 ms of delay in the simulated network, now"), "K");
    spike->setIcon(icon(Icon::spike));
    move_microphone =
        add(session, tr("&Move microphone"),
            tr("Change the echo path of the virtual room: the microphone moves 0.4 m"), "M");
    reset = add(session, tr("Rese&t engine"), tr("Every stage forgets what it has learnt"),
                "Ctrl+Shift+R");
    reset->setIcon(icon(Icon::reset));
    replay =
        add(session, tr("Replay with &these settings"),
            tr("Run the opened or last kept session again with the settings shown, and compare"),
            "Ctrl+R");

    auto* view = window.menuBar()->addMenu(tr("&View"));
    follow = addSwitch(view, tr("&Follow"),
                       tr("The newest moment stays in view; off: frozen, the engine runs on"), "F");
    follow->setIcon(icon(Icon::follow));
    cursors = addSwitch(view, tr("&Cursors"),
                        tr("Two cursors through all plots, with their difference"), "C");
    cursors->setIcon(icon(Icon::cursors));
    hold = addSwitch(view, tr("&Hold curves"), tr("Keep the curves of now for comparison"), "H");
    hold->setIcon(icon(Icon::hold));
    next_problem = add(view, tr("&Next problem"),
                       tr("Show the next loss, underrun, divergence or clipping"), "N");
    previous_problem = add(view, tr("&Previous problem"), tr("Show the problem before"), "P");
    fit = add(view, tr("Show &all"), tr("The whole run on the time axis"), "Home");
    zoom_in = add(view, tr("Zoom &in"), tr("Half the time in view"), "Ctrl++");
    zoom_out = add(view, tr("Zoom &out"), tr("Twice the time in view"), "Ctrl+-");
    view->addSeparator();
    panels_menu = view->addMenu(tr("Pan&els"));
    default_layout = add(view, tr("&Default layout"), tr("Every panel back to its place"), "");
    dark = addSwitch(view, tr("Dar&k theme"), tr("Dark or light"), "Ctrl+T");
    text_larger = add(view, tr("Larger text"), tr("Text 10 % larger, up to 200 %"), "Ctrl+Shift++");
    text_smaller =
        add(view, tr("Smaller text"), tr("Text 10 % smaller, down to 80 %"), "Ctrl+Shift+-");
    smooth =
        addSwitch(view, tr("60 frames a second"), tr("Smoother, for more of the processor"), "");

    auto* workspace = window.menuBar()->addMenu(tr("&Workspace"));
    auto* workspaces = new QActionGroup(this);
    echo = addSwitch(workspace, tr("&Echo"), tr("Levels, convergence, barge-in"), "F5");
    network = addSwitch(workspace, tr("&Network"), tr("Packets, jitter buffer, concealment"), "F6");
    workspaces->addAction(echo);
    workspaces->addAction(network);
    echo->setChecked(true);

    auto* tools = window.menuBar()->addMenu(tr("&Tools"));
    undo = add(tools, tr("&Undo"), tr("Take back the last change of a setting"), "Ctrl+Z");
    undo->setIcon(icon(Icon::undo));
    redo = add(tools, tr("&Redo"), tr("Do it again"), "Ctrl+Y");
    redo->setIcon(icon(Icon::redo));
    analyse =
        add(tools, tr("&Analyse a pair of files …"),
            tr("Far end and microphone from files through the canceller: measured values, and "
               "the result to hear"),
            "Ctrl+Shift+A");
    listen = add(tools, tr("&Listen in a browser …"),
                 tr("A page on this computer that plays a tap of the running engine"), "Ctrl+B");
    palette = add(tools, tr("Find a &command or setting …"),
                  tr("Search everything the window can do"), "Ctrl+K");
    palette->setIcon(icon(Icon::search));

    auto* help = window.menuBar()->addMenu(tr("&Help"));
    keys = add(help, tr("&Keys"), tr("All keys on one card"), "F1");
    about = add(help, tr("&About Doubletalk"), tr("Version and what this build is made of"), "");
}

}  // namespace doubletalk::ui
