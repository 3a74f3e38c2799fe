// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/queue_model.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/models/setting_text.h"

namespace doubletalk::ui {
namespace {

using Speech = bench::QueuedSpeech;

bool sameShown(const Speech& a, const Speech& b) {
    return a.ticket == b.ticket && a.state == b.state && a.title == b.title &&
           a.length_ms == b.length_ms && a.heard_ms == b.heard_ms && a.problem == b.problem;
}

}  // namespace

void QueueModel::setQueue(const std::vector<Speech>& queue) {
    const bool same_rows =
        queue.size() == rows_.size() &&
        std::equal(queue.begin(), queue.end(), rows_.begin(),
                   [](const auto& a, const auto& b) { return a.ticket == b.ticket; });
    if (same_rows) {
        for (std::size_t i = 0; i < queue.size(); ++i) {
            if (sameShown(queue[i], rows_[i])) continue;
            rows_[i] = queue[i];
            emit dataChanged(index(int(i), 0), index(int(i), kColumns - 1));
        }
        return;
    }
    // Appending is what happens most; everything else is rare and small.
    const bool appended =
        queue.size() > rows_.size() &&
        std::equal(rows_.begin(), rows_.end(), queue.begin(),
                   [](const auto& a, const auto& b) { return a.ticket == b.ticket; });
    if (appended) {
        const auto old = rows_.size();
        beginInsertRows({}, int(old), int(queue.size()) - 1);
        rows_.insert(rows_.end(), queue.begin() + std::ptrdiff_t(old), queue.end());
        endInsertRows();
        setQueue(queue);
        return;
    }
    beginResetModel();
    rows_ = queue;
    endResetModel();
}

int QueueModel::rowOf(std::int64_t ticket) const {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (rows_[i].ticket == ticket) return int(i);
    }
    return -1;
}

QString QueueModel::stateText(const Speech& speech) {
    switch (speech.state) {
        case Speech::State::rendering:
            return tr("being rendered");
        case Speech::State::waiting:
            return tr("waits");
        case Speech::State::speaking:
            return tr("speaks");
        case Speech::State::heard:
            return tr("heard to its end");
        case Speech::State::interrupted:
            return tr("interrupted");
        case Speech::State::failed:
            return tr("failed");
    }
    return {};
}

QString QueueModel::text(const Speech& speech, int column) const {
    const bool begun = speech.state == Speech::State::speaking ||
                       speech.state == Speech::State::heard ||
                       speech.state == Speech::State::interrupted || speech.heard_ms > 0.0;
    switch (column) {
        case kTitle:
            return speech.title;
        case kState:
            return stateText(speech);
        case kPosition: {
            if (!begun) return QStringLiteral("–");
            const auto at = timeText(speech.heard_ms / 1000.0);
            const bool whole = speech.state == Speech::State::heard;
            if (whole || !std::isfinite(speech.heard_error_ms)) return at;
            return tr("%1 ± %2 ms").arg(at, numberText(speech.heard_error_ms, 1));
        }
        default:
            return speech.length_ms > 0.0 ? timeText(speech.length_ms / 1000.0)
                                          : QStringLiteral("–");
    }
}

QString QueueModel::toolTip(const Speech& speech, int column) const {
    if (!speech.problem.isEmpty()) return speech.problem;
    if (column != kPosition) return speech.title;
    return tr(
        "How far it was heard at the loudspeaker. Lost and concealed stretches "
        "count as passed. After an interruption: where it was cut. ± is the "
        "95 % confidence of the device's own count. Without it the place is exact in the virtual "
        "room, and on a device not known yet.");
}

QVariant QueueModel::value(const Speech& speech, int role) const {
    switch (role) {
        case kTicketRole:
            return QVariant::fromValue(qlonglong(speech.ticket));
        case kHeardRatioRole:
            return speech.length_ms > 0.0 ? std::clamp(speech.heard_ms / speech.length_ms, 0.0, 1.0)
                                          : std::numeric_limits<double>::quiet_NaN();
        case kMovableRole:
            return speech.state == Speech::State::rendering ||
                   speech.state == Speech::State::waiting;
        case kFailedRole:
            return speech.state == Speech::State::failed;
        case kStateRole:
            return int(speech.state);
        default:
            return {};
    }
}

QString QueueModel::title(int column) const {
    switch (column) {
        case kTitle:
            return tr("To speak");
        case kState:
            return tr("State");
        case kPosition:
            return tr("Heard");
        default:
            return tr("Length");
    }
}

}  // namespace doubletalk::ui
