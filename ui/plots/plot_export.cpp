// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/plot_export.h"

#include <QCoreApplication>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>
#include <QPageSize>
#include <QPdfWriter>
#include <QSaveFile>
#include <QStandardPaths>
#include <QSvgGenerator>
#include <cmath>
#include <qcustomplot.h>

#include "engine/core/write_target.h"
#include "ui/theme/theme.h"

namespace doubletalk::ui {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("PlotExport", text); }
constexpr double kDpi = 96.0;

bool saveImage(ExportablePlot& plot, QIODevice& file, int scale, ExportRange range) {
    QImage image(plot.exportSize() * scale, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(scale);
    image.fill(Theme::current().colour(Token::panel));
    QCPPainter painter(&image);
    plot.render(painter, range, false);
    painter.end();
    image.setDotsPerMeterX(int(kDpi * scale / 0.0254));
    image.setDotsPerMeterY(int(kDpi * scale / 0.0254));
    return image.save(&file, "PNG");
}

bool saveSvg(ExportablePlot& plot, QIODevice& file, ExportRange range) {
    QSvgGenerator generator;
    generator.setOutputDevice(&file);
    generator.setSize(plot.exportSize());
    generator.setViewBox(QRect(QPoint(), plot.exportSize()));
    generator.setResolution(int(kDpi));
    generator.setTitle(plot.exportName());
    QCPPainter painter;
    painter.setMode(QCPPainter::pmVectorized);
    if (!painter.begin(&generator)) return false;
    painter.fillRect(QRect(QPoint(), plot.exportSize()), Theme::current().colour(Token::panel));
    plot.render(painter, range, true);
    return painter.end();
}

bool savePdf(ExportablePlot& plot, QIODevice& file, ExportRange range) {
    QPdfWriter writer(&file);
    const QSizeF points = QSizeF(plot.exportSize()) * 72.0 / kDpi;
    writer.setPageSize(QPageSize(points, QPageSize::Point, {}, QPageSize::ExactMatch));
    writer.setPageMargins(QMarginsF());
    writer.setResolution(int(kDpi));
    writer.setTitle(plot.exportName());
    QCPPainter painter;
    painter.setMode(QCPPainter::pmVectorized);
    if (!painter.begin(&writer)) return false;
    painter.fillRect(QRect(QPoint(), plot.exportSize()), Theme::current().colour(Token::panel));
    plot.render(painter, range, true);
    return painter.end();
}

bool save(ExportablePlot& plot, QIODevice& file, ExportFormat format, ExportRange range) {
    switch (format) {
        case ExportFormat::png: return saveImage(plot, file, 1, range);
        case ExportFormat::png_2x: return saveImage(plot, file, 2, range);
        case ExportFormat::svg: return saveSvg(plot, file, range);
        case ExportFormat::pdf: return savePdf(plot, file, range);
        case ExportFormat::csv: {
            const auto text = plot.csv(range);
            return file.write(text) == text.size();
        }
    }
    return false;
}

}  // namespace

bool ExportablePlot::exportTo(const QString& path, ExportFormat format, ExportRange range,
                              QString* error) {
    const auto failed = [&](const QString& why) {
        if (error != nullptr) {
            *error = tr("%1 could not be written: %2. Choose another folder or free some space.")
                         .arg(path, why);
        }
        return false;
    };
    if (range == ExportRange::selection && !hasSelection()) {
        if (error != nullptr) {
            *error = tr("Nothing is selected. Show the cursors (C) and place them around what to export.");
        }
        return false;
    }
    if (const auto target = writeTarget(path.toStdString()); !target) {
        return failed(QString::fromStdString(target.error().what));
    }
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly)) return failed(file.errorString());
    if (!save(*this, file, format, range)) return failed(file.errorString());
    if (!file.commit()) return failed(file.errorString());
    return true;
}

QByteArray csvNumber(double value) {
    return std::isnan(value) ? QByteArray() : QByteArray::number(value, 'g', 17);
}

QString exportSuffix(ExportFormat format) {
    switch (format) {
        case ExportFormat::png:
        case ExportFormat::png_2x: return QStringLiteral(".png");
        case ExportFormat::svg: return QStringLiteral(".svg");
        case ExportFormat::pdf: return QStringLiteral(".pdf");
        case ExportFormat::csv: return QStringLiteral(".csv");
    }
    return {};
}

QString withSuffix(const QString& path, ExportFormat format) {
    const auto suffix = exportSuffix(format);
    return path.endsWith(suffix, Qt::CaseInsensitive) ? path : path + suffix;
}

void showExportMenu(QWidget* at, ExportablePlot& plot) {
    QMenu menu(at);
    struct Choice {
        ExportFormat format;
        ExportRange range;
    };
    const auto add = [&](QMenu& to, const QString& text, ExportFormat format, ExportRange range) {
        auto* action = to.addAction(text);
        action->setData(int(format) * 8 + int(range));
        action->setEnabled(range != ExportRange::selection || plot.hasSelection());
    };
    const auto addFormats = [&](QMenu& to, ExportRange range) {
        add(to, tr("PNG"), ExportFormat::png, range);
        add(to, tr("PNG, double size"), ExportFormat::png_2x, range);
        add(to, tr("SVG"), ExportFormat::svg, range);
        add(to, tr("PDF"), ExportFormat::pdf, range);
        add(to, tr("CSV"), ExportFormat::csv, range);
    };
    addFormats(menu, ExportRange::visible);
    menu.addSeparator();
    addFormats(*menu.addMenu(tr("Everything")), ExportRange::all);
    auto* selection = menu.addMenu(tr("Between the cursors"));
    addFormats(*selection, ExportRange::selection);
    selection->setEnabled(plot.hasSelection());
    const auto* chosen = menu.exec(at->mapToGlobal(QPoint(0, at->height())));
    if (chosen == nullptr) return;
    const auto format = static_cast<ExportFormat>(chosen->data().toInt() / 8);
    const auto range = static_cast<ExportRange>(chosen->data().toInt() % 8);
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    QString path = QFileDialog::getSaveFileName(
        at->window(), tr("Export plot"), folder + '/' + plot.exportName() + exportSuffix(format),
        QStringLiteral("*") + exportSuffix(format));
    if (path.isEmpty()) return;
    const bool confirmed = path.endsWith(exportSuffix(format), Qt::CaseInsensitive);
    path = withSuffix(path, format);
    if (!confirmed && QFileInfo::exists(path) &&
        QMessageBox::question(at->window(), tr("Export plot"),
                              tr("%1 exists. Replace it?").arg(path)) != QMessageBox::Yes) {
        return;
    }
    QString error;
    if (!plot.exportTo(path, format, range, &error)) {
        QMessageBox::warning(at->window(), tr("Export plot"), error);
    }
}

}  // namespace doubletalk::ui
