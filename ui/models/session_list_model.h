// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QDateTime>
#include <vector>

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
class SessionListModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { kTitle, kTime, kLength, kExact, kColumns };
    enum Role { kFolderRole = Qt::UserRole + 1, kReadableRole, kNoteRole };

    using QAbstractTableModel::QAbstractTableModel;
    void setFolders(const QStringList& folders);
    /// Folders below parent that hold a session.json, and those given.
    void scan(const QString& parent_folder, const QStringList& others = {});
    [[nodiscard]] const std::vector<SessionEntry>& entries() const { return entries_; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    std::vector<SessionEntry> entries_;
};

}  // namespace doubletalk::ui
