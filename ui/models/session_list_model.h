// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <vector>

#include "ui/models/row_model.h"

namespace doubletalk::ui {

/// One recorded session as its session.json describes it.
struct SessionEntry {
    QString folder, title;
    QDateTime time;
    double length_s = 0.0;  ///< NaN: not known (not finished)
    bool complete = false;
    bool bit_exact = false;
    QString note;  ///< why it is not bit-exact, or why it cannot be read
    bool readable = false;
};
/// Reads only session.json; a folder without one is not readable and says why.
[[nodiscard]] SessionEntry readSessionEntry(const QString& folder);

/// Recent sessions, newest first. Thread: gui.
class SessionListModel : public RowModel<SessionEntry> {
    Q_OBJECT
public:
    enum Column { kTitle, kTime, kLength, kExact, kColumns };
    enum Role { kFolderRole = Qt::UserRole + 1, kReadableRole, kNoteRole };

    explicit SessionListModel(QObject* parent = nullptr) : RowModel(kColumns, parent) {}
    void setFolders(const QStringList& folders);
    /// Folders below parent that hold a session.json, and those given.
    void scan(const QString& parent_folder, const QStringList& others = {});
    /// With the hour within this year, with the year before it.
    [[nodiscard]] static QString shortTime(const QDateTime& time);
    [[nodiscard]] const std::vector<SessionEntry>& entries() const { return rows_; }

private:
    [[nodiscard]] QString title(int column) const override;
    [[nodiscard]] QString text(const SessionEntry& entry, int column) const override;
    [[nodiscard]] QString toolTip(const SessionEntry& entry, int column) const override;
    [[nodiscard]] QVariant value(const SessionEntry& entry, int role) const override;
    [[nodiscard]] bool isNumber(int column) const override { return column == kLength; }
};

}  // namespace doubletalk::ui
