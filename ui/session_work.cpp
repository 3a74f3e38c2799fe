// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session_work.h"

#include "engine/duplex/replay.h"
#include "engine/duplex/settings.h"
#include "ui/models/history.h"
#include "ui/models/session_history.h"

namespace doubletalk::ui {
namespace {

QString told(const Error& error) { return QString::fromStdString(error.message()); }

/// What differs from the settings a session was made with.
std::vector<std::pair<std::string, std::string>> changesOf(const session::Session& session,
                                                           const duplex::Settings& settings) {
    std::vector<std::pair<std::string, std::string>> changes;
    const auto& before = session.description["settings"];
    const auto now = duplex::settingsToJson(settings);
    for (const auto& ref : duplex::allSettings()) {
        const auto name = ref.fullName();
        if (!before.contains(name) || before[name] == now[name]) continue;
        // A replay keeps the session's own clocks and network.
        if (ref.row->apply == params::ParamApply::restart) continue;
        changes.emplace_back(name, params::formatParam(ref.get(settings)));
    }
    return changes;
}

QString verdictOf(const duplex::ReplayResult& result, std::size_t changes) {
    if (changes == 0) {
        return result.identical ? SessionWork::tr("Equal settings: the replay is equal bit for bit")
                                : SessionWork::tr("Equal settings, but the replay differs");
    }
    return SessionWork::tr("Settings changed: %1, decisions changed: %2")
        .arg(changes)
        .arg(result.decisions.size());
}

}  // namespace

SessionWork::SessionWork(QObject* parent) : QObject(parent) {}

SessionWork::~SessionWork() { cancelled_ = true; }

void SessionWork::open(const QString& folder) {
    progress(tr("Opening the session"), 0.0);
    thread_.post([this, folder] {
        auto session = session::readSession(folder.toStdString());
        auto made = std::make_shared<std::unique_ptr<OpenedSession>>();
        QString problem;
        if (session) {
            *made = std::make_unique<OpenedSession>();
            (*made)->history = std::make_unique<History>();
            fillHistory(*session, *(*made)->history);
            (*made)->rate_hz = session->rate_hz;
            (*made)->spoken = spokenIn(*session);
            (*made)->voice = voiceIn(*session);
            (*made)->tracks = std::move(session->taps);
            (*made)->tracks["playback"] = std::move(session->playback);
        } else {
            problem = told(session.error());
        }
        QMetaObject::invokeMethod(this, [this, folder, made, problem] {
            progress(tr("Opening the session"), 1.0);
            if (!problem.isEmpty()) failed(problem);
            opened_ = std::move(*made);
            opened(folder);
        });
    });
}

OpenedSession::OpenedSession() = default;
OpenedSession::~OpenedSession() = default;

std::unique_ptr<OpenedSession> SessionWork::take() { return std::move(opened_); }

void SessionWork::replay(const QString& folder, const duplex::Settings& settings,
                         const QString& into) {
    cancelled_ = false;
    const auto what = tr("Replaying");
    progress(what, 0.0);
    thread_.post([this, folder, settings, into, what] {
        QString problem, verdict;
        const auto session = session::readSession(folder.toStdString());
        if (!session) {
            problem = told(session.error());
        } else {
            duplex::ReplayOptions options;
            options.session = folder.toStdString();
            options.settings = changesOf(*session, settings);
            options.record = into.toStdString();
            options.progress = [this, what](double done_ratio) {
                QMetaObject::invokeMethod(this, [=, this] { progress(what, done_ratio); });
                return !cancelled_;
            };
            const auto result = duplex::replaySession(options);
            if (!result) {
                problem = told(result.error());
            } else if (!result->run.cancelled) {
                verdict = verdictOf(*result, options.settings.size());
            }
        }
        QMetaObject::invokeMethod(this, [=, this] {
            progress(what, 1.0);
            if (!problem.isEmpty()) failed(problem);
            if (!verdict.isEmpty()) replayed(into, verdict);
        });
    });
}

}  // namespace doubletalk::ui
