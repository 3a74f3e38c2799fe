// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/track_saver.h"

#include <algorithm>
#include <span>

#include "engine/codec/media_writer.h"
#include "engine/session/session_reader.h"

namespace doubletalk::ui {
namespace {

SessionTracks tracksOf(session::Session session) {
    SessionTracks tracks;
    const auto add = [&](const QString& name, int rate_hz, std::vector<float> samples) {
        if (!samples.empty()) tracks.push_back({name, rate_hz, std::move(samples)});
    };
    for (auto& [name, samples] : session.taps) {
        add(QString::fromStdString(name), session.rate_hz, std::move(samples));
    }
    add(QStringLiteral("playback"), session.rate_hz, std::move(session.playback));
    for (auto& item : session.items) {
        const auto text = QString::fromStdString(item.text).simplified();
        add(TrackSaver::tr("item %1: %2").arg(item.item).arg(text.left(40)), item.rate_hz,
            std::move(item.samples));
    }
    return tracks;
}

/// False: it was cancelled, and nothing was written.
Result<bool> write(const SessionTrack& track, const std::string& file,
                   const codec::MediaWriterOptions& options,
                   const std::function<bool(double)>& progress) {
    auto writer = codec::MediaWriter::open(file, options);
    if (!writer) return tl::unexpected(writer.error());
    const std::span samples(track.samples);
    const auto piece = std::size_t(track.rate_hz);  // a second
    for (std::size_t at = 0; at < samples.size(); at += piece) {
        if (!progress(double(at) / double(samples.size()))) return false;
        const auto ok = writer->put(samples.subspan(at, std::min(piece, samples.size() - at)));
        if (!ok) return tl::unexpected(ok.error());
    }
    if (auto ok = writer->finish(); !ok) return tl::unexpected(ok.error());
    return true;
}

}  // namespace

TrackSaver::TrackSaver(QObject* parent)
    : QObject(parent), tracks_(std::make_shared<SessionTracks>()) {}

TrackSaver::~TrackSaver() { cancelled_ = true; }

void TrackSaver::open(const QString& folder) {
    tracks_ = std::make_shared<SessionTracks>();
    busy_ = true;
    thread_.post([this, folder] {
        auto session = session::readSession(folder.toStdString());
        QString problem;
        auto tracks = std::make_shared<SessionTracks>();
        if (session) {
            *tracks = tracksOf(std::move(*session));
        } else {
            problem = QString::fromStdString(session.error().message());
        }
        QMetaObject::invokeMethod(this, [this, tracks, problem] {
            busy_ = false;
            tracks_ = tracks;
            opened();
            if (!problem.isEmpty()) failed(problem);
        });
    });
}

void TrackSaver::save(std::size_t track, const QString& file, const codec::MediaKind& kind,
                      int bitrate_bps) {
    if (busy_ || track >= tracks_->size()) return;
    busy_ = true;
    cancelled_ = false;
    progress(0.0);
    codec::MediaWriterOptions options;
    options.kind = &kind;
    options.rate_hz = (*tracks_)[track].rate_hz;
    options.bitrate_bps = bitrate_bps;
    thread_.post([this, tracks = tracks_, track, file, options] {
        const auto told = [this](double done_ratio) {
            QMetaObject::invokeMethod(this, [=, this] { progress(done_ratio); });
            return !cancelled_;
        };
        const auto written = write((*tracks)[track], file.toStdString(), options, told);
        const auto problem =
            written ? QString() : QString::fromStdString(written.error().message());
        QMetaObject::invokeMethod(this, [this, file, problem, done = written && *written] {
            busy_ = false;
            progress(1.0);
            if (!problem.isEmpty()) return failed(problem);
            done ? saved(file) : cancelled();
        });
    });
}

}  // namespace doubletalk::ui
