// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/parameter_model.h"

#include <algorithm>

#include "engine/duplex/settings.h"
#include "ui/models/parameter_edits.h"
#include "ui/models/parameter_target.h"
#include "ui/models/setting_text.h"

namespace doubletalk::ui {

/// One setting with the texts last shown.
struct ParameterModel::Row {
    duplex::SettingRef ref;
    QString name, label, search;
    QString requested, in_use, problem;
    bool changed = false;
    bool waits = false;

    [[nodiscard]] bool isNumber() const {
        return ref.row->kind == params::ParamKind::integer ||
               ref.row->kind == params::ParamKind::real;
    }
};

struct ParameterModel::Group {
    QString module, title;
    std::vector<Row> rows;
};

namespace {

QString qt(std::string_view text) { return QString::fromUtf8(text.data(), qsizetype(text.size())); }

}  // namespace

ParameterModel::ParameterModel(ParameterEdits& edits, QObject* parent)
    : QAbstractItemModel(parent), edits_(edits) {
    for (const auto& module : duplex::settingsModules()) {
        Group group{qt(module.name), groupTitle(module.name), {}};
        for (const auto& param : module.rows) {
            Row row;
            row.ref = {&module, &param};
            row.name = QString::fromStdString(row.ref.fullName());
            row.label = settingLabel(param);
            row.search = QStringList{row.label, row.name, qt(param.text.unit), qt(param.text.help),
                                     group.title}
                             .join(QLatin1Char(' '));
            fill(row);
            group.rows.push_back(std::move(row));
        }
        groups_.push_back(std::move(group));
    }
    connect(&edits_, &ParameterEdits::changed, this, &ParameterModel::refresh);
}

ParameterModel::~ParameterModel() = default;

void ParameterModel::fill(Row& row) const {
    row.requested = edits_.requestedText(row.name);
    row.in_use = edits_.inUseText(row.name);
    row.changed = edits_.isChanged(row.name);
    row.waits = edits_.target().waitsForRestart(row.name.toStdString());
}

void ParameterModel::setGroupOrder(const QStringList& modules) {
    beginResetModel();
    const auto rank = [&](const Group& group) {
        const auto at = modules.indexOf(group.module);
        return at < 0 ? modules.size() : at;
    };
    std::stable_sort(groups_.begin(), groups_.end(),
                     [&](const Group& a, const Group& b) { return rank(a) < rank(b); });
    endResetModel();
}

QModelIndex ParameterModel::groupIndex(const QString& module) const {
    for (std::size_t i = 0; i < groups_.size(); ++i) {
        if (groups_[i].module == module) return index(int(i), 0);
    }
    return {};
}

QModelIndex ParameterModel::rowIndex(const QString& full_name, int column) const {
    const auto group = groupIndex(full_name.section(QLatin1Char('.'), 0, 0));
    if (!group.isValid()) return {};
    const auto& rows = groups_[std::size_t(group.row())].rows;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].name == full_name) return index(int(i), column, group);
    }
    return {};
}

void ParameterModel::reset(const QModelIndex& index) {
    const auto* row = rowAt(index);
    if (row == nullptr) return;
    clearProblem(index);
    (void)edits_.reset(row->name);
    refresh();
}

void ParameterModel::clearProblem(const QModelIndex& index) {
    const auto* row = rowAt(index);
    if (row == nullptr || row->problem.isEmpty()) return;
    groups_[std::size_t(index.internalId() - 1)].rows[std::size_t(index.row())].problem.clear();
    tellRow(int(index.internalId()) - 1, index.row());
}

void ParameterModel::clearProblems() {
    for (std::size_t g = 0; g < groups_.size(); ++g) {
        auto& rows = groups_[g].rows;
        for (std::size_t r = 0; r < rows.size(); ++r) {
            if (rows[r].problem.isEmpty()) continue;
            rows[r].problem.clear();
            tellRow(int(g), int(r));
        }
    }
}

