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

private:
    QString name_;
    PlotHeader* header_;
    QCustomPlot* plot_;
    bool held_ = false;
};

}  // namespace doubletalk::ui
