// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QSize>
#include <QString>

class QCPPainter;
class QWidget;

namespace doubletalk::ui {

enum class ExportFormat { png, png_2x, svg, pdf, csv };
enum class ExportRange {
    visible,
    all,
    selection  ///< between the cursors
};

/// A plot that can be written to a file.
/// Thread: gui.
class ExportablePlot {
public:
    virtual ~ExportablePlot() = default;
    /// Words for a file name ("echo").
    [[nodiscard]] virtual QString exportName() const = 0;
    /// Logical px.
    [[nodiscard]] virtual QSize exportSize() const = 0;
    /// All of it at 0, 0; vector: real pens and text.
    virtual void render(QCPPainter& painter, ExportRange range, bool vector) = 0;
    /// Numbers with 17 significant digits, missing ones empty.
    [[nodiscard]] virtual QByteArray csv(ExportRange range) = 0;
    /// Cursors are set.
    [[nodiscard]] virtual bool hasSelection() const { return false; }

    /// Writes one file. False: error says what was wrong and what to do.
    bool exportTo(const QString& path, ExportFormat format, ExportRange range, QString* error);
};

/// Formats and ranges as a menu at a widget; asks for the file's name and writes it.
void showExportMenu(QWidget* at, ExportablePlot& plot);
/// ".svg" and so on.
[[nodiscard]] QString exportSuffix(ExportFormat format);
/// A file's name with the format's suffix, as it is or appended; dots of folders do not count.
[[nodiscard]] QString withSuffix(const QString& path, ExportFormat format);
/// 17 significant digits; empty for NaN.
[[nodiscard]] QByteArray csvNumber(double value);

}  // namespace doubletalk::ui
