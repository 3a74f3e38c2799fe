// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "ui/plots/strip.h"

class QToolButton;

namespace doubletalk::ui {

/// Title row of a plot: title, legend, a text at the right, hold and export.
/// Thread: gui.
class PlotHeader : public QWidget {
    Q_OBJECT
public:
    explicit PlotHeader(const QString& title, QWidget* parent = nullptr);

    void setTitle(const QString& title);
    void setLegend(std::vector<LegendEntry> legend);
    /// Cursor times, "Frozen at ...", a note. number: fixed pitch.
    void setNote(const QString& note, bool number);
    void setHeld(bool held);
    [[nodiscard]] QString note() const { return note_; }
    [[nodiscard]] QToolButton* holdButton() { return hold_; }
    [[nodiscard]] QToolButton* exportButton() { return export_; }
    /// The row without its buttons, for an export.
    void drawRow(QPainter& painter, const QRect& row) const;
    [[nodiscard]] static int rowHeight();

signals:
    void holdToggled(bool held);
    void exportAsked();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void restyle();

    QString title_, note_;
    bool note_is_number_ = false;
    std::vector<LegendEntry> legend_;
    QToolButton* hold_;
    QToolButton* export_;
};

}  // namespace doubletalk::ui
