// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session_work.h"

#include "engine/duplex/replay.h"
#include "engine/duplex/settings.h"
#include "ui/models/history.h"
#include "ui/models/session_history.h"
#include "ui/models/setting_text.h"

namespace doubletalk::ui {
namespace {

QString told(const Error& error) { return QString::fromStdString(error.message()); }

/// What differs from the settings a session was made with.
struct Changes {
    std::vector<std::pair<std::string, std::string>> replayed;
    QStringList left;  ///< labels: a replay keeps the session's own clocks and network
};

Changes changesOf(const session::Session& session, const duplex::Settings& settings) {
    Changes changes;
    const auto& before = session.description["settings"];
    const auto now = duplex::settingsToJson(settings);
    for (const auto& ref : duplex::allSettings()) {
        const auto name = ref.fullName();
        if (!before.contains(name) || before[name] == now[name]) continue;
        if (ref.row->apply == params::ParamApply::restart) {
            changes.left << settingLabel(*ref.row);
            continue;
        }
        changes.replayed.emplace_back(name, params::formatParam(ref.get(settings)));
    }
    return changes;
}

QString verdictOf(const duplex::ReplayResult& result, const Changes& changes) {
    QString verdict;
    if (!changes.replayed.empty()) {
        verdict = SessionWork::tr("Settings changed: %1, decisions changed: %2")
                      .arg(changes.replayed.size())
                      .arg(result.decisions.size());
    } else {
        verdict = result.identical
                      ? SessionWork::tr("Equal settings: the replay is equal bit for bit")
                      : SessionWork::tr("Equal settings, but the replay differs");
    }
    if (changes.left.isEmpty()) return verdict;
    return SessionWork::tr("%1. Left as recorded, they need a new run: %2")
        .arg(verdict, changes.left.join(QStringLiteral(", ")));
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
        std::vector<duplex::DecisionChange> decisions;
        const auto session = session::readSession(folder.toStdString());
        if (!session) {
            problem = told(session.error());
        } else {
            duplex::ReplayOptions options;
            options.session = folder.toStdString();
            const auto changes = changesOf(*session, settings);
            options.settings = changes.replayed;
            options.record = into.toStdString();
            options.progress = [this, what](double done_ratio) {
                QMetaObject::invokeMethod(this, [=, this] { progress(what, done_ratio); });
                return !cancelled_;
            };
            const auto result = duplex::replaySession(options);
            if (!result) {
                problem = told(result.error());
            } else if (!result->run.cancelled) {
                verdict = verdictOf(*result, changes);
                decisions = result->decisions;
            }
        }
        QMetaObject::invokeMethod(this, [=, this] {
            progress(what, 1.0);
            if (!problem.isEmpty()) failed(problem);
            if (verdict.isEmpty()) return;
            decisions_ = decisions;
            replayed(into, verdict);
        });
    });
}

}  // namespace doubletalk::ui
