// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QSortFilterProxyModel;
class QTableView;
class QToolButton;

namespace doubletalk::ui {

class EventModel;
class History;

/// Events as a table, filtered by kind, problems and text; follows the end unless scrolled away.
/// Thread: gui.
class EventPanel : public QWidget {
    Q_OBJECT
public:
    /// history outlives it.
    explicit EventPanel(const History& history, QWidget* parent = nullptr);
    ~EventPanel() override;

    void setRateHz(int rate_hz);
    /// Takes in new events. Cheap when there are none.
    void refresh();
    [[nodiscard]] EventModel& model() { return *model_; }
    [[nodiscard]] QTableView& table() { return *table_; }
    /// All rows the filter lets through, as CSV.
    [[nodiscard]] QString csv() const;

public slots:
    /// Selects the event nearest to time_s.
    void selectTime(double time_s);
    void nextProblem();
    void previousProblem();
    void setProblemsOnly(bool only);
    void setText(const QString& text);
    void copySelection();
    /// Asks for a file.
    void exportCsv();

signals:
    /// A row was double-clicked or a problem stepped to: plots go there.
    void timeSelected(double s);
    void failed(const QString& what);

private:
    void step(int direction);
    void showMenu(const QPoint& at);
    void refilter();
    void updateNote();
    void fillKinds();
    [[nodiscard]] QString rowsAsText(const QList<int>& rows, QChar separator) const;

    EventModel* model_;
    QSortFilterProxyModel* filter_;
    QTableView* table_;
    QLineEdit* text_;
    QComboBox* kind_;
    QToolButton* problems_;
    QLabel* empty_;
    bool follow_ = true;       ///< the newest row stays in view
    double problem_s_ = -1.0;  ///< where stepping through problems is
};

}  // namespace doubletalk::ui