void ParameterModel::tellRow(int group, int row) {
    const auto parent_index = index(group, 0);
    emit dataChanged(index(row, 0, parent_index), index(row, kColumns - 1, parent_index));
    emit dataChanged(index(group, 0), index(group, kColumns - 1));
}

void ParameterModel::refresh() {
    for (std::size_t g = 0; g < groups_.size(); ++g) {
        auto& rows = groups_[g].rows;
        for (std::size_t r = 0; r < rows.size(); ++r) {
            auto& row = rows[r];
            const auto requested = row.requested;
            const auto in_use = row.in_use;
            const bool changed = row.changed;
            const bool waits = row.waits;
            fill(row);
            if (row.requested == requested && row.in_use == in_use && row.changed == changed &&
                row.waits == waits) {
                continue;
            }
            if (row.requested != requested) row.problem.clear();
            tellRow(int(g), int(r));
        }
    }
}

QModelIndex ParameterModel::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent)) return {};
    return createIndex(row, column, parent.isValid() ? quintptr(parent.row() + 1) : quintptr(0));
}

QModelIndex ParameterModel::parent(const QModelIndex& child) const {
    if (!child.isValid() || child.internalId() == 0) return {};
    return createIndex(int(child.internalId()) - 1, 0, quintptr(0));
}

int ParameterModel::rowCount(const QModelIndex& parent) const {
    if (!parent.isValid()) return int(groups_.size());
    if (parent.internalId() != 0 || parent.column() != 0) return 0;
    return int(groups_[std::size_t(parent.row())].rows.size());
}

int ParameterModel::columnCount(const QModelIndex&) const { return kColumns; }

const ParameterModel::Row* ParameterModel::rowAt(const QModelIndex& index) const {
    if (!index.isValid() || index.internalId() == 0) return nullptr;
    return &groups_[std::size_t(index.internalId() - 1)].rows[std::size_t(index.row())];
}

QString ParameterModel::keyText(const Group& group) const {
    const auto& rows = group.rows;
    for (const auto& row : rows) {
        if (row.ref.row->text.name != "enabled") continue;
        if (!std::get<bool>(row.ref.get(edits_.target().requested()))) return tr("off");
    }
    const auto withUnit = [](const Row& row) {
        const auto unit = qt(row.ref.row->text.unit);
        const auto value = unit.isEmpty() ? row.in_use : row.in_use + QLatin1Char(' ') + unit;
        return row.label + QLatin1Char(' ') + value;
    };
    for (const auto& row : rows) {
        if (row.name == QLatin1String("network.delay_ms") ||
            row.name == QLatin1String("room.rt60_ms")) {
            return withUnit(row);  // says more than the group's first choice
        }
    }
    for (const auto& row : rows) {
        if (row.ref.row->choices != nullptr) return row.in_use;
    }
    for (const auto& row : rows) {
        if (!row.isNumber()) continue;
        return withUnit(row);
    }
    return {};
}

QVariant ParameterModel::groupData(const Group& group, int column, int role) const {
    switch (role) {
        case Qt::DisplayRole:
        case Qt::AccessibleTextRole:
            return column == kName ? group.title : QString();
        case kGroupRole:
            return true;
        case kFullNameRole:
            return group.module;
        case kSearchRole:
            return group.title;
        case kKeyTextRole:
            return keyText(group);
        case kChangedRole:
            return int(std::count_if(group.rows.begin(), group.rows.end(),
                                     [](const Row& row) { return row.changed; }));
        default:
            return {};
    }
}

QVariant ParameterModel::textOf(const Row& row, int column) const {
    switch (column) {
        case kName:
            return row.label;
        case kRequested:
            return row.requested;
        case kInUse:
            if (row.waits) return tr("after restart");
            return row.in_use;
        case kUnit:
            return qt(row.ref.row->text.unit);
        default:
            return {};
    }
}

