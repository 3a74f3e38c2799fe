// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/command_palette.h"

#include <QAction>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QPointer>
#include <QStyledItemDelegate>
#include <QVBoxLayout>
#include <algorithm>

#include "engine/duplex/settings.h"
#include "ui/models/setting_text.h"
#include "ui/theme/theme.h"

namespace doubletalk::ui {
namespace {

constexpr int kMostShown = 60;
enum Role { kGroupRole = Qt::UserRole + 1, kKeysRole, kPlaceRole };

class CommandDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return {10, Theme::current().scaled(28)};
    }
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const auto& theme = Theme::current();
        if (option.state & QStyle::State_Selected) {
            painter->fillRect(option.rect, theme.colour(Token::selected));
        }
        const auto rect = option.rect.adjusted(12, 0, -12, 0);
        const bool enabled = index.flags() & Qt::ItemIsEnabled;
        painter->setFont(theme.text());
        painter->setPen(theme.colour(enabled ? Token::text : Token::text3));
        const auto title = index.data(Qt::DisplayRole).toString();
        painter->drawText(rect, Qt::AlignVCenter | Qt::AlignLeft, title);
        const int used = QFontMetrics(theme.text()).horizontalAdvance(title) + 10;
        painter->setFont(theme.note());
        painter->setPen(theme.colour(Token::text3));
        painter->drawText(rect.adjusted(used, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft,
                          index.data(kGroupRole).toString());
        painter->setFont(theme.number());
        painter->setPen(theme.colour(Token::text2));
        painter->drawText(rect, Qt::AlignVCenter | Qt::AlignRight,
                          index.data(kKeysRole).toString());
    }
};

}  // namespace

CommandPalette::CommandPalette(QWidget* window)
    : Overlay(window, {560, 420}),
      query_(new QLineEdit(&sheet())),
      list_(new QListWidget(&sheet())) {
    auto* layout = new QVBoxLayout(&sheet());
    layout->setContentsMargins(12, 12, 12, 12);
    layout->addWidget(query_);
    layout->addWidget(list_, 1);
    query_->setPlaceholderText(tr("Search actions and settings"));
    query_->setAccessibleName(query_->placeholderText());
    query_->installEventFilter(this);
    list_->setItemDelegate(new CommandDelegate(list_));
    list_->setFocusPolicy(Qt::NoFocus);
    list_->setAccessibleName(tr("Found"));
    connect(query_, &QLineEdit::textChanged, this, &CommandPalette::search);
    connect(list_, &QListWidget::itemClicked, this, [this] { run(); });
}

int CommandPalette::matchScore(const QString& text, const QString& query) {
    const auto words = query.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    int score = 1;
    for (const auto& word : words) {
        const auto at = text.indexOf(word, 0, Qt::CaseInsensitive);
        if (at < 0) return 0;
        const bool begins_word = at == 0 || !text[at - 1].isLetterOrNumber();
        score += at == 0 ? 6 : begins_word ? 4 : 1;
    }
    return score;
}

void CommandPalette::openPalette() {
    commands_.clear();
    for (const auto& listed : listedActions(*parentWidget())) {
        commands_.push_back({listed.title, listed.group, listed.keys, {}, listed.action});
    }
    for (const auto& ref : duplex::allSettings()) {
        commands_.push_back({settingLabel(*ref.row),
                             groupTitle(ref.module->name),
                             {},
                             QString::fromStdString(ref.fullName()),
                             nullptr});
    }
    query_->clear();
    search({});
    open();
    query_->setFocus();
}

void CommandPalette::search(const QString& query) {
    std::vector<std::pair<int, std::size_t>> found;
    for (std::size_t i = 0; i < commands_.size(); ++i) {
        const auto& command = commands_[i];
        const int title = matchScore(command.title, query);
        const int all = matchScore(
            command.title + QLatin1Char(' ') + command.group + QLatin1Char(' ') + command.setting,
            query);
        const int score = title > 0 ? 10 + title : all;
        if (score > 0) found.emplace_back(score, i);
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    list_->clear();
    for (std::size_t n = 0; n < std::min(found.size(), std::size_t(kMostShown)); ++n) {
        const auto& command = commands_[found[n].second];
        auto* item = new QListWidgetItem(command.title, list_);
        item->setData(kGroupRole, command.group);
        item->setData(kKeysRole, command.keys);
        item->setData(kPlaceRole, qulonglong(found[n].second));
        if (command.action != nullptr && !command.action->isEnabled())
            item->setFlags(Qt::NoItemFlags);
    }
    if (list_->count() > 0) list_->setCurrentRow(0);
}

void CommandPalette::run() {
    const auto* item = list_->currentItem();
    if (item == nullptr || !(item->flags() & Qt::ItemIsEnabled)) return;
    const auto command = commands_[item->data(kPlaceRole).toULongLong()];
    hide();
    if (command.action != nullptr) {
        command.action->trigger();
    } else {
        emit settingChosen(command.setting);
    }
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
    if (watched == query_ && event->type() == QEvent::KeyPress) {
        const auto key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Down || key == Qt::Key_Up) {
            const int row = list_->currentRow() + (key == Qt::Key_Down ? 1 : -1);
            list_->setCurrentRow(std::clamp(row, 0, std::max(list_->count() - 1, 0)));
            return true;
        }
        if (key == Qt::Key_Return || key == Qt::Key_Enter) {
            run();
            return true;
        }
    }
    return Overlay::eventFilter(watched, event);
}

}  // namespace doubletalk::ui
