// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <memory>

#include "ui/models/health_rows.h"

class QHBoxLayout;
class QLabel;
class QVBoxLayout;

namespace doubletalk::ui {

class History;
class HealthRowView;
class LevelMeter;
class ParameterTarget;

/// State of the whole chain in a word, levels, and every value with its band. Thread: gui.
class HealthPanel : public QWidget {
    Q_OBJECT
public:
    /// Both outlive it.
    HealthPanel(const History& history, ParameterTarget& target, QWidget* parent = nullptr);
    ~HealthPanel() override;

    void setRunning(bool running);
    void setRateHz(int rate_hz) { rate_hz_ = rate_hz; }
    /// Numbers of the machine, a few times a second; null (a session is shown): its rows say "no
    /// data".
    void setMachine(const bench::MachineState* machine);
    /// Meters each time, rows a few times a second.
    void refresh();
    [[nodiscard]] const HealthReader& reader() const { return reader_; }
    [[nodiscard]] HealthRowView* rowView(const QString& id) const;

signals:
    /// "Why?" wants to see a setting or a time.
    void healthChanged(const QString& word, bool bad);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void restyle();
    void layOut();
    void fitState();
    void refreshMeters();
    void refreshRows();
    void buildRows();

    const History& history_;
    ParameterTarget& target_;
    HealthReader reader_;
    std::unique_ptr<bench::MachineState> machine_;
    QLabel* state_;
    QLabel* reason_;
    QVBoxLayout* rows_layout_;
    LevelMeter* meters_[3];
    std::vector<HealthRowView*> views_;
    std::vector<QLabel*> group_notes_;        ///< right end of the group titles, in group order
    std::vector<QHBoxLayout*> group_titles_;  ///< the levels' first
    QVBoxLayout* meters_layout_;
    QLabel* meters_unit_ = nullptr;
    QStringList groups_;
    std::uint64_t epoch_ = 0;
    std::size_t metered_columns_ = 0;
    int ticks_ = 0;
    int rate_hz_ = 16000;
    bool running_ = false, narrow_ = false;
    QString last_word_;
};

}  // namespace doubletalk::ui