QVariant ParameterModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    if (index.internalId() == 0) {
        return groupData(groups_[std::size_t(index.row())], index.column(), role);
    }
    const auto& row = *rowAt(index);
    const auto& table = *row.ref.row;
    const bool toggle = table.kind == params::ParamKind::toggle;
    switch (role) {
        case Qt::DisplayRole:
            return toggle && index.column() == kRequested ? QVariant()
                                                          : textOf(row, index.column());
        case Qt::EditRole:
            if (index.column() != kRequested) return textOf(row, index.column());
            return table.choices != nullptr ? QVariant(edits_.rawText(row.name))
                                            : QVariant(row.requested);
        case Qt::CheckStateRole:
            if (!toggle || index.column() != kRequested) return {};
            return int(edits_.isOn(row.name) ? Qt::Checked : Qt::Unchecked);
        case Qt::TextAlignmentRole:
            return int(Qt::AlignVCenter |
                       (index.column() == kRequested || index.column() == kInUse ? Qt::AlignRight
                                                                                 : Qt::AlignLeft));
        case Qt::ToolTipRole:
            if (!row.problem.isEmpty()) return row.problem;
            if (index.column() == kReset && row.changed) {
                return tr("Back to the scene's value, or the default");
            }
            return settingToolTip(row.ref);
        case Qt::AccessibleTextRole:
            if (index.column() == kReset) return tr("Reset %1").arg(row.label);
            if (index.column() == kName) return row.label;
            return QStringLiteral("%1 %2 %3")
                .arg(row.label, textOf(row, index.column()).toString(), qt(table.text.unit));
        case kFullNameRole:
            return row.name;
        case kKindRole:
            return int(table.kind);
        case kProblemRole:
            return row.problem;
        case kChangedRole:
            return row.changed;
        case kEqualRole:
            return row.requested == row.in_use && !row.waits;
        case kSearchRole:
            return row.search;
        case kGroupRole:
            return false;
        case kChoicesRole: {
            QStringList choices;
            if (table.choices != nullptr) {
                for (const auto choice : table.choices()) choices << qt(choice);
            }
            return choices;
        }
        case kStepRole:
            if (table.range.step > 0.0) return table.range.step;
            return table.kind == params::ParamKind::integer
                       ? 1.0
                       : (table.range.max - table.range.min) / 100.0;
        default:
            return {};
    }
}

bool ParameterModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    const auto* row = rowAt(index);
    if (row == nullptr || index.column() != kRequested) return false;
    QString text;
    if (role == Qt::CheckStateRole) {
        text = value.toInt() == Qt::Checked ? QStringLiteral("true") : QStringLiteral("false");
    } else if (role == Qt::EditRole) {
        text = value.toString();
    } else {
        return false;
    }
    const auto done = edits_.set(row->name, text);
    auto& kept = groups_[std::size_t(index.internalId() - 1)].rows[std::size_t(index.row())];
    kept.problem = done ? QString() : errorText(done.error());
    fill(kept);
    tellRow(int(index.internalId()) - 1, index.row());
    return bool(done);
}

Qt::ItemFlags ParameterModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) return Qt::NoItemFlags;
    Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable;
    const auto* row = rowAt(index);
    if (row == nullptr || index.column() != kRequested) {
        return row == nullptr ? flags : flags | Qt::ItemNeverHasChildren;
    }
    flags |= Qt::ItemNeverHasChildren;
    return flags | (row->ref.row->kind == params::ParamKind::toggle ? Qt::ItemIsUserCheckable
                                                                    : Qt::ItemIsEditable);
}

QVariant ParameterModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole && (section == kRequested || section == kInUse)) {
        return int(Qt::AlignRight | Qt::AlignVCenter);
    }
    if (role == Qt::ToolTipRole && section == kInUse) {
        return tr(
            "What the engine uses: rounded to the step, clamped, or an engine it fell back to");
    }
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case kName:
            return tr("Name");
        case kRequested:
            return tr("Requested");
        case kInUse:
            return tr("In use");
        default:
            return {};
    }
}

}  // namespace doubletalk::ui
