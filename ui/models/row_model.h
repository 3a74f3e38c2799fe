// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <vector>

namespace doubletalk::ui {

/// A table of rows that are shown as text: what is the same for every such table. The derived class
/// says what stands in a cell. Thread: gui.
template <class Row>
class RowModel : public QAbstractTableModel {
public:
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override {
        return parent.isValid() ? 0 : int(rows_.size());
    }
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override {
        return parent.isValid() ? 0 : columns_;
    }
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override {
        if (!index.isValid()) return {};
        const auto& row = rows_[std::size_t(index.row())];
        switch (role) {
            case Qt::DisplayRole:
            case Qt::AccessibleTextRole:
                return text(row, index.column());
            case Qt::ToolTipRole:
                return toolTip(row, index.column());
            case Qt::TextAlignmentRole:
                return alignment(index.column());
            default:
                return value(row, role);
        }
    }
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override {
        if (orientation != Qt::Horizontal) return {};
        if (role == Qt::TextAlignmentRole) return alignment(section);
        return role == Qt::DisplayRole ? QVariant(title(section)) : QVariant();
    }

protected:
    RowModel(int columns, QObject* parent) : QAbstractTableModel(parent), columns_(columns) {}

    [[nodiscard]] virtual QString title(int column) const = 0;
    [[nodiscard]] virtual QString text(const Row& row, int column) const = 0;
    [[nodiscard]] virtual QString toolTip(const Row& row, int column) const = 0;
    /// Of the derived class's own roles.
    [[nodiscard]] virtual QVariant value(const Row& row, int role) const = 0;
    /// Numbers stand on the right.
    [[nodiscard]] virtual bool isNumber(int column) const = 0;

    std::vector<Row> rows_;

private:
    [[nodiscard]] int alignment(int column) const {
        return int(Qt::AlignVCenter | (isNumber(column) ? Qt::AlignRight : Qt::AlignLeft));
    }

    int columns_;
};

}  // namespace doubletalk::ui
