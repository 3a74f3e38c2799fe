// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "engine/core/event.h"

namespace doubletalk::ui {

class History;

/// Events of a history as a table in plain words. Voice activity and every concealed frame after
/// the first of a stretch would bury the rest: they are left out, `all` brings them in. Silence in
/// place of the device is one row with its length.
/// Thread: gui.
class EventModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { kTime, kKind, kValue, kCause, kColumns };
    enum Role {
        kTimeRole = Qt::UserRole + 1,  ///< seconds, double
        kProblemRole,                  ///< bool
        kDecisionRole,                 ///< bool
        kKindRole,                     ///< int of EventKind
        kSearchRole,
    };

    /// history outlives it.
    explicit EventModel(const History& history, QObject* parent = nullptr);

    /// Capture clock; takes effect for rows shown from now on.
    void setRateHz(int rate_hz);
    void setAll(bool all);
    /// Takes in what the history got since the last time.
    void refresh();
    /// Row of the problem next to time_s, strictly after (step 1) or before (step -1); -1: none.
    [[nodiscard]] int problemRow(double time_s, int step) const;
    [[nodiscard]] double timeOf(int row) const;
    [[nodiscard]] int problems() const { return problems_; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    [[nodiscard]] bool shows(const Event& event) const;
    [[nodiscard]] bool goesOn(const Event& event);
    [[nodiscard]] QString silenceText(std::size_t place) const;

    const History& history_;
    std::uint64_t epoch_ = 0;
    std::size_t taken_ = 0;
    std::vector<std::uint32_t> shown_;  ///< places in History::events()
    int rate_hz_ = 16000;
    int problems_ = 0;
    int silent_row_ = 0;            ///< of that stretch
    BlockIndex silent_block_ = -1;  ///< newest that the device did not give
    bool all_ = false;
};

}  // namespace doubletalk::ui
