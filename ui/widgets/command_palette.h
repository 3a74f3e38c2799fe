// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "ui/models/action_list.h"
#include "ui/widgets/overlay.h"

class QLineEdit;
class QListWidget;

namespace doubletalk::ui {

/// Finds every action of the window and every setting by some letters of its name. Thread: gui.
class CommandPalette : public Overlay {
    Q_OBJECT
public:
    explicit CommandPalette(QWidget* window);

    /// 0: no match; higher is better. Words may be cut short ("jit buf" finds "Jitter buffer").
    [[nodiscard]] static int matchScore(const QString& text, const QString& query);
    void search(const QString& query);
    [[nodiscard]] QListWidget& list() { return *list_; }

public slots:
    void openPalette();

signals:
    void settingChosen(const QString& full_name);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void run();

    struct Command {
        QString title, group, keys, setting;
        QAction* action = nullptr;
    };
    std::vector<Command> commands_;
    QLineEdit* query_;
    QListWidget* list_;
};

}  // namespace doubletalk::ui
