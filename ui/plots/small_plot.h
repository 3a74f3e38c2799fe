// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/plots/plot_export.h"

class QCPAxis;
class QCustomPlot;

namespace doubletalk::ui {

class PlotHeader;

/// An ordinary plot with two value axes, title row, hold and export: base of those without time.
/// Thread: gui.
class SmallPlot : public QWidget, public ExportablePlot {
    Q_OBJECT
public:
    /// Once a frame of the window; draws only when its data changed.
    virtual void refresh() = 0;
    void setHeld(bool held);
    /// Horizontal zoom: factor below 1 shows less, about a place in the units of the axis.
    void zoom(double factor, double about);
    void pan(double ratio);  ///< of what is in view
    void showAll();
    [[nodiscard]] bool zoomed() const { return zoomed_; }
    [[nodiscard]] bool held() const { return held_; }

    [[nodiscard]] QString exportName() const override { return name_; }
    [[nodiscard]] QSize exportSize() const override;
    void render(QCPPainter& painter, ExportRange range, bool vector) override;

protected:
    SmallPlot(const QString& title, const QString& name, const QString& tip, QWidget* parent);
    [[nodiscard]] QCustomPlot& plot() { return *plot_; }
    [[nodiscard]] PlotHeader& header() { return *header_; }
    /// Takes colours and fonts of the theme again; call the base first.
    virtual void restyle();
    virtual void hold() = 0;
    virtual void release() = 0;
    /// All that there is; shown unless the user looks at a part of it.
    void setFullRange(double from, double to);
    /// Whether a table of this range has a row at this place.
    [[nodiscard]] bool isExported(double at, ExportRange range) const;
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void keepInside();

    QString name_;
    PlotHeader* header_;
    QCustomPlot* plot_;
    bool held_ = false, zoomed_ = false;
    double full_from_ = 0.0, full_to_ = 1.0;
};

}  // namespace doubletalk::ui
