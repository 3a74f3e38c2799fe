// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTreeView>

namespace doubletalk::ui {

/// The tree of parameter rows, painted as THEME has them: changed bar, field, value in use, unit,
/// reset, and below a row why its last input was rejected. Thread: gui.
class ParameterView : public QTreeView {
    Q_OBJECT
public:
    explicit ParameterView(QWidget* parent = nullptr);

    /// Where the field of a row is, in the viewport.
    [[nodiscard]] QRect fieldRect(const QModelIndex& index) const;
    /// Height of a row without its note: a long name takes two lines.
    [[nodiscard]] int nameHeight(const QModelIndex& index) const;
    /// Height of the note below a row; 0: none.
    [[nodiscard]] int noteHeight(const QModelIndex& index) const;

signals:
    void resetWanted(const QModelIndex& index);

protected:
    void drawRow(QPainter* painter, const QStyleOptionViewItem& option,
                 const QModelIndex& index) const override;
    void drawBranches(QPainter*, const QRect&, const QModelIndex&) const override {}
    QModelIndex moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void dataChanged(const QModelIndex& top_left, const QModelIndex& bottom_right,
                     const QList<int>& roles) override;

private:
    void restyle();
    void layOutColumns();
    void drawGroup(QPainter& painter, const QRect& row, const QModelIndex& index) const;
    void drawSetting(QPainter& painter, const QRect& row, const QModelIndex& index) const;
    void drawField(QPainter& painter, const QModelIndex& index) const;
    void drawValues(QPainter& painter, const QRect& row, const QModelIndex& index) const;
    void drawUnit(QPainter& painter, const QRect& row, const QModelIndex& index) const;
    [[nodiscard]] QString noteText(const QModelIndex& index) const;
    [[nodiscard]] int indent() const;
    [[nodiscard]] QRect columnRect(int column, const QRect& row) const;
    [[nodiscard]] QRect nameRect(const QModelIndex& index, const QRect& row) const;
    [[nodiscard]] QRect valueRow(const QModelIndex& index, const QRect& row) const;

    bool narrow_ = false;
};

}  // namespace doubletalk::ui
