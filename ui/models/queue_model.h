// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "app/bench/bench.h"
#include "ui/models/row_model.h"

namespace doubletalk::ui {

/// What the assistant is to speak, is speaking and has spoken: title, state, position, length.
/// Thread: gui.
class QueueModel : public RowModel<bench::QueuedSpeech> {
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

    explicit QueueModel(QObject* parent = nullptr) : RowModel(kColumns, parent) {}
    /// Rows that only moved on keep their selection.
    void setQueue(const std::vector<bench::QueuedSpeech>& queue);
    [[nodiscard]] const std::vector<bench::QueuedSpeech>& queue() const { return rows_; }
    [[nodiscard]] int rowOf(std::int64_t ticket) const;
    /// Words of a state.
    [[nodiscard]] static QString stateText(const bench::QueuedSpeech& speech);

private:
    [[nodiscard]] QString title(int column) const override;
    [[nodiscard]] QString text(const bench::QueuedSpeech& speech, int column) const override;
    [[nodiscard]] QString toolTip(const bench::QueuedSpeech& speech, int column) const override;
    [[nodiscard]] QVariant value(const bench::QueuedSpeech& speech, int role) const override;
    [[nodiscard]] bool isNumber(int column) const override { return column >= kPosition; }
};

}  // namespace doubletalk::ui
