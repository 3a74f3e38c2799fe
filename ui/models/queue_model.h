// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "app/bench/bench.h"

namespace doubletalk::ui {

/// What the assistant is to speak, is speaking and has spoken: title, state, position, length.
/// Thread: gui.
class QueueModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { kTitle, kState, kPosition, kLength, kColumns };
    enum Role {
        kTicketRole = Qt::UserRole + 1,
        kHeardRatioRole,  ///< 0..1 of the length; NaN while it is not known
        kMovableRole,     ///< still waits: can be moved and removed
        kFailedRole,
        kStateRole,  ///< int of QueuedSpeech::State
    };

    using QAbstractTableModel::QAbstractTableModel;
    /// Rows that only moved on keep their selection.
    void setQueue(const std::vector<bench::QueuedSpeech>& queue);
    [[nodiscard]] const std::vector<bench::QueuedSpeech>& queue() const { return queue_; }
    [[nodiscard]] int rowOf(std::int64_t ticket) const;
    /// Words of a state.
    [[nodiscard]] static QString stateText(const bench::QueuedSpeech& speech);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    std::vector<bench::QueuedSpeech> queue_;
};

}  // namespace doubletalk::ui
