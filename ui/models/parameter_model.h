// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemModel>
#include <memory>
#include <vector>

namespace doubletalk::ui {

class ParameterEdits;

/// All settings as a tree of groups, made from the settings tables: name, requested, in use, unit,
/// reset. Rejected input stays beside the row as its problem until the next good value.
/// Thread: gui.
class ParameterModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Column { kName, kRequested, kInUse, kUnit, kReset, kColumns };
    enum Role {
        kFullNameRole = Qt::UserRole + 1,
        kKindRole,     ///< int of params::ParamKind
        kProblemRole,  ///< why the last input was rejected; empty
        kChangedRole,  ///< rows: bool; groups: how many
        kEqualRole,    ///< requested equals in use
        kKeyTextRole,  ///< groups: the setting that says most, for a closed group
        kSearchRole,   ///< everything a search looks at
        kGroupRole,    ///< bool
        kChoicesRole,  ///< QStringList of stored values
        kStepRole,     ///< double; 1 % of the range when the table has none
    };

    /// edits outlives it.
    explicit ParameterModel(ParameterEdits& edits, QObject* parent = nullptr);
    ~ParameterModel() override;

    /// Groups named first come first, in this order; the others follow as the tables have them.
    void setGroupOrder(const QStringList& modules);
    [[nodiscard]] QModelIndex groupIndex(const QString& module) const;
    [[nodiscard]] QModelIndex rowIndex(const QString& full_name, int column = kName) const;
    void reset(const QModelIndex& index);
    void clearProblem(const QModelIndex& index);
    void clearProblems();
    /// Looks for values that others changed; tells only about those.
    void refresh();

    [[nodiscard]] QModelIndex index(int row, int column,
                                    const QModelIndex& parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex& child) const override;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    /// EditRole: text as typed; CheckStateRole for switches. False: rejected, kProblemRole says
    /// why.
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    struct Row;
    struct Group;

    [[nodiscard]] const Row* rowAt(const QModelIndex& index) const;
    [[nodiscard]] QVariant groupData(const Group& group, int column, int role) const;
    [[nodiscard]] QVariant textOf(const Row& row, int column) const;
    [[nodiscard]] QString keyText(const Group& group) const;
    void tellRow(int group, int row);
    void fill(Row& row) const;

    ParameterEdits& edits_;
    std::vector<Group> groups_;
};

}  // namespace doubletalk::ui
