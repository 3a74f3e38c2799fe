// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/event_model.h"

#include "ui/models/event_text.h"
#include "ui/models/history.h"
#include "ui/models/setting_text.h"

namespace doubletalk::ui {

EventModel::EventModel(const History& history, QObject* parent)
    : QAbstractTableModel(parent), history_(history) {
    refresh();
}

void EventModel::setRateHz(int rate_hz) { rate_hz_ = rate_hz; }

void EventModel::setAll(bool all) {
    if (all == all_) return;
    all_ = all;
    epoch_ = 0;
    refresh();
}

bool EventModel::shows(const Event& event) const {
    if (all_) return true;
    switch (event.kind) {
        case EventKind::voice_on:
        case EventKind::voice_off:
        case EventKind::packet_duplicate:
        case EventKind::packet_discarded:
        case EventKind::playback_flushed:
            return false;
        case EventKind::frame_concealed:
            return event.value > 0.0;
        default:
            return true;
    }
}

void EventModel::refresh() {
    const auto& events = history_.events();
    if (history_.epoch() != epoch_ || events.size() < taken_) {
        beginResetModel();
        epoch_ = history_.epoch();
        shown_.clear();
        taken_ = 0;
        problems_ = 0;
        silent_block_ = -1;
        endResetModel();
    }
    std::vector<std::uint32_t> fresh;
    bool longer = false;
    for (; taken_ < events.size(); ++taken_) {
        if (!shows(events[taken_])) continue;
        if (goesOn(events[taken_])) {
            longer = true;
            continue;
        }
        if (events[taken_].kind == EventKind::silence_inserted) {
            silent_row_ = int(shown_.size() + fresh.size());
        }
        fresh.push_back(std::uint32_t(taken_));
        problems_ += isProblem(events[taken_].kind) ? 1 : 0;
    }
    if (!fresh.empty()) {
        beginInsertRows({}, int(shown_.size()), int(shown_.size() + fresh.size()) - 1);
        shown_.insert(shown_.end(), fresh.begin(), fresh.end());
        endInsertRows();
    }
    if (longer) emit dataChanged(index(silent_row_, kValue), index(silent_row_, kValue));
}

/// Silence in place of the device comes block by block: one row stands for all of it.
bool EventModel::goesOn(const Event& event) {
    if (event.kind != EventKind::silence_inserted) return false;
    const bool on = silent_block_ >= 0 && event.block == silent_block_ + 1;
    silent_block_ = event.block;
    return on && !all_;
}

QString EventModel::silenceText(std::size_t place) const {
    const auto& events = history_.events();
    auto block = events[place].block;
    for (auto i = place + 1; i < events.size() && events[i].block <= block + 1; ++i) {
        if (events[i].kind == EventKind::silence_inserted) block = events[i].block;
    }
    return tr("%1 ms").arg((block - events[place].block + 1) * kBlockMs);
}

double EventModel::timeOf(int row) const {
    return eventTimeS(history_.events()[shown_[std::size_t(row)]], rate_hz_);
}

int EventModel::problemRow(double time_s, int step) const {
    constexpr double kSame = 1e-6;
    int best = -1;
    double best_s = 0.0;
    for (int row = 0; row < int(shown_.size()); ++row) {
        if (!isProblem(history_.events()[shown_[std::size_t(row)]].kind)) continue;
        const double at = timeOf(row);
        if (step > 0 ? at <= time_s + kSame : at >= time_s - kSame) continue;
        if (best < 0 || (step > 0 ? at < best_s : at > best_s)) {
            best = row;
            best_s = at;
        }
    }
    return best;
}

int EventModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(shown_.size());
}

int EventModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kColumns;
}

QVariant EventModel::data(const QModelIndex& index, int role) const {
    const auto& events = history_.events();
    // A cleared history shows nothing until the next refresh().
    if (!index.isValid() || shown_[std::size_t(index.row())] >= events.size()) return {};
    const auto place = shown_[std::size_t(index.row())];
    const auto& event = events[place];
    switch (role) {
        case kTimeRole:
            return timeOf(index.row());
        case kProblemRole:
            return isProblem(event.kind) && event.kind != EventKind::barge_in_held;
        case kDecisionRole:
            return isDecision(event.kind);
        case kKindRole:
            return int(event.kind);
        case Qt::TextAlignmentRole:
            return int(Qt::AlignVCenter | Qt::AlignLeft);
        case Qt::DisplayRole:
        case Qt::ToolTipRole:
        case Qt::AccessibleTextRole:
        case kSearchRole:
            break;
        default:
            return {};
    }
    auto words = eventWords(event, std::span(events).first(place), rate_hz_);
    if (event.kind == EventKind::silence_inserted && !all_) words.value = silenceText(place);
    const auto time = timeText(timeOf(index.row()), 3);
    if (role == kSearchRole) {
        return words.kind + QLatin1Char(' ') + words.value + QLatin1Char(' ') + words.cause;
    }
    if (role == Qt::ToolTipRole) {
        return QStringLiteral("%1  %2  %3  %4").arg(time, words.kind, words.value, words.cause);
    }
    switch (index.column()) {
        case kTime:
            return role == Qt::DisplayRole ? timeText(timeOf(index.row()), 2) : time;
        case kKind:
            return words.kind;
        case kValue:
            return words.value;
        default:
            return words.cause;
    }
}

QVariant EventModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole) return int(Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case kTime:
            return tr("Time");
        case kKind:
            return tr("Kind");
        case kValue:
            return tr("Value");
        case kCause:
            return tr("Cause");
        default:
            return {};
    }
}

}  // namespace doubletalk::ui
