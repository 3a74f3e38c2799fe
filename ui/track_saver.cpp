// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/track_saver.h"

#include <algorithm>
#include <span>

#include "engine/codec/codec_nodes.h"
#include "engine/flow/adapters.h"
#include "engine/flow/runner.h"
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
                   const codec::MediaWriterOptions& options, const std::atomic<bool>& cancel,
                   const std::function<void(double)>& progress) {
    const auto writer = codec::MediaFileWriter::open(file, options);
    if (!writer) return tl::unexpected(writer.error());
    std::vector<float> second(std::size_t(track.rate_hz));  // a block; the track stays as it is
    std::size_t at = 0;
    const auto next = [&](flow::Item& item) noexcept {
        const auto left = std::span(track.samples).subspan(at);
        if (left.empty()) return flow::Status::eof;
        flow::PcmBlock block;
        block.samples = std::span(second).first(std::min(second.size(), left.size()));
        std::copy_n(left.begin(), block.samples.size(), block.samples.begin());
        block.rate = SampleRate{track.rate_hz};
        block.first_frame = std::int64_t(at);
        at += block.samples.size();
        item = block;
        return flow::Status::ok;
    };
    const auto reader = flow::makeSourceNode("track", flow::EndKind::pcm, next);
    flow::RunOptions run;
    run.cancel = &cancel;
    run.flush_on_cancel = false;
    run.progress_every_items = 1;
    run.progress = [&](const flow::RunCounts& counts) {
        progress(double(counts.frames_out) / double(track.samples.size()));
    };
    const auto counts = flow::Runner::run(*reader, **writer, run);
    if (!counts) return tl::unexpected(counts.error());
    return !counts->cancelled;
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
        };
        const auto written = write((*tracks)[track], file.toStdString(), options, cancelled_, told);
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
